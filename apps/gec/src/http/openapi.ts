import { addOpenApi } from '@gec/http';
import type { App } from './app.ts';

/**
 * Describes the JSON interface: OpenAPI 3.1 at `/api/openapi.json`, to be read at `/api/docs`, both for signed-in
 * people. Comes before the routes, whose zod shapes it is made from.
 */
export async function registerOpenApi(app: App): Promise<void> {
  await addOpenApi(app, {
    title: 'GEC Mines',
    version: '1',
    description: [
      'Gestion électronique du courrier du Secrétariat Général des Mines.',
      '',
      'Tout ce que font les pages, ces adresses le font, avec les mêmes droits : ce que l’on ne peut pas voir n’existe pas (404), ce que l’on voit sans pouvoir le faire est refusé (403).',
      '',
      '- Session : celle de `POST /login` (cookie). Une requête venue d’un autre site est refusée.',
      '- Noms : ceux des colonnes de la spécification (`numero_accuse_reception`, `objet`, `expediteur` d’une arrivée, `destinataire` d’un départ…), en minuscules et soulignés.',
      '- Jours : `AAAA-MM-JJ`. Instants : RFC 3339, en UTC.',
      '- Refus : `{"error":{"code","message","fields":[{"field","message"}],"request_id"}}`, dans la langue de la personne ; `code` ne change pas.',
      '- Modifications concurrentes : `version` (ou `ETag` et `If-Match`) ; une version dépassée donne 409 et ne change rien.',
    ].join('\n'),
    permission: 'session',
  });
}

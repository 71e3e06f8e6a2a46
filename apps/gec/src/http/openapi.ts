import { addOpenApi, type OpenApiDocument } from '@gec/http';
import { z } from 'zod';
import type { App } from './app.ts';

const DESCRIPTION = [
  'Gestion électronique du courrier du Secrétariat Général des Mines.',
  '',
  'Tout ce que font les pages, ces adresses le font, avec les mêmes droits : ce que l’on ne peut pas voir n’existe pas (404), ce que l’on voit sans pouvoir le faire est refusé (403).',
  '',
  '- Session : celle de `POST /login` (cookie). Une requête venue d’un autre site est refusée.',
  '- Noms : ceux des colonnes de la spécification (`numero_accuse_reception`, `objet`, `expediteur` d’une arrivée, `destinataire` d’un départ…), en minuscules et soulignés.',
  '- Jours : `AAAA-MM-JJ`. Instants : RFC 3339, en UTC.',
  '- Refus : `{"error":{"code","message","fields":[{"field","message"}],"request_id"}}`, dans la langue de la personne ; `code` ne change pas.',
  '- Modifications concurrentes : `version` (ou `ETag` et `If-Match`) ; une version dépassée donne 409 et ne change rien.',
].join('\n');

/** The body of every refusal; see `jsonErrorBody` of @gec/http. */
const erreurShape = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    request_id: z.string(),
  }),
});

/** What a multipart body carries besides its fields. */
const FICHIERS = {
  type: 'array',
  description: 'PDF, PNG, JPEG ou TIFF, reconnus à leur contenu',
  items: { type: 'string', contentMediaType: 'application/octet-stream' },
};

const REFUS = {
  description: 'Refus',
  content: { 'application/json': { schema: z.toJSONSchema(erreurShape) } },
};

function capital(word: string): string {
  return word.charAt(0).toLocaleUpperCase('fr') + word.slice(1);
}

/** The shape of a body that a route takes without one, since it reads multipart itself; the client must send it. */
function required(schema: object = { type: 'object' }): object {
  const { anyOf } = schema as { anyOf?: { type?: string }[] };
  return anyOf?.find(({ type }) => type !== 'null') ?? schema;
}

/** Says of every operation what holds for all: its refusals, its files where it takes some, its place in the list. */
function refine(document: OpenApiDocument): OpenApiDocument {
  const names = new Set<string>();
  for (const operation of Object.values(document.paths ?? {}).flatMap((path) => Object.values(path))) {
    operation.tags = (operation.tags ?? []).map(capital);
    for (const name of operation.tags) names.add(name);
    operation.responses = { ...operation.responses, '4XX': REFUS };
    const content = operation.requestBody?.content ?? {};
    for (const body of Object.values(content)) body.schema = required(body.schema);
    const multipart = content['multipart/form-data'];
    if (multipart) {
      const { properties, ...schema } = multipart.schema as { properties?: object };
      multipart.schema = { ...schema, properties: { ...properties, fichiers: FICHIERS } };
    }
  }
  return { ...document, tags: [...names].sort((a, b) => a.localeCompare(b, 'fr')).map((name) => ({ name })) };
}

/**
 * Describes the JSON interface: OpenAPI 3.1 at `/api/openapi.json`, to be read at `/api/docs`, both for signed-in
 * people. Comes before the routes, whose zod shapes it is made from.
 */
export async function registerOpenApi(app: App): Promise<void> {
  await addOpenApi(app, {
    title: 'GEC Mines',
    version: '1',
    description: DESCRIPTION,
    permission: 'session',
    refine,
  });
}

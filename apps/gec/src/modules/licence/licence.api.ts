import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import type { LicenceRoutesDeps } from './licence.pages.tsx';
import { licenceReponse, presentLicence } from './licence.presenter.ts';
import { FICHIER_MAX, genreShape } from './licence.schema.ts';

const tags = ['licence'];

/** The licence as JSON. */
export function registerLicenceApi(app: App, { licence }: LicenceRoutesDeps): void {
  const config = { permission: 'manage_system_settings' } as const;
  const response = { 200: licenceReponse };
  const read = async (request: Parameters<typeof actorOf>[0]) =>
    presentLicence(await licence.consulter(actorOf(request)));

  app.get('/api/v1/licence', { config, schema: { tags, summary: 'État de la licence', response } }, read);

  app.post(
    '/api/v1/licence/activation',
    {
      config,
      schema: {
        tags,
        summary: 'Activer une clé par le réseau',
        body: z.object({ cle: z.string().max(200) }),
        response,
      },
    },
    async (request) => {
      await licence.activer(actorOf(request), request.body.cle);
      return read(request);
    },
  );

  app.post(
    '/api/v1/licence/synchronisation',
    { config, schema: { tags, summary: 'Synchroniser maintenant', response } },
    async (request) => {
      await licence.synchroniser(actorOf(request));
      return read(request);
    },
  );

  app.post(
    '/api/v1/licence/restitution',
    { config, schema: { tags, summary: 'Rendre la licence par le réseau', response } },
    async (request) => {
      await licence.rendre(actorOf(request));
      return read(request);
    },
  );

  app.post(
    '/api/v1/licence/demandes',
    {
      config,
      schema: {
        tags,
        summary: 'Faire une demande à porter au serveur de licences',
        description:
          'deactivate rend la licence aussitôt. contenu est le fichier à porter, codes le même en codes QR.',
        body: z.object({ genre: genreShape, cle: z.string().max(200).optional() }),
        response: { 200: z.object({ nom: z.string(), contenu: z.string(), codes: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const { genre, cle } = request.body;
      const file = await licence.demander(actorOf(request), genre, cle);
      return { nom: file.name, contenu: file.content, codes: [...file.codes] };
    },
  );

  app.post(
    '/api/v1/licence/fichier',
    {
      config,
      schema: {
        tags,
        summary: 'Appliquer un fichier de licence, ou les lignes de ses codes QR',
        body: z.object({ contenu: z.string().max(FICHIER_MAX) }),
        response,
      },
    },
    async (request) => {
      await licence.appliquer(actorOf(request), request.body.contenu);
      return read(request);
    },
  );
}

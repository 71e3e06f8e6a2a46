import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { IMAGE_MAX_BYTES } from './parametres.image.ts';
import type { ParametresRoutesDeps } from './parametres.pages.tsx';
import { auteursDe, parametresReponse, presentParametres } from './parametres.presenter.ts';
import { CLES_IMAGES, type ParametresVersionnes } from './parametres.schema.ts';

const tags = ['paramètres'];

/** The settings as JSON. */
export function registerParametresApi(
  app: App,
  { parametres, utilisateurs }: Pick<ParametresRoutesDeps, 'parametres' | 'utilisateurs'>,
): void {
  const config = { permission: 'manage_system_settings' } as const;
  const response = { 200: parametresReponse };

  async function present(settings: ParametresVersionnes) {
    return presentParametres(settings, await utilisateurs.names(auteursDe(settings)));
  }

  app.get(
    '/api/v1/parametres',
    { config, schema: { tags, summary: 'Paramètres de la structure', response } },
    async (request) => present(await parametres.versioned(actorOf(request))),
  );

  app.patch(
    '/api/v1/parametres',
    {
      config,
      schema: {
        tags,
        summary: 'Modifier des paramètres, tous ou aucun',
        description:
          'version : celle qui a été lue ; 409 VERSION_CONFLICT si quelqu’un a modifié les paramètres depuis.',
        body: z.object({
          version: z.int().min(0).optional(),
          valeurs: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
        }),
        response,
      },
    },
    async (request) => {
      const { valeurs, version } = request.body;
      return present(await parametres.update(actorOf(request), valeurs, { expectedVersion: version }));
    },
  );

  for (const cle of CLES_IMAGES) {
    const what = cle === 'logo' ? 'le logo' : 'la signature du responsable';
    app.put(
      `/api/v1/parametres/${cle}`,
      {
        config,
        // Base64 takes four bytes for three.
        bodyLimit: 2 * IMAGE_MAX_BYTES,
        schema: {
          tags,
          summary: `Remplacer ${what}`,
          body: z.object({ png: z.base64().max(2 * IMAGE_MAX_BYTES) }),
          response,
        },
      },
      async (request) =>
        present(await parametres.setImage(actorOf(request), cle, Buffer.from(request.body.png, 'base64'))),
    );

    app.delete(
      `/api/v1/parametres/${cle}`,
      { config, schema: { tags, summary: `Retirer ${what}`, response } },
      async (request) => present(await parametres.setImage(actorOf(request), cle, null)),
    );
  }
}

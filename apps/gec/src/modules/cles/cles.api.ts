import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import { clesShape, presentCles, renouvellementDemande } from './cles.presenter.ts';
import { BUTS } from './cles.schema.ts';
import type { ClesService } from './cles.service.ts';

const ROOT = '/api/v1/cles';
const tags = ['cles'];
const config = { permission: 'manage_system_settings' } as const;

/** The keys as JSON: their state, a renewal, a pause. The master key is replaced by a command on the machine. */
export function registerClesApi(app: App, { cles }: { cles: ClesService }): void {
  app.get(
    ROOT,
    {
      config,
      schema: {
        tags,
        summary: 'Les clés de chiffrement et leur renouvellement',
        description: 'Des noms et des dates ; jamais une clé.',
        response: { 200: clesShape },
      },
    },
    async (request) => presentCles(await cles.consulter(personOf(request))),
  );

  app.post(
    `${ROOT}/renouvellements`,
    {
      config,
      schema: {
        tags,
        summary: 'Commencer ou reprendre un renouvellement, en arrière-plan',
        description: 'Sans `sortes`, toutes les sortes de clés sont renouvelées.',
        body: renouvellementDemande,
        response: { 202: clesShape },
      },
    },
    async (request, reply) => {
      const actor = personOf(request);
      await cles.lancer(actor, request.body.sortes ?? BUTS);
      return reply.code(202).send(presentCles(await cles.consulter(actor)));
    },
  );

  app.post(
    `${ROOT}/renouvellements/:sorte/suspension`,
    {
      config,
      schema: {
        tags,
        summary: 'Suspendre un renouvellement jusqu’à ce que quelqu’un le reprenne',
        params: z.object({ sorte: z.enum(BUTS) }),
        response: { 200: z.object({ suspendu: z.boolean() }) },
      },
    },
    async (request) => ({ suspendu: await cles.suspendre(personOf(request), request.params.sorte) }),
  );
}

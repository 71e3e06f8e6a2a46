import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { presentSante, santeShape } from './sante.presenter.ts';
import type { SanteService } from './sante.service.ts';

const tags = ['santé'];
const config = { permission: 'manage_system_settings' } as const;
const params = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });

/** The state of the system as JSON. */
export function registerSanteApi(app: App, { sante }: { sante: SanteService }): void {
  app.get(
    '/api/v1/sante',
    { config, schema: { tags, summary: 'État du système', response: { 200: santeShape } } },
    async (request) => presentSante(await sante.consulter(actorOf(request))),
  );

  const response = { 200: z.object({ fait: z.literal(true) }) };
  app.post(
    '/api/v1/sante/travaux/:id/relance',
    { config, schema: { tags, summary: 'Relancer un travail échoué', params, response } },
    async (request) => {
      await sante.relancer(actorOf(request), request.params.id);
      return { fait: true as const };
    },
  );

  app.post(
    '/api/v1/sante/travaux/:id/abandon',
    { config, schema: { tags, summary: 'Abandonner un travail échoué', params, response } },
    async (request) => {
      await sante.abandonner(actorOf(request), request.params.id);
      return { fait: true as const };
    },
  );
}

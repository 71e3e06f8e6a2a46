import type { App } from '../../http/app.ts';
import { clientOf } from './activation.api.ts';
import { presentActivation, refusalStatus } from './activation.presenter.ts';
import { requestBody } from './activation.schema.ts';
import type { SyncService } from './sync.service.ts';

const BODY_LIMIT = 64 * 1024;

/** Registers what installations with a key of their own ask: synchronisation, deactivation, the air gap. */
export function registerSyncApi(app: App, { sync }: { sync: SyncService }): void {
  const route = (summary: string) => ({
    config: { public: true as const, light: true as const },
    bodyLimit: BODY_LIMIT,
    schema: { summary, body: requestBody },
  });

  app.post('/api/sync', route('Renews a certificate (gec-sync+jws)'), async (request, reply) =>
    reply.send(await sync.sync(request.body.request, clientOf(request))),
  );

  app.post('/api/deactivate', route('Frees a licence (gec-request+jws)'), async (request, reply) => {
    await sync.deactivate(request.body.request, clientOf(request));
    return reply.send({ success: true });
  });

  app.post(
    '/api/offline',
    route('Answers a request file (gec-request+jws) with a bundle'),
    async (request, reply) => {
      const answer = await sync.offline(request.body.request, clientOf(request));
      if (answer === null) return reply.send({ success: true });
      if (!('ok' in answer)) return reply.send(answer);
      if (answer.retryAfter !== undefined) reply.header('retry-after', String(answer.retryAfter));
      return reply.code(refusalStatus(answer.code)).send(presentActivation(answer));
    },
  );
}

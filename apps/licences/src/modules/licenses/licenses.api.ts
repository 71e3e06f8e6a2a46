import type { App } from '../../http/app.ts';
import { presentStats } from './licenses.presenter.ts';
import type { LicensesService } from './licenses.service.ts';

/** Registers the figures of the contract. */
export function registerStatsApi(app: App, { licenses }: { licenses: LicensesService }): void {
  app.get(
    '/api/stats',
    {
      config: { public: true, light: true },
      schema: { summary: 'How many licences there are, by state and type' },
    },
    async (_request, reply) => reply.send(presentStats(await licenses.stats())),
  );
}

import { actorOf } from '@gec/http';
import type { App } from '../../http/app.ts';
import { accueilShape, presentAccueil } from './accueil.presenter.ts';
import type { AccueilService } from './accueil.service.ts';

/** The home page as JSON. */
export function registerAccueilApi(app: App, { accueil }: { accueil: AccueilService }): void {
  app.get(
    '/api/v1/accueil',
    {
      config: { permission: 'session' },
      schema: {
        tags: ['accueil'],
        summary: 'Ce qui attend, et l’activité récente',
        response: { 200: accueilShape },
      },
    },
    async (request) => presentAccueil(await accueil.apercu(actorOf(request))),
  );
}

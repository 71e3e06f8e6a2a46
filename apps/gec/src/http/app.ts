import { actorOf, checkHealth, createServer, type HttpServer } from '@gec/http';
import type { Assets } from '@gec/ui';
import type { Container } from '../container.ts';
import { errorPage } from './page.tsx';
import { registerRoutes } from './routes.ts';

/** The server of GEC Mines, whose routes take zod shapes. */
export type App = HttpServer;

/** What the pages load: built style sheet and script, and the folder they are in. */
export interface AppAssets {
  readonly dir: string | null;
  readonly assets: Assets;
}

/** Assets of a program that was not built, for tests that look at no page. */
export const NO_ASSETS: AppAssets = { dir: null, assets: { css: '/assets/none.css', js: [] } };

/**
 * Builds the web server on a container: everything shared from `@gec/http`, the frame of the pages, and the routes of
 * every module. The caller listens, or injects requests.
 */
export async function createApp(container: Container, { dir, assets }: AppAssets): Promise<App> {
  const { config, database, logger } = container;
  const app = await createServer({
    logger,
    trustedProxies: [...config.trustedProxies],
    publicUrl: config.publicUrl ?? undefined,
    secureCookies: 'auto',
    sessionSecret: config.sessionSecret,
    cookiePrefix: 'gec',
    sessions: container.sessions,
    authenticate: (userId, request) => container.auth.authenticate(userId, request.clientIp),
    assets: dir === null ? undefined : { dir },
    renderError: (context) => errorPage(context, assets),
    health: () => checkHealth({ ping: () => database.ping(), dataDir: config.dataDir }),
    metrics: { token: config.metricsToken ?? undefined },
    addressPolicy: container.addresses,
    readOnlyGate: (request) =>
      container.licence.exigerModifiable(
        actorOf(request),
        request.method,
        request.routeOptions.url ?? request.url,
      ),
    isUnavailable: (error) => database.dialect.isUnavailable(error),
    rateLimit: config.rateLimit === 0 ? false : config.rateLimit,
  });
  app.decorate('gecShell', {
    assets,
    load: (person) => container.shell.load(person),
  });
  app.decorate('gecExport', (actor, details) =>
    container.journal.recordAlone(actor, { action: 'export.demande', details }),
  );
  await registerRoutes(app, container);
  return app;
}

import { addOpenApi, checkHealth, createServer, type ErrorContext, type HttpServer } from '@gec/http';
import type { Assets } from '@gec/ui';
import type { Container } from '../container.ts';
import { registerFigures } from './figures.ts';
import { registerMultipart } from './multipart.ts';
import { errorPage } from './page.tsx';
import { registerRoutes } from './routes.ts';

/** The licence server's web server, whose routes take zod shapes. */
export type App = HttpServer;

/** What the pages load: built style sheet and script, and the folder they are in. */
export interface AppAssets {
  readonly dir: string | null;
  readonly assets: Assets;
}

/** Assets of a program that was not built, for tests that look at no page. */
export const NO_ASSETS: AppAssets = { dir: null, assets: { css: '/assets/none.css', js: [] } };

/** The contract's addresses answer every refusal in their own shape. */
function contractError({ request, code, message }: ErrorContext): object | null {
  const { url } = request;
  if (url.startsWith('/api/validate/')) return { valid: false, message, error_code: code };
  if (/^\/api\/(activate|sync|deactivate|offline)\b/.test(url)) {
    return { success: false, message, error_code: code };
  }
  return null;
}

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
    cookiePrefix: 'lic',
    sessions: container.sessions,
    authenticate: (userId, request) => container.admins.authenticate(userId, request.clientIp),
    assets: dir === null ? undefined : { dir },
    renderError: (context) => errorPage(context, assets),
    jsonError: contractError,
    health: () => checkHealth({ ping: () => database.ping(), dataDir: config.dataDir }),
    metrics: { token: config.metricsToken ?? undefined },
    addressPolicy: container.addresses,
    isUnavailable: (error) => database.dialect.isUnavailable(error),
    rateLimit: config.rateLimit === 0 ? false : config.rateLimit,
  });
  await registerMultipart(app);
  app.decorate('licShell', {
    assets,
    badges: async () => ({ alerts: await container.alerts.countOpen() }),
  });
  await addOpenApi(app, {
    title: 'Licences GEC Mines',
    version: process.env['GEC_VERSION'] ?? '0',
    description: 'Validation, activation et synchronisation des licences, et leur gestion par programme.',
    permission: 'public',
  });
  registerFigures(app, container);
  await registerRoutes(app, container);
  return app;
}

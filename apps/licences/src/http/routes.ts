import type { Container } from '../container.ts';
import { registerActivationApi } from '../modules/activation/activation.api.ts';
import { registerSyncApi } from '../modules/activation/sync.api.ts';
import { registerAdminsPages, requireOwnPassword } from '../modules/admins/admins.pages.tsx';
import { registerStatsApi } from '../modules/licenses/licenses.api.ts';
import { registerSigningApi } from '../modules/signing/signing.api.ts';
import type { App } from './app.ts';

/** Adds the routes of every module. */
export async function registerRoutes(app: App, container: Container): Promise<void> {
  requireOwnPassword(app);
  registerActivationApi(app, container);
  registerSyncApi(app, container);
  registerStatsApi(app, container);
  registerSigningApi(app, container);
  registerAdminsPages(app, container);
}

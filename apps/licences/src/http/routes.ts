import type { Container } from '../container.ts';
import { registerActivationApi } from '../modules/activation/activation.api.ts';
import { registerOfflinePages } from '../modules/activation/offline.pages.tsx';
import { registerSyncApi } from '../modules/activation/sync.api.ts';
import { registerTestPages } from '../modules/activation/test.pages.tsx';
import { registerAdminsPages, requireOwnPassword } from '../modules/admins/admins.pages.tsx';
import { registerAlertsPages } from '../modules/alerts/alerts.pages.tsx';
import { registerJournalPages } from '../modules/journal/journal.pages.tsx';
import { registerGenerationPages } from '../modules/licenses/generation.pages.tsx';
import { registerImportPages } from '../modules/licenses/import.pages.tsx';
import { registerStatsApi } from '../modules/licenses/licenses.api.ts';
import { registerLicensesPages } from '../modules/licenses/licenses.pages.tsx';
import { registerSigningApi } from '../modules/signing/signing.api.ts';
import { registerSigningPages } from '../modules/signing/signing.pages.tsx';
import { registerOverviewPages } from '../modules/stats/overview.pages.tsx';
import { registerTokensApi } from '../modules/tokens/tokens.api.ts';
import { registerAutomationPages } from '../modules/tokens/tokens.pages.tsx';
import type { App } from './app.ts';

/** Adds the routes of every module. */
export async function registerRoutes(app: App, container: Container): Promise<void> {
  requireOwnPassword(app);
  registerActivationApi(app, container);
  registerSyncApi(app, container);
  registerStatsApi(app, container);
  registerTokensApi(app, container);
  registerSigningApi(app, container);
  registerAdminsPages(app, container);
  registerOverviewPages(app, container);
  registerLicensesPages(app, container);
  registerGenerationPages(app, container);
  registerImportPages(app, container);
  registerTestPages(app, container);
  registerOfflinePages(app, container);
  registerAlertsPages(app, container);
  registerJournalPages(app, container);
  registerSigningPages(app, container);
  registerAutomationPages(app, container);
}

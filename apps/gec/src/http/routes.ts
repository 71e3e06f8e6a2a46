import type { Container } from '../container.ts';
import { registerAuthApi } from '../modules/auth/auth.api.ts';
import { registerAuthPages, requireOwnPassword } from '../modules/auth/auth.pages.tsx';
import { registerCorrespondantsApi } from '../modules/correspondants/correspondants.api.ts';
import { registerCourriersApi } from '../modules/courriers/courriers.api.ts';
import { registerSaisiePages } from '../modules/courriers/courriers.saisie.pages.tsx';
import { registerParametresApi } from '../modules/parametres/parametres.api.ts';
import { registerParametresPages } from '../modules/parametres/parametres.pages.tsx';
import { registerJournalApi } from '../modules/journal/journal.api.ts';
import { registerJournalPages } from '../modules/journal/journal.pages.tsx';
import { registerPiecesApi } from '../modules/pieces/pieces.api.ts';
import { registerMultipart } from '../modules/pieces/pieces.multipart.ts';
import { registerPiecesPages } from '../modules/pieces/pieces.pages.tsx';
import { registerRapportsApi } from '../modules/rapports/rapports.api.ts';
import { registerRapportsPages } from '../modules/rapports/rapports.pages.tsx';
import { registerReferentielsApi } from '../modules/referentiels/referentiels.api.ts';
import { registerRegistresApi } from '../modules/registres/registres.api.ts';
import { registerRegistresPages } from '../modules/registres/registres.pages.tsx';
import { registerUtilisateursApi } from '../modules/utilisateurs/utilisateurs.api.ts';
import { registerUtilisateursPages } from '../modules/utilisateurs/utilisateurs.pages.tsx';
import type { App } from './app.ts';
import { registerOpenApi } from './openapi.ts';

/** Adds the routes of every module. */
export async function registerRoutes(app: App, container: Container): Promise<void> {
  requireOwnPassword(app);
  await registerMultipart(app);
  await registerOpenApi(app);
  registerAuthPages(app, container);
  registerAuthApi(app, container);
  registerUtilisateursPages(app, container);
  registerUtilisateursApi(app, container);
  registerJournalPages(app, container);
  registerJournalApi(app, container);
  registerPiecesApi(app, container);
  registerPiecesPages(app, container);
  registerSaisiePages(app, container);
  registerCourriersApi(app, container);
  registerCorrespondantsApi(app, container);
  registerParametresApi(app, container);
  registerParametresPages(app, container);
  registerRapportsApi(app, container);
  registerRapportsPages(app, container);
  registerReferentielsApi(app, container);
  registerRegistresApi(app, container);
  registerRegistresPages(app, container);
}

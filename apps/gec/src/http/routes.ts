import type { Container } from '../container.ts';
import { registerAuthApi } from '../modules/auth/auth.api.ts';
import { registerAuthPages, requireOwnPassword } from '../modules/auth/auth.pages.tsx';
import { registerPiecesApi } from '../modules/pieces/pieces.api.ts';
import { registerMultipart } from '../modules/pieces/pieces.multipart.ts';
import { registerPiecesPages } from '../modules/pieces/pieces.pages.tsx';
import type { App } from './app.ts';

/** Adds the routes of every module. */
export async function registerRoutes(app: App, container: Container): Promise<void> {
  requireOwnPassword(app);
  await registerMultipart(app);
  registerAuthPages(app, container);
  registerAuthApi(app, container);
  registerPiecesApi(app, container);
  registerPiecesPages(app, container);
}

import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import type { SigningService } from './signing.service.ts';
import { signingTexts } from './signing.texts.ts';
import { KeysView } from './signing.views.tsx';

/** Registers the page of the signing keys. It only shows: changing them needs the root key, which is offline. */
export function registerSigningPages(app: App, { signing }: { signing: SigningService }): void {
  app.get('/cles', { config: { permission: 'session' } }, async (request, reply) =>
    renderPage(request, reply, {
      title: signingTexts(request.lang).title,
      active: 'keys',
      children: <KeysView keys={await signing.list()} anchor={await signing.trustAnchor()} />,
    }),
  );
}

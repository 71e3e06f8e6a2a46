import { csrfToken, redirectAfterPost, setFlash } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { adminOf, renderPage } from '../../http/page.tsx';
import type { AlertsService } from './alerts.service.ts';
import { alertsTexts } from './alerts.texts.ts';
import { AlertsView } from './alerts.views.tsx';

/** Registers the page of the alerts. */
export function registerAlertsPages(app: App, { alerts }: { alerts: AlertsService }): void {
  app.get('/alertes', { config: { permission: 'session' } }, async (request, reply) => {
    const open = (request.query as { traitees?: unknown }).traitees !== 'oui';
    return renderPage(request, reply, {
      title: alertsTexts(request.lang).title,
      active: 'alerts',
      children: (
        <AlertsView csrfToken={csrfToken(request)} alerts={await alerts.list({ open })} open={open} />
      ),
    });
  });

  app.post(
    '/alertes/:id',
    {
      config: { permission: 'session' },
      schema: { params: z.object({ id: z.coerce.number().int().min(1) }) },
    },
    async (request, reply) => {
      await alerts.resolve(adminOf(request), request.params.id, 'manual');
      setFlash(reply, { tone: 'success', text: alertsTexts(request.lang).done });
      return redirectAfterPost(reply, '/alertes');
    },
  );
}

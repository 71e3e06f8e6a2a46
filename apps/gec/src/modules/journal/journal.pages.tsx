import { csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { consult, type JournalRoutesServices } from './journal.consult.ts';
import { journalQuery } from './journal.forms.ts';
import { journalScope } from './journal.policy.ts';
import { presentLine, reportInWords } from './journal.presenter.ts';
import { journalTexts } from './journal.texts.ts';
import { JournalView } from './journal.views.tsx';

const PAGE_SIZE = 50;
const config = { permission: 'view_logs' } as const;

/** Registers the page of the journal and the verification of its chain. */
export function registerJournalPages(app: App, services: JournalRoutesServices): void {
  app.get('/admin/logs', { config, schema: { querystring: journalQuery } }, async (request, reply) => {
    const actor = personOf(request);
    const json = wantsJson(request);
    const found = await consult(services, actor, request.query, { size: PAGE_SIZE, strict: json });
    if (json) {
      const { lignes, total, totalPlafonne, suivant, names } = found;
      return reply.send({
        entrees: lignes.map((line) => presentLine(request.lang, line, names)),
        total,
        total_plafonne: totalPlafonne,
        suivant,
      });
    }
    return renderPage(request, reply, {
      title: journalTexts(request.lang).titre,
      active: 'journal',
      children: (
        <JournalView
          {...found}
          csrfToken={csrfToken(request)}
          entier={journalScope(actor) === 'tous'}
          ouvrables={await services.courriers.ouvrables(
            actor,
            found.lignes.flatMap(({ courrierId }) => courrierId ?? []),
          )}
          query={request.query}
        />
      ),
    });
  });

  app.post('/admin/logs/verifier', { config }, async (request, reply) => {
    const report = await services.journal.verify(personOf(request));
    if (wantsJson(request)) return reply.send(report);
    setFlash(reply, { tone: report.ok ? 'success' : 'danger', text: reportInWords(request.lang, report) });
    return redirectAfterPost(reply, '/admin/logs');
  });
}

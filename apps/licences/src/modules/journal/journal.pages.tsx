import { addDays, fill, formatNumber, isDay, startOfDay } from '@gec/core';
import { asAttachment, csrfToken, redirectAfterPost, setFlash } from '@gec/http';
import type { App } from '../../http/app.ts';
import { adminOf, renderPage } from '../../http/page.tsx';
import type { CheckpointService } from './checkpoint.service.ts';
import type { JournalService } from './journal.service.ts';
import { journalTexts } from './journal.texts.ts';
import { JournalView, type JournalQuery } from './journal.views.tsx';

const PAGE_SIZE = 50;

function readQuery(query: unknown): JournalQuery {
  const values = (query ?? {}) as Record<string, unknown>;
  const word = (name: string): string => {
    const value = values[name];
    return typeof value === 'string' ? value.trim().slice(0, 60) : '';
  };
  const before = Number(word('before'));
  return {
    action: word('action'),
    from: word('from'),
    to: word('to'),
    before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
  };
}

/** What the page needs. */
export interface JournalPagesServices {
  readonly journal: JournalService;
  readonly checkpoint: CheckpointService;
}

/** Registers the page of the journal. */
export function registerJournalPages(app: App, { journal, checkpoint }: JournalPagesServices): void {
  app.get('/journal', { config: { permission: 'session' } }, async (request, reply) => {
    const query = readQuery(request.query);
    const t = journalTexts(request.lang);
    const errors = {
      ...(query.from && !isDay(query.from) ? { from: t.badDate } : {}),
      ...(query.to && !isDay(query.to) ? { to: t.badDate } : {}),
    };
    const page = await journal.list(
      {
        actions: query.action ? [query.action] : undefined,
        from: isDay(query.from) ? startOfDay(query.from) : undefined,
        before: isDay(query.to) ? startOfDay(addDays(query.to, 1)) : undefined,
      },
      { size: PAGE_SIZE, before: query.before },
    );
    return renderPage(request, reply, {
      title: t.title,
      active: 'journal',
      wide: true,
      children: <JournalView {...page} csrfToken={csrfToken(request)} query={query} errors={errors} />,
    });
  });

  app.get('/journal/point-de-controle', { config: { permission: 'session' } }, async (_request, reply) => {
    const made = await checkpoint.create();
    return reply
      .header('content-disposition', asAttachment(`journal-${made.seq}.json`))
      .type('application/json')
      .send(`${JSON.stringify(made, null, 2)}\n`);
  });

  app.post('/journal/verifier', { config: { permission: 'session' } }, async (request, reply) => {
    const t = journalTexts(request.lang);
    const report = await journal.verify(adminOf(request));
    if (report.firstBreak === null) {
      const text = fill(t.verified, { n: formatNumber(request.lang, report.chained) });
      setFlash(reply, { tone: 'success', text });
    } else {
      const { kind, seq, id } = report.firstBreak;
      setFlash(reply, { tone: 'danger', text: fill(t.broken, { kind, seq: seq ?? '—', id: id ?? '—' }) });
    }
    return redirectAfterPost(reply, '/journal');
  });
}

import { addDays, dayOf, fill, formatDateTime, formatDay, startOfDay, type Lang } from '@gec/core';
import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { actionLabel, detailsLine } from '../journal/journal.texts.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import { overviewTexts } from './overview.texts.ts';
import { OverviewView, type Overview } from './overview.views.tsx';

/** What the overview is made from. */
export interface OverviewServices {
  readonly licenses: Pick<LicensesService, 'stats' | 'expiries'>;
  readonly journal: Pick<JournalService, 'perDay' | 'list'>;
  readonly alerts: Pick<AlertsService, 'countOpen'>;
  readonly clock: { now(): Date };
}

const DAYS = 14;
const WEEKS = 12;
const LATEST = 8;
const REFUSALS = ['validation.failure', 'activation.refused', 'sync.refused'];

async function gather(services: OverviewServices, lang: Lang): Promise<Overview> {
  const { licenses, journal, alerts, clock } = services;
  const t = overviewTexts(lang);
  const today = dayOf(clock.now());
  const since = addDays(today, 1 - DAYS);
  const stats = await licenses.stats();
  const perDay = await journal.perDay(['activation.done', ...REFUSALS], startOfDay(since));
  const ends = await licenses.expiries(WEEKS * 7);
  const days = Array.from({ length: DAYS }, (_, index) => addDays(since, index));
  const bars = (actions: readonly string[]) =>
    days.map((day) => ({
      label: String(Number(day.slice(8))),
      value: perDay
        .filter((row) => row.day === day && actions.includes(row.action))
        .reduce((sum, row) => sum + row.n, 0),
      title: formatDay(lang, day),
      current: day === today,
    }));
  const weeks = Array.from({ length: WEEKS }, (_, index) => addDays(today, index * 7));
  const { lines } = await journal.list({ actions: ['activation.done', ...REFUSALS] }, { size: LATEST });
  return {
    total: stats.total,
    available: stats.active,
    used: stats.used,
    inactive: stats.inactive,
    openAlerts: await alerts.countOpen(),
    byType: stats.byType.map(({ label, available }) => ({ label, value: available })),
    expiries: weeks.map((week) => ({
      label: `${Number(week.slice(8))}/${Number(week.slice(5, 7))}`,
      value: ends
        .filter(({ day }) => day >= week && day < addDays(week, 7))
        .reduce((sum, row) => sum + row.n, 0),
      title: fill(t.week, { day: formatDay(lang, week) }),
    })),
    activity: bars(['activation.done']),
    refusals: bars(REFUSALS),
    latest: lines.map((line) => ({
      id: String(line.id),
      when: formatDateTime(lang, line.at),
      datetime: line.at,
      who: line.ip,
      icon: line.action === 'activation.done' ? ('key' as const) : ('lock' as const),
      title:
        line.licenseId === null ? (
          actionLabel(lang, line.action)
        ) : (
          <a href={`/licences/${line.licenseId}`}>{actionLabel(lang, line.action)}</a>
        ),
      children: detailsLine(lang, line.details) || undefined,
    })),
  };
}

/** Registers the first page. */
export function registerOverviewPages(app: App, services: OverviewServices): void {
  app.get('/', { config: { permission: 'session' } }, async (request, reply) =>
    renderPage(request, reply, {
      title: overviewTexts(request.lang).title,
      active: 'overview',
      wide: true,
      children: <OverviewView overview={await gather(services, request.lang)} />,
    }),
  );
}

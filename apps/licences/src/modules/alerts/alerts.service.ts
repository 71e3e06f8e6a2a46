import { notFound, timestamp, type Actor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { WebhooksService } from '../webhooks/webhooks.service.ts';
import { createAlertsRepo } from './alerts.repo.ts';
import type { Alert, NewAlert } from './alerts.schema.ts';
import { alertsTexts } from './alerts.texts.ts';

/** What the alerts need. */
export interface AlertsDeps extends Pick<Base, 'database' | 'clock'> {
  journal: JournalService;
  webhooks: Pick<WebhooksService, 'emit'>;
}

const SHOWN = 200;

/** Trouble that somebody should look at: raised in the transaction that met it, resolved by hand. */
export function createAlertsService({ database, clock, journal, webhooks }: AlertsDeps) {
  const repo = createAlertsRepo(database);
  return {
    /** Opens an alert, or counts up the open one about the same. Only a new one is told to webhooks. */
    async raise(trx: Trx, alert: NewAlert): Promise<void> {
      const at = timestamp(clock);
      if (!(await repo.raise(trx, alert, at))) return;
      const { kind, severity, details = {} } = alert;
      await webhooks.emit(trx, 'alert', { kind, severity, at, ...details });
    },

    /** Marks an alert as dealt with. @throws AppError not-found */
    async resolve(actor: Actor, id: number, resolution: string): Promise<void> {
      await database.transaction(async (trx) => {
        const name = actor.kind === 'user' ? actor.username : actor.reason;
        if ((await repo.resolve(trx, { id }, { actor: name, at: timestamp(clock), resolution })) === 0) {
          throw notFound(alertsTexts(actor.lang).unknown);
        }
        await journal.record(trx, actor, { action: 'alert.resolve', details: { alert: id, resolution } });
      });
    },

    /** Marks the open alerts of a kind about a licence as dealt with, because what they are about was decided. */
    async settle(
      trx: Trx,
      actor: Actor,
      licenseId: number,
      kind: Alert['kind'],
      resolution: string,
    ): Promise<void> {
      const name = actor.kind === 'user' ? actor.username : actor.reason;
      await repo.resolve(trx, { licenseId, kind }, { actor: name, at: timestamp(clock), resolution });
    },

    /** As `settle`, for trouble that is about no licence. */
    async settleAbout(
      trx: Trx,
      actor: Actor,
      kind: Alert['kind'],
      subject: string | number,
      resolution: string,
    ): Promise<void> {
      const name = actor.kind === 'user' ? actor.username : actor.reason;
      await repo.resolve(trx, { kind, subject }, { actor: name, at: timestamp(clock), resolution });
    },

    /** The latest alerts, open or resolved. */
    list: (filter: { open: boolean; licenseId?: number }): Promise<Alert[]> => repo.list(filter, SHOWN),

    /** How many wait. */
    countOpen: (): Promise<number> => repo.countOpen(),
  };
}

export type AlertsService = ReturnType<typeof createAlertsService>;

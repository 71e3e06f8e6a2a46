import { timestamp } from '@gec/core';
import { DAY_MS } from '@gec/licence-client';
import type { Base } from '../../context.ts';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { SigningService } from '../signing/signing.service.ts';
import type { WebhooksService } from '../webhooks/webhooks.service.ts';
import type { ActivationRepo } from './activation.repo.ts';

/** What watching needs. */
export interface WatchDeps extends Pick<Base, 'database' | 'clock'> {
  repo: ActivationRepo;
  signing: Pick<SigningService, 'list'>;
  alerts: Pick<AlertsService, 'raise'>;
  webhooks: Pick<WebhooksService, 'prepare' | 'emit'>;
}

/** Days before its end from which on a signing key that has no successor is an alert. */
const KEY_WARNING_DAYS = 60;
const EXPIRY_MARK = 'expiries-told';

/** What time alone brings about: ends of licences, reviews that nobody decided, a signing key that grows old. */
export function createWatchService({ database, clock, repo, signing, alerts, webhooks }: WatchDeps) {
  async function expiries(): Promise<void> {
    const until = clock.now();
    const mark = await repo.mark(EXPIRY_MARK);
    const from = new Date(mark ?? until.getTime()).toISOString();
    const ended = await repo.ended(from, until.toISOString());
    await webhooks.prepare();
    await database.transaction(async (trx) => {
      // Of several processes the one that moves the mark tells.
      if (!(await repo.moveMark(trx, EXPIRY_MARK, mark, until.getTime()))) return;
      for (const license of ended) {
        await webhooks.emit(trx, 'expiry', { license_id: license.public_id, hint: license.key_hint });
      }
    });
  }

  async function reviews(): Promise<void> {
    const overdue = await repo.overdueReviews(timestamp(clock));
    if (overdue.length === 0) return;
    await webhooks.prepare();
    await database.transaction(async (trx) => {
      for (const { licenseId } of overdue) {
        await alerts.raise(trx, {
          kind: 'review-overdue',
          severity: 'warning',
          subject: licenseId,
          licenseId,
        });
      }
    });
  }

  async function signingKey(): Promise<void> {
    const live = (await signing.list()).filter(
      ({ kind, retiredAt, revokedAt }) => kind === 'signing' && retiredAt === null && revokedAt === null,
    );
    const last = live
      .map(({ notAfter }) => notAfter)
      .sort()
      .at(-1);
    if (last !== undefined && Date.parse(last) - clock.now().getTime() > KEY_WARNING_DAYS * DAY_MS) return;
    await webhooks.prepare();
    await database.transaction((trx) =>
      alerts.raise(trx, {
        kind: 'signing-key-expires',
        severity: 'danger',
        subject: 'signing',
        details: { not_after: last ?? '' },
      }),
    );
  }

  return {
    /** Looks once. Doing so in several processes does no harm. */
    async look(): Promise<void> {
      await expiries();
      await reviews();
      await signingKey();
    },
  };
}

import { invalid, notFound, type Actor } from '@gec/core';
import { compareFingerprints, DAY_MS, type Fingerprint } from '@gec/licence-client';
import type { Base } from '../../context.ts';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import type { ActivationRepo } from './activation.repo.ts';
import type { Activation } from './activation.schema.ts';
import { activationTexts } from './activation.texts.ts';
import type { Holder } from './sync.holder.ts';

/** Days that an administrator has for a decision; the installation goes on meanwhile. */
const REVIEW_DAYS = 14;
const REASON_MAX = 300;

/** What the comparison of fingerprints leads to. */
export interface Review {
  readonly until: string | null;
  readonly parts: Fingerprint | null;
  /** What is taken for known from now on. */
  readonly base: Fingerprint | null;
  readonly opened: boolean;
  readonly closed: boolean;
}

/**
 * Compares what an installation says of its place with what is known. A small drift passes and becomes what is known; a
 * large one waits for a person, for fourteen days. While a licence is suspended nothing is opened: it was decided.
 */
export function reviewOf({ license, activation: held }: Holder, told: Fingerprint, now: Date): Review {
  const { large } = compareFingerprints(held.parts, told);
  if (!large) {
    return { until: null, parts: null, base: told, opened: false, closed: held.reviewUntil !== null };
  }
  if (license.state !== 'active' && held.reviewUntil === null) {
    return { until: null, parts: null, base: held.parts, opened: false, closed: false };
  }
  const until = held.reviewUntil ?? new Date(now.getTime() + REVIEW_DAYS * DAY_MS).toISOString();
  return { until, parts: told, base: held.parts, opened: held.reviewUntil === null, closed: false };
}

/** What deciding needs. */
export interface ReviewDeps extends Pick<Base, 'database'> {
  repo: Pick<ActivationRepo, 'open' | 'endReview'>;
  licenses: Pick<LicensesService, 'find' | 'changeOne' | 'touched'>;
  alerts: Pick<AlertsService, 'settle'>;
  journal: Pick<JournalService, 'record'>;
}

/** The decision on a large change of the fingerprint: the administrator accepts or suspends. */
export function createReviews({ database, repo, licenses, alerts, journal }: ReviewDeps) {
  async function waiting(actor: Actor, licenseId: number): Promise<Activation> {
    const held = await repo.open(licenseId);
    if (!held || held.reviewUntil === null) throw notFound(activationTexts(actor.lang).noReview);
    return held;
  }

  return {
    /** Accepts a large change of the fingerprint: what is now known counts from now on. @throws AppError not-found */
    async acceptReview(actor: Actor, licenseId: number): Promise<void> {
      const held = await waiting(actor, licenseId);
      await database.transaction(async (trx) => {
        await repo.endReview(trx, held, true);
        for (const kind of ['fingerprint-changed', 'review-overdue'] as const) {
          await alerts.settle(trx, actor, licenseId, kind, 'accepted');
        }
        await journal.record(trx, actor, { action: 'activation.review', licenseId });
      });
    },

    /**
     * Refuses a large change of the fingerprint: the licence is suspended, and the installation learns why with its next
     * synchronisation. What was known before stays known.
     *
     * @throws AppError not-found; invalid (field `review-reason`)
     */
    async refuseReview(actor: Actor, licenseId: number, reason: string): Promise<void> {
      const t = activationTexts(actor.lang);
      const given = reason.trim().slice(0, REASON_MAX);
      if (given === '') throw invalid([{ field: 'review-reason', message: t.reasonRequired }]);
      const held = await waiting(actor, licenseId);
      const license = await licenses.find(licenseId);
      if (!license) throw notFound(t.noReview);
      await database.transaction(async (trx) => {
        await repo.endReview(trx, held, false);
        for (const kind of ['fingerprint-changed', 'review-overdue'] as const) {
          await alerts.settle(trx, actor, licenseId, kind, 'refused');
        }
        await journal.record(trx, actor, {
          action: 'activation.review_refused',
          licenseId,
          details: { hint: license.keyHint, reason: given },
        });
        await licenses.changeOne(trx, actor, license, 'suspended', given);
      });
      licenses.touched();
    },
  };
}

import { AppError, fill, invalid, notFound, timestamp, type Actor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { LicenseState } from '../../db/schema.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { normalizeKey } from './licenses.policy.ts';
import type { LicensesRepo } from './licenses.repo.ts';
import type { License, LicenseTarget } from './licenses.schema.ts';
import { licensesTexts } from './licenses.texts.ts';

/** What changing licences needs. */
export interface LicenseChangesDeps extends Pick<Base, 'database' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
  repo: LicensesRepo;
  /** Told after each change: figures that were read before no longer hold. */
  touched(): void;
}

const CHUNK = 500;
const DAYS_MAX = 3_650;
const REASON_MAX = 300;

/** Everything that an administrator decides of keys after they were made. */
export function createLicenseChanges({ database, clock, journal, repo, touched }: LicenseChangesDeps) {
  const unknown = (actor: Actor): AppError => notFound(licensesTexts(actor.lang).unknown);

  /** A key is looked up before the transaction begins: inside it, only the transaction may be asked. */
  async function byId(target: LicenseTarget): Promise<LicenseTarget> {
    if (!('key' in target)) return target;
    return { id: (await repo.findByKey(normalizeKey(target.key)))?.id ?? 0 };
  }

  /** Goes through the licences that a change concerns, in one transaction. */
  async function each(
    trx: Trx,
    actor: Actor,
    target: Exclude<LicenseTarget, { key: string }>,
    work: (license: License) => Promise<boolean>,
  ): Promise<number> {
    if ('id' in target) {
      const license = await repo.find(target.id, trx);
      if (!license) throw unknown(actor);
      return (await work(license)) ? 1 : 0;
    }
    let changed = 0;
    let after = 0;
    for (;;) {
      const part = await repo.ofBatch(trx, target.batchId, after, CHUNK);
      for (const license of part) if (await work(license)) changed++;
      const last = part.at(-1);
      if (!last) return changed;
      after = last.id;
    }
  }

  /** Changes the licences of a target and says that figures changed. @returns how many changed */
  async function change(
    actor: Actor,
    asked: LicenseTarget,
    work: (trx: Trx, license: License) => Promise<boolean>,
  ): Promise<number> {
    if ('batchId' in asked && !(await repo.findBatch(asked.batchId))) {
      throw notFound(licensesTexts(actor.lang).unknownBatch);
    }
    const target = (await byId(asked)) as Exclude<LicenseTarget, { key: string }>;
    const changed = await database.transaction((trx) =>
      each(trx, actor, target, (license) => work(trx, license)),
    );
    touched();
    return changed;
  }

  function reasonOf(actor: Actor, reason: string | null): string {
    const given = reason?.trim() ?? '';
    if (given === '') {
      throw invalid([{ field: 'reason', message: licensesTexts(actor.lang).reasonRequired }]);
    }
    return given.slice(0, REASON_MAX);
  }

  /**
   * Changes the state of one licence within the transaction of a larger decision.
   *
   * @returns false when it is so already, or was revoked, which is for good
   */
  async function changeOne(
    trx: Trx,
    actor: Actor,
    license: License,
    state: LicenseState,
    reason: string | null,
  ): Promise<boolean> {
    if (license.state === 'revoked') return false;
    if (license.state === state && license.isActive === (state === 'active')) return false;
    const decided = { state, reason, at: timestamp(clock) };
    await repo.setState(trx, license.id, decided);
    // A key that nobody ever activated has no installation to be told.
    if (license.seq > 0) await repo.addRevocation(trx, license, decided);
    await journal.record(trx, actor, {
      action: 'license.state',
      licenseId: license.id,
      details: { hint: license.keyHint, state, reason },
    });
    return true;
  }

  return {
    changeOne,

    /**
     * Suspends, revokes (for good) or reactivates one licence or a batch.
     *
     * @returns how many changed
     * @throws AppError invalid (field `reason`), not-found, conflict `REVOKED` for one licence that was revoked
     */
    async changeState(
      actor: Actor,
      target: LicenseTarget,
      state: LicenseState,
      reason: string | null,
    ): Promise<number> {
      const given =
        state === 'active' ? reason?.trim().slice(0, REASON_MAX) || null : reasonOf(actor, reason);
      return change(actor, target, async (trx, license) => {
        if (license.state === 'revoked' && state !== 'revoked' && !('batchId' in target)) {
          throw new AppError('conflict', 'REVOKED', licensesTexts(actor.lang).revokedForGood);
        }
        return changeOne(trx, actor, license, state, given);
      });
    },

    /**
     * Adds days to one licence or a batch, before or after its activation.
     *
     * @returns how many changed
     * @throws AppError invalid (fields `days`, `reason`), not-found
     */
    async extend(actor: Actor, target: LicenseTarget, days: number, reason: string): Promise<number> {
      const t = licensesTexts(actor.lang);
      if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
        throw invalid([{ field: 'days', message: fill(t.daysRange, { max: DAYS_MAX }) }]);
      }
      const given = reasonOf(actor, reason);
      return change(actor, target, async (trx, license) => {
        if (license.state === 'revoked') return false;
        await repo.extend(trx, license, days);
        await journal.record(trx, actor, {
          action: 'license.extend',
          licenseId: license.id,
          details: { hint: license.keyHint, days, reason: given },
        });
        return true;
      });
    },

    /** Suspends every published key that nobody used yet; each has its entry in the journal. @returns how many */
    async blockPublished(actor: Actor): Promise<number> {
      const reason = licensesTexts(actor.lang).publishedReason;
      const blocked = await database.transaction(async (trx) => {
        const licenses = await repo.publishedAvailable(trx);
        for (const license of licenses) await changeOne(trx, actor, license, 'suspended', reason);
        await journal.record(trx, actor, {
          action: 'license.block_published',
          details: { keys: licenses.length },
        });
        return licenses.length;
      });
      touched();
      return blocked;
    },

    /** Removes every key and activation. The caller has taken a backup. */
    async reset(actor: Actor, backup: string): Promise<{ licenses: number; activations: number }> {
      const removed = await database.transaction(async (trx) => {
        const counts = await repo.removeAll(trx);
        await journal.record(trx, actor, { action: 'license.reset', details: { ...counts, backup } });
        return counts;
      });
      touched();
      return removed;
    },
  };
}

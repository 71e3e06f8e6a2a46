import { AppError, fill, invalid, notFound, timestamp, type Actor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { LicenseState } from '../../db/schema.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { newLicenseKey, normalizeKey } from './licenses.policy.ts';
import { createLicensesRepo, type NewLicense } from './licenses.repo.ts';
import {
  GENERATION_MAX,
  LICENSE_TYPES,
  type Batch,
  type ExportedLicense,
  type GenerationRequest,
  type ImportedKey,
  type License,
  type LicenseFilters,
  type LicenseTarget,
} from './licenses.schema.ts';
import { licensesTexts } from './licenses.texts.ts';

/** What the licences need. */
export interface LicensesDeps extends Pick<Base, 'database' | 'clock' | 'keyring'> {
  journal: JournalService;
}

/** Told of long work: how many are done, of how many. */
export type Progress = (done: number, total: number) => void;

/** Counted exactly up to here; beyond, a page says « plus de ». */
const COUNT_CAP = 10_000;
const STATS_MS = 2_000;
const CHUNK = 500;
const DAYS_MAX = 3_650;

/** Figures of `/api/stats`. Used ones stay used after they expire. */
export interface Stats {
  readonly total: number;
  /** Active and unused. */
  readonly active: number;
  readonly used: number;
  readonly inactive: number;
  readonly byType: readonly { label: string; days: number; total: number; available: number; used: number }[];
}

/** The end of a key that was used elsewhere, where nothing says it; null for one that was not. */
function endOf({ isUsed, usedDate, durationDays }: ImportedKey): string | null {
  if (!isUsed || usedDate === null) return null;
  return new Date(Date.parse(usedDate) + durationDays * 86_400_000).toISOString();
}

/** The licences themselves: making, finding, changing, exporting. */
export function createLicensesService({ database, clock, keyring, journal }: LicensesDeps) {
  const repo = createLicensesRepo(database, keyring);
  let stats: { at: number; value: Promise<Stats> } | null = null;
  const touched = (): void => void (stats = null);
  const unknown = (actor: Actor): AppError => notFound(licensesTexts(actor.lang).unknown);

  async function countAll(): Promise<Stats> {
    const rows = await repo.counts();
    const sum = (wanted: (row: (typeof rows)[number]) => boolean) =>
      rows.filter(wanted).reduce((total, row) => total + row.n, 0);
    const labels = new Map(rows.map((row) => [row.label, row.days]));
    const order = (label: string) =>
      LICENSE_TYPES.find((type) => type.label === label)?.days ?? labels.get(label)!;
    return {
      total: sum(() => true),
      active: sum((row) => row.is_active && !row.is_used),
      used: sum((row) => row.is_used),
      inactive: sum((row) => !row.is_active && !row.is_used),
      byType: [...labels.keys()]
        .sort((a, b) => order(a) - order(b))
        .map((label) => ({
          label,
          days: order(label),
          total: sum((row) => row.label === label),
          available: sum((row) => row.label === label && row.is_active && !row.is_used),
          used: sum((row) => row.label === label && row.is_used),
        })),
    };
  }

  /** Goes through the licences that a change concerns, in one transaction. */
  async function each(
    trx: Trx,
    actor: Actor,
    target: LicenseTarget,
    work: (license: License) => Promise<boolean>,
  ): Promise<number> {
    let changed = 0;
    if ('batchId' in target) {
      if (!(await repo.findBatch(target.batchId))) throw notFound(licensesTexts(actor.lang).unknownBatch);
      let after = 0;
      for (;;) {
        const part = await repo.ofBatch(trx, target.batchId, after, CHUNK);
        for (const license of part) if (await work(license)) changed++;
        const last = part.at(-1);
        if (!last) return changed;
        after = last.id;
      }
    }
    const id = 'id' in target ? target.id : ((await repo.findByKey(normalizeKey(target.key)))?.id ?? 0);
    const license = await repo.find(id, trx);
    if (!license) throw unknown(actor);
    return (await work(license)) ? 1 : 0;
  }

  async function changeState(
    actor: Actor,
    target: LicenseTarget,
    state: LicenseState,
    reason: string | null,
  ): Promise<number> {
    const t = licensesTexts(actor.lang);
    if (state !== 'active' && (reason === null || reason.trim() === '')) {
      throw invalid([{ field: 'reason', message: t.reasonRequired }]);
    }
    const change = { state, reason: reason?.trim().slice(0, 500) || null, at: timestamp(clock) };
    if ('key' in target) target = { id: (await repo.findByKey(normalizeKey(target.key)))?.id ?? 0 };
    const changed = await database.transaction(async (trx) => {
      const count = await each(trx, actor, target, async (license) => {
        if (license.state === 'revoked' && state !== 'revoked') {
          if ('batchId' in target) return false;
          throw new AppError('conflict', 'REVOKED', t.revokedForGood);
        }
        if (license.state === state && license.isActive === (state === 'active')) return false;
        await repo.setState(trx, license.id, change);
        // A key that nobody ever activated has no installation to be told.
        if (license.seq > 0) await repo.addRevocation(trx, license, change);
        await journal.record(trx, actor, {
          action: 'license.state',
          licenseId: license.id,
          details: { hint: license.keyHint, state, reason: change.reason },
        });
        return true;
      });
      return count;
    });
    touched();
    return changed;
  }

  return {
    /** The licence of a normalised key, or null. */
    lookup: (key: string): Promise<License | null> => repo.findByKey(key),
    find: (id: number): Promise<License | null> => repo.find(id),
    findByPublicId: (publicId: string): Promise<License | null> => repo.findByPublicId(publicId),
    /** Says that counts changed. */
    touched,

    /**
     * Makes keys in one transaction, as one batch.
     *
     * @throws AppError invalid (fields `counts`, `label`)
     */
    async generate(actor: Actor, request: GenerationRequest, onProgress?: Progress): Promise<Batch> {
      const t = licensesTexts(actor.lang);
      const total = [...request.counts.values()].reduce((sum, n) => sum + n, 0);
      if (
        total < 1 ||
        total > GENERATION_MAX ||
        [...request.counts.values()].some((n) => !Number.isInteger(n) || n < 0)
      ) {
        throw invalid([{ field: 'counts', message: fill(t.countRange, { max: GENERATION_MAX }) }]);
      }
      const createdDate = timestamp(clock);
      const batch = {
        label: request.label.trim().slice(0, 200) || fill(t.defaultBatch, { day: createdDate.slice(0, 10) }),
        owner: request.owner?.trim().slice(0, 200) || null,
        source: 'generation' as const,
        size: total,
        createdAt: createdDate,
        createdBy: actor.kind === 'user' ? actor.username : actor.reason,
      };
      const keys: NewLicense[] = LICENSE_TYPES.flatMap(({ code, days, label }) =>
        Array.from({ length: request.counts.get(code) ?? 0 }, () => ({
          key: newLicenseKey(),
          durationDays: days,
          durationLabel: label,
          owner: batch.owner,
          createdDate,
        })),
      );
      const id = await database.transaction(async (trx) => {
        const batchId = await repo.insertBatch(trx, batch);
        await repo.insertKeys(trx, batchId, keys, (done) => onProgress?.(done, total));
        await journal.record(trx, actor, {
          action: 'license.generate',
          details: { batch: batchId, keys: total },
        });
        return batchId;
      });
      touched();
      return { ...batch, id };
    },

    /** Which of these normalised keys are here already. */
    known: (keys: readonly string[]): Promise<Set<string>> => repo.known(keys),

    /** Stores a part of an import, making its batch with the first one. @returns the licences, in the order given */
    async importPart(
      actor: Actor,
      batchId: number | null,
      keys: readonly ImportedKey[],
      batch: { label: string; size: number },
    ): Promise<{ batchId: number; licenses: License[] }> {
      const now = timestamp(clock);
      return database.transaction(async (trx) => {
        const id =
          batchId ??
          (await repo.insertBatch(trx, {
            label: batch.label.slice(0, 200),
            owner: null,
            source: 'import',
            size: batch.size,
            createdAt: now,
            createdBy: actor.kind === 'user' ? actor.username : actor.reason,
          }));
        const ids = await repo.insertKeys(
          trx,
          id,
          keys.map((key) => ({
            ...key,
            createdDate: key.createdDate ?? now,
            expiresAt: key.activation?.expiresAt ?? endOf(key),
          })),
        );
        const licenses: License[] = [];
        for (const one of ids) licenses.push((await repo.find(one, trx))!);
        return { batchId: id, licenses };
      });
    },

    /** Figures over all licences; at most two seconds old where another process changed something. */
    stats(): Promise<Stats> {
      if (stats && Date.now() - stats.at < STATS_MS) return stats.value;
      const value = countAll();
      stats = { at: Date.now(), value };
      value.catch(touched);
      return value;
    },

    /** Ends of licences to come, by day. */
    expiries: (days: number): Promise<{ day: string; n: number }[]> => {
      const now = clock.now();
      return repo.expiries(now.toISOString(), new Date(now.getTime() + days * 86_400_000).toISOString());
    },

    /** A page of licences, newest first, with the total (up to a cap) and the id to go on from. */
    async list(filters: LicenseFilters, page: { size: number; before?: number | undefined }) {
      const now = timestamp(clock);
      const lines = await repo.page(filters, page.size + 1, now, page.before);
      const more = lines.length > page.size;
      if (more) lines.pop();
      const total = await repo.count(filters, now, COUNT_CAP + 1);
      return {
        lines,
        total: Math.min(total, COUNT_CAP),
        capped: total > COUNT_CAP,
        next: more ? (lines.at(-1)?.id ?? null) : null,
      };
    },

    /** Opens the key of a licence for the administrator; the journal says who looked. */
    async reveal(actor: Actor, id: number): Promise<string> {
      const license = await repo.find(id);
      const key = await repo.keyOf(id);
      if (!license || key === null) throw unknown(actor);
      await journal.recordAlone(actor, {
        action: 'license.reveal',
        licenseId: id,
        details: { hint: license.keyHint },
      });
      return key;
    },

    batches: (): Promise<Batch[]> => repo.batches(),
    batch: (id: number): Promise<Batch | null> => repo.findBatch(id),

    /** Suspends, revokes (for good) or reactivates one licence or a batch. @returns how many changed */
    changeState,

    /** Adds days to one licence or a batch, before or after its activation. @returns how many changed */
    async extend(actor: Actor, target: LicenseTarget, days: number, reason: string): Promise<number> {
      const t = licensesTexts(actor.lang);
      if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX) {
        throw invalid([{ field: 'days', message: fill(t.daysRange, { max: DAYS_MAX }) }]);
      }
      if (reason.trim() === '') throw invalid([{ field: 'reason', message: t.reasonRequired }]);
      if ('key' in target) target = { id: (await repo.findByKey(normalizeKey(target.key)))?.id ?? 0 };
      const changed = await database.transaction((trx) =>
        each(trx, actor, target, async (license) => {
          if (license.state === 'revoked') return false;
          await repo.extend(trx, license, days);
          await journal.record(trx, actor, {
            action: 'license.extend',
            licenseId: license.id,
            details: { hint: license.keyHint, days, reason: reason.trim().slice(0, 500) },
          });
          return true;
        }),
      );
      touched();
      return changed;
    },

    /** Suspends every published key that nobody used yet. @returns how many */
    async blockPublished(actor: Actor): Promise<number> {
      const reason = licensesTexts(actor.lang).publishedReason;
      const change = { state: 'suspended' as const, reason, at: timestamp(clock) };
      const blocked = await database.transaction(async (trx) => {
        const licenses = await repo.publishedAvailable(trx);
        for (const license of licenses) await repo.setState(trx, license.id, change);
        await journal.record(trx, actor, {
          action: 'license.block_published',
          details: { keys: licenses.length },
        });
        return licenses.length;
      });
      touched();
      return blocked;
    },

    /** Opened keys for an export, page by page in the order of their making. The journal says who took them. */
    async *export(actor: Actor, filters: LicenseFilters): AsyncGenerator<ExportedLicense[]> {
      let after = 0;
      let count = 0;
      for (;;) {
        const part = await repo.exportPage(filters, timestamp(clock), after, CHUNK);
        const last = part.at(-1);
        if (!last) break;
        count += part.length;
        yield part;
        after = last.id;
      }
      await journal.recordAlone(actor, { action: 'license.export', details: { keys: count } });
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

export type LicensesService = ReturnType<typeof createLicensesService>;

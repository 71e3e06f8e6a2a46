import { dayOf, fill, invalid, notFound, timestamp, type Actor, type AppError } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { newLicenseKey } from './licenses.policy.ts';
import type { NewLicense } from './changes.repo.ts';
import { createLicenseChanges } from './licenses.changes.ts';
import { createLicensesRepo } from './licenses.repo.ts';
import {
  GENERATION_MAX,
  LICENSE_TYPES,
  type Batch,
  type ExportedLicense,
  type GenerationRequest,
  type ImportedKey,
  type PreparedKey,
  type License,
  type LicenseFilters,
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

  return {
    ...createLicenseChanges({ database, clock, journal, repo, touched }),

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
    known: repo.known,
    /** Which of these keys are here, and not known to have been made public. */
    unflagged: repo.unflagged,
    flagPublished: repo.flagPublished,

    /**
     * Stores a part of an import in the caller's transaction, making its batch with the first one. Keys that came here
     * since the caller looked are left out.
     *
     * @returns the batch, and the licence of each key that was stored
     */
    async importPart(
      trx: Trx,
      actor: Actor,
      batchId: number | null,
      keys: readonly PreparedKey[],
      label: string,
    ): Promise<{ batchId: number | null; ids: ReadonlyMap<string, number> }> {
      await repo.takeImportTurn(trx);
      const known = await repo.known(
        keys.map(({ key }) => key),
        trx,
      );
      const fresh = keys.filter(({ key }) => !known.has(key));
      if (fresh.length === 0) return { batchId, ids: new Map() };
      const now = timestamp(clock);
      const id =
        batchId ??
        (await repo.insertBatch(trx, {
          label: label.slice(0, 200),
          owner: null,
          source: 'import',
          size: 0,
          createdAt: now,
          createdBy: actor.kind === 'user' ? actor.username : actor.reason,
        }));
      const stored = fresh.map((key) => ({
        ...key,
        seq: key.activation === null ? 0 : 1,
        createdDate: key.createdDate ?? now,
        expiresAt: key.activation?.expiresAt ?? endOf(key),
      }));
      const ids = await repo.insertKeys(trx, id, stored);
      await repo.growBatch(trx, id, fresh.length);
      return { batchId: id, ids: new Map(fresh.map(({ key }, index) => [key, ids[index]!])) };
    },

    /** Figures over all licences; at most two seconds old where another process changed something. */
    stats(): Promise<Stats> {
      if (stats && Date.now() - stats.at < STATS_MS) return stats.value;
      const value = countAll();
      stats = { at: Date.now(), value };
      value.catch(touched);
      return value;
    },

    /** Ends of licences to come, by the day that people here count. */
    async expiries(days: number): Promise<{ day: string; n: number }[]> {
      const now = clock.now();
      const until = new Date(now.getTime() + days * 86_400_000).toISOString();
      const rows = await repo.expiries(now.toISOString(), until);
      return rows.map(({ hour, n }) => ({ day: dayOf(new Date(`${hour}:00:00Z`)), n }));
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
    batchPage: repo.batchPage,
    batch: (id: number): Promise<Batch | null> => repo.findBatch(id),

    /** How many licences an export would hold. */
    exportSize: (filters: LicenseFilters): Promise<number> =>
      repo.count(filters, timestamp(clock), Number.MAX_SAFE_INTEGER),

    /**
     * Opened keys for an export, page by page in the order of their making. The journal says who takes them before the
     * first one is given: whoever breaks off has taken some all the same.
     */
    async *export(actor: Actor, filters: LicenseFilters): AsyncGenerator<ExportedLicense[]> {
      const now = timestamp(clock);
      const keys = await repo.count(filters, now, Number.MAX_SAFE_INTEGER);
      await journal.recordAlone(actor, {
        action: 'license.export',
        details: { keys, batch: filters.batchId ?? null },
      });
      for (let after = 0; ;) {
        const part = await repo.exportPage(filters, now, after, CHUNK);
        const last = part.at(-1);
        if (!last) return;
        yield part;
        after = last.id;
      }
    },
  };
}

export type LicensesService = ReturnType<typeof createLicensesService>;

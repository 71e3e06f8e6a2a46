import { dayOf, timestamp, type Actor, type Clock } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import { createJournalSequencer, type ChainReport, type Database } from '@gec/db';
import type { Logger } from 'pino';
import type { Trx } from '../../context.ts';
import type { LicenceTables } from '../../db/schema.ts';
import { createJournalRepo, type NewEntry } from './journal.repo.ts';
import type { JournalEntry, JournalFilters, JournalLine, PreparedEntry } from './journal.schema.ts';

/** Entries of one busy moment are chained together: one commit for many. */
const SEQUENCER_DELAY_MS = 250;
/** Ids that are reserved at once, and how long they may be used: entries stay in the order of time, nearly. */
const SPARE_IDS = 64;
const SPARE_MS = 1_000;

/** An entry and who caused it. */
export interface Recorded {
  readonly actor: Actor;
  readonly entry: JournalEntry;
}

/** What the journal needs. */
export interface JournalDeps {
  database: Database<LicenceTables>;
  keyring: Keyring;
  clock: Clock;
  logger: Logger;
}

/** The journal: append-only, hash-chained (DESIGN.md § 8). */
export function createJournalService({ database, keyring, clock, logger }: JournalDeps) {
  const repo = createJournalRepo(database, keyring);
  const sequencer = createJournalSequencer({
    chain: repo.chain,
    delayMs: SEQUENCER_DELAY_MS,
    onError: (error) => logger.error({ err: error }, 'the journal could not be chained; trying again'),
  });
  const { chainAll } = sequencer;
  let spare: { ids: number[]; since: number } = { ids: [], since: 0 };

  const newEntry = ({ actor, entry }: Recorded, at: string): NewEntry => ({
    action: entry.action,
    at,
    ip: actor.ip,
    actor: actor.kind === 'user' ? actor.username : `system:${actor.reason}`,
    licenseId: entry.licenseId ?? null,
    details: entry.details ?? null,
  });

  async function recordAll(trx: Trx, items: readonly Recorded[]): Promise<void> {
    const at = timestamp(clock);
    await repo.insert(
      trx,
      items.map((item) => newEntry(item, at)),
    );
    sequencer.wake();
  }

  async function reserve(count: number): Promise<number[]> {
    if (Date.now() - spare.since > SPARE_MS) spare = { ids: [], since: 0 };
    if (spare.ids.length < count) {
      spare = { ids: await repo.reserve(Math.max(count, SPARE_IDS)), since: Date.now() };
    }
    return spare.ids.splice(0, count);
  }

  const record = (trx: Trx, actor: Actor, ...entries: readonly JournalEntry[]): Promise<void> =>
    recordAll(
      trx,
      entries.map((entry) => ({ actor, entry })),
    );

  return {
    /** Writes entries in the transaction of what they record: neither exists without the other. */
    record,

    /** As `record`, for entries of several actors. */
    recordAll,

    /**
     * For entries that are written by the very statement that does what they record (PostgreSQL only, where the ids
     * need no transaction): takes an id for each; what is never written leaves a gap that means nothing.
     */
    reserve,

    /** Entries as that statement writes them, `ids` being theirs. They are chained soon after. */
    prepare(items: readonly Recorded[], ids: readonly number[]): PreparedEntry[] {
      const at = timestamp(clock);
      sequencer.wake();
      return items.map((item, index) => repo.prepared(newEntry(item, at), ids[index]!));
    },

    /** Writes an entry of its own, for refusals and reads that change nothing else. */
    recordAlone: (actor: Actor, entry: JournalEntry): Promise<void> =>
      database.transaction((trx) => record(trx, actor, entry)),

    /** A page of entries, newest first, and the id to go on from. */
    async list(
      filters: JournalFilters,
      page: { size: number; before?: number | undefined },
    ): Promise<{ lines: JournalLine[]; next: number | null }> {
      const lines = await repo.page(filters, page.size + 1, page.before);
      const more = lines.length > page.size;
      if (more) lines.pop();
      return { lines, next: more ? (lines.at(-1)?.id ?? null) : null };
    },

    /** How many entries of each action since an instant, by the day that people here count. */
    async perDay(
      actions: readonly string[],
      since: string,
    ): Promise<{ day: string; action: string; n: number }[]> {
      const rows = await repo.perHour(actions, since);
      return rows.map(({ hour, action, n }) => ({ day: dayOf(new Date(`${hour}:00:00Z`)), action, n }));
    },

    /** Reads the whole journal and proves that nothing was altered, removed or put in. */
    async verify(actor: Actor, onProgress?: (done: number, total: number) => void): Promise<ChainReport> {
      await chainAll();
      const report = await repo.chain.verify(onProgress);
      const details = { ok: report.ok, entries: report.chained };
      await database.transaction((trx) => record(trx, actor, { action: 'journal.verify', details }));
      return report;
    },

    /** The end of the chain, for a checkpoint kept elsewhere. */
    async head(): Promise<{ seq: number; hash: string }> {
      await chainAll();
      return repo.chain.head();
    },

    /** Chains what waits, now. */
    chainNow: chainAll,

    /** Starts chaining what is written, within moments of its commit. */
    start: sequencer.start,

    /** Chains what is left and stops. */
    stop: sequencer.stop,
  };
}

export type JournalService = ReturnType<typeof createJournalService>;

import { timestamp, type Actor, type Clock } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import { createJournalSequencer, type ChainReport, type Database } from '@gec/db';
import type { Logger } from 'pino';
import type { Trx } from '../../context.ts';
import type { LicenceTables } from '../../db/schema.ts';
import { createJournalRepo } from './journal.repo.ts';
import type { JournalEntry, JournalFilters, JournalLine } from './journal.schema.ts';

/** Entries of one busy moment are chained together: one commit for many. */
const SEQUENCER_DELAY_MS = 250;

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

  async function recordAll(trx: Trx, items: readonly { actor: Actor; entry: JournalEntry }[]): Promise<void> {
    const at = timestamp(clock);
    await repo.insert(
      trx,
      items.map(({ actor, entry }) => ({
        action: entry.action,
        at,
        ip: actor.ip,
        actor: actor.kind === 'user' ? actor.username : `system:${actor.reason}`,
        licenseId: entry.licenseId ?? null,
        details: entry.details ?? null,
      })),
    );
    sequencer.wake();
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

    /** How many entries of each action since an instant, by day. */
    perDay: repo.perDay,

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

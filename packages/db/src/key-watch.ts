import { randomUUID } from 'node:crypto';
import type { Clock } from '@gec/core';
import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import type { DataKeyTable } from './keys.ts';
import type { ColumnTypes } from './types.ts';

/** A process that works on the database, and which generations of keys it knows. */
export interface KeyProcessTable {
  id: string;
  /** {@link keysAsText} of what it has read. */
  known: string;
  seen_at: string;
}

/** A renewal of the data keys of a purpose and how far it has come: the running one, or the last. */
export interface KeyRotationTable {
  purpose: string;
  /** The new generation. */
  kid: string;
  /** `prepared`: it only opens; `sealing`: it seals, and values are re-sealed; `resealed`; `finished`: former keys gone. */
  state: 'prepared' | 'sealing' | 'resealed' | 'finished';
  /** Where the re-sealing goes on. */
  cursor: string | null;
  done: number;
  total: number;
  /** Values that no key opens. */
  unreadable: number;
  started_at: string;
  switched_at: string | null;
  resealed_at: string | null;
  finished_at: string | null;
  /** When the process that works on it last said so. */
  seen_at: string;
  /** Since when it is to wait until somebody starts it again. */
  paused_at: string | null;
}

interface Tables {
  data_key: DataKeyTable;
  key_process: KeyProcessTable;
}

/** The tables of key rotation. */
export function keyRotationTables(t: ColumnTypes): string[] {
  return [
    `create table key_process (id text primary key, known text not null, seen_at ${t.timestamp} not null)`,
    `create table key_rotation (
      purpose text primary key, kid text not null, state text not null, cursor text, done ${t.bigint} not null,
      total ${t.bigint} not null, unreadable ${t.bigint} not null, started_at ${t.timestamp} not null,
      switched_at ${t.timestamp}, resealed_at ${t.timestamp}, finished_at ${t.timestamp},
      seen_at ${t.timestamp} not null)`,
  ];
}

/** What {@link keyRotationTables} did not have from the beginning: a renewal can be paused. */
export function keyRotationPause(t: ColumnTypes): string[] {
  return [`alter table key_rotation add column paused_at ${t.timestamp}`];
}

const EVERY_MS = 5_000;
/** A process that was silent for so long is taken to be gone. It says something three times as often. */
const GONE_MS = 60_000;

/** The generations and which of them seal, as one text to compare. */
async function keysAsText(kysely: Kysely<Tables>): Promise<string> {
  const rows = await kysely.selectFrom('data_key').select(['kid', 'retired_at']).orderBy('kid').execute();
  return rows.map(({ kid, retired_at }) => (retired_at === null ? `${kid}*` : kid)).join(' ');
}

/** Keeps the keys of a process up to date, and tells the others which ones it knows. */
export interface KeyWatch {
  /** Looks once, now. @throws what reading or opening the keys throws */
  look(): Promise<void>;
  /** How many processes are at work that do not know the keys as they stand. */
  behind(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

/**
 * Makes the watch of a process. A generation is used only once every process at work knows it.
 *
 * @param onError told when the keys cannot be read or opened: above all, when the master key was changed and this
 *   process must be started again
 */
export function createKeyWatch<T>(options: {
  database: Database<T>;
  keyring: { reload(): Promise<void> };
  clock: Clock;
  onError: (error: unknown) => void;
  /** How long a process may be silent and still counts, in milliseconds. */
  goneMs?: number;
}): KeyWatch {
  const { database, keyring, clock, onError, goneMs = GONE_MS } = options;
  const kysely = database.kysely as unknown as Kysely<Tables>;
  const id = randomUUID();
  let known = '';
  let signed = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;

  async function sign(force: boolean): Promise<void> {
    const now = clock.now();
    if (!force && Math.abs(now.getTime() - signed) < goneMs / 3) return;
    signed = now.getTime();
    const row = { known, seen_at: now.toISOString() };
    await database.quickTransaction(async (trx) => {
      const tables = trx as unknown as Kysely<Tables>;
      await tables
        .insertInto('key_process')
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
      const long = new Date(now.getTime() - 60 * goneMs).toISOString();
      await tables.deleteFrom('key_process').where('seen_at', '<', long).execute();
    });
  }

  async function work(): Promise<void> {
    // Read before the keys are: what is told is never newer than what is known.
    const text = await keysAsText(kysely);
    const news = text !== known;
    try {
      if (news) {
        await keyring.reload();
        known = text;
      }
    } finally {
      await sign(news);
    }
  }

  function look(): Promise<void> {
    looking ??= work().finally(() => {
      looking = null;
    });
    return looking;
  }

  return {
    look,
    async behind() {
      const since = new Date(clock.now().getTime() - goneMs).toISOString();
      const row = await kysely
        .selectFrom('key_process')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('seen_at', '>=', since)
        .where('known', '<>', await keysAsText(kysely))
        .executeTakeFirstOrThrow();
      return Number(row.n);
    },
    start() {
      timer ??= setInterval(() => void look().catch(onError), EVERY_MS).unref();
    },
    async stop() {
      if (timer) clearInterval(timer);
      timer = null;
      await looking?.catch(() => undefined);
      // One that never signed has left nothing.
      if (signed === Number.NEGATIVE_INFINITY) return;
      await kysely
        .deleteFrom('key_process')
        .where('id', '=', id)
        .execute()
        .catch(() => undefined);
    },
  };
}

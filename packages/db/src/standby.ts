import { setTimeout as pause } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { codeOf, dialectOf } from './dialect.ts';
import { serverPool, type PostgresOptions } from './postgres.ts';
import { parseAddress } from './servers.ts';

/** What is known of a standby that reads go to. */
export interface StandbyState {
  /** `host:port` */
  readonly server: string;
  /** Milliseconds until it had what the primary had when it was asked; null when it did not get there in time. */
  readonly delayMs: number | null;
  /** Bytes of the log that it had still to replay when it was asked; null when it could not say. */
  readonly behindBytes: number | null;
  /** Why it is not read from; null when it is. */
  readonly reason: 'late' | 'not-a-standby' | 'other-history' | 'away' | null;
}

/** Reads that a standby may answer. */
export interface StandbyReads<T> {
  /** See `Database.read`. */
  read<R>(work: (via: Kysely<T>) => Promise<R>): Promise<R>;
  /** Looks at each standby. @throws Error when the primary does not answer */
  look(): Promise<StandbyState[]>;
  close(): Promise<void>;
}

/** How a standby is used. */
export interface StandbyOptions extends PostgresOptions {
  /** Milliseconds that a read waits at most for a standby to catch up; then the primary answers it. */
  readonly maxDelayMs: number;
}

/** A standby that was late, or away, is not asked again for so long: others would wait as much for nothing. */
const REST_MS = { late: 1_000, away: 5_000 } as const;
/** The first wait for a standby to catch up; each one is twice as long. */
const FIRST_WAIT_MS = 1;

/** A conflict with what the standby replays: it cancels the read, and the primary answers it. */
const CONFLICT = '40001';

interface Mark {
  readonly lsn: string;
  readonly timeline: number;
}

interface Place {
  readonly behind: number | null;
  readonly standby: boolean;
  readonly timeline: number;
}

interface Standby<T> {
  readonly server: string;
  readonly kysely: Kysely<T>;
  restsUntil: number;
}

/**
 * Where the primary is: everything that anybody was told is committed lies before. What was committed without waiting
 * for the medium (`quickTransaction`) may lie after.
 */
async function markOf<T>(primary: Kysely<T>): Promise<Mark> {
  const { rows } = await sql<Mark>`select pg_current_wal_flush_lsn()::text as lsn,
    ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int as timeline`.execute(
    primary,
  );
  return rows[0]!;
}

/** Where a standby is, and whether it follows the same line of history: positions of two lines say nothing together. */
async function placeOf<T>(via: Kysely<T>, mark: Mark): Promise<Place> {
  const { rows } = await sql<Place>`select pg_is_in_recovery() as standby,
    pg_wal_lsn_diff(${mark.lsn}::pg_lsn, pg_last_wal_replay_lsn())::bigint as behind,
    (select timeline_id from pg_control_checkpoint()) as timeline`.execute(via);
  return rows[0]!;
}

/** Waits until a standby has everything up to a mark. @returns why it has not, or null */
async function catchUp<T>(
  via: Kysely<T>,
  mark: Mark,
  maxDelayMs: number,
  told: (place: Place) => void = () => undefined,
): Promise<StandbyState['reason']> {
  const until = performance.now() + maxDelayMs;
  for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
    const place = await placeOf(via, mark);
    told(place);
    if (!place.standby || place.behind === null) return 'not-a-standby';
    if (place.timeline !== mark.timeline) return 'other-history';
    if (place.behind <= 0) return null;
    const left = until - performance.now();
    if (left <= 0) return 'late';
    await pause(Math.min(wait, left));
  }
}

/**
 * Sends reads to standbys, and never shows what is out of date: before each one the primary says how far it is, and the
 * standby must have replayed as much. So whoever was told that something is stored sees it in the next list, whichever
 * process wrote it and whichever answers, and a right that was taken away is gone for the next question. A standby that
 * does not get there within `maxDelayMs`, is away, was promoted, or follows a former primary, is left out and the
 * primary answers.
 *
 * @param primary connections to the server that takes writes
 * @param url address of one standby or of several, which are tried in order
 * @throws Error when the address is wrong
 */
export function createStandbyReads<T>(
  primary: Kysely<T>,
  url: string,
  options: StandbyOptions,
): StandbyReads<T> {
  const { maxDelayMs } = options;
  const dialect = dialectOf('postgres');
  const standbys: Standby<T>[] = parseAddress(url).servers.map((server) => ({
    server: server.name,
    kysely: new Kysely<T>({ dialect: new PostgresDialect({ pool: serverPool(server, options) }) }),
    restsUntil: 0,
  }));

  const rest = (standby: Standby<T>, why: keyof typeof REST_MS): void => {
    standby.restsUntil = performance.now() + REST_MS[why];
  };

  /** @returns what `work` gave, or null when this standby must not or cannot answer */
  async function tryOn<R>(
    standby: Standby<T>,
    mark: Mark,
    work: (via: Kysely<T>) => Promise<R>,
  ): Promise<{ value: R } | null> {
    try {
      return await standby.kysely.connection().execute(async (via) => {
        const reason = await catchUp(via, mark, maxDelayMs);
        if (reason === null) return { value: await work(via) };
        rest(standby, reason === 'late' ? 'late' : 'away');
        return null;
      });
    } catch (error) {
      if (codeOf(error) === CONFLICT) return null;
      if (!dialect.isUnavailable(error)) throw error;
      rest(standby, 'away');
      return null;
    }
  }

  return {
    async read(work) {
      const now = performance.now();
      const ready = standbys.filter(({ restsUntil }) => restsUntil <= now);
      if (ready.length > 0) {
        const mark = await markOf(primary);
        for (const standby of ready) {
          const answer = await tryOn(standby, mark, work);
          if (answer) return answer.value;
        }
      }
      return primary.connection().execute(work);
    },

    async look() {
      const mark = await markOf(primary);
      return Promise.all(
        standbys.map(async ({ server, kysely }): Promise<StandbyState> => {
          let behindBytes: number | null = null;
          let began = 0;
          try {
            const reason = await kysely.connection().execute(async (via) => {
              began = performance.now();
              return catchUp(via, mark, maxDelayMs, ({ behind }) => {
                behindBytes ??= behind === null ? null : Math.max(0, behind);
              });
            });
            const delayMs = reason === null ? Math.round(performance.now() - began) : null;
            return { server, delayMs, behindBytes, reason };
          } catch {
            return { server, delayMs: null, behindBytes, reason: 'away' };
          }
        }),
      );
    },

    async close() {
      await Promise.all(standbys.map(({ kysely }) => kysely.destroy()));
    },
  };
}

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { codeOf, dialectOf, type Dialect } from './dialect.ts';
import { postgresPool, type PostgresOptions } from './postgres.ts';
import { SqliteConnection, sqliteDialect } from './sqlite.ts';
import { createStandbyReads, type StandbyState } from './standby.ts';
import type { Engine } from './types.ts';

/** An open database: the same for both engines. */
export interface Database<T> {
  readonly engine: Engine;
  readonly dialect: Dialect;
  readonly kysely: Kysely<T>;
  /**
   * Runs `work` in one transaction and commits, or rolls everything back when it throws. Inside, await nothing but
   * the database: no network, no file, no bcrypt.
   */
  transaction<R>(work: (trx: Transaction<T>) => Promise<R>): Promise<R>;
  /**
   * A transaction whose commit does not wait for the medium, for rows that nobody misses. It survives the end of the
   * program at once, and a power cut from the next commit of `transaction` on (PostgreSQL: within a second or so): the
   * log is written in order, so nothing is ever kept without what was committed before it.
   */
  quickTransaction<R>(work: (trx: Transaction<T>) => Promise<R>): Promise<R>;
  /**
   * Reads over one connection, from a standby where there is one that has everything that was committed before this
   * call (but for `quickTransaction`s of the last moment). `work` changes nothing outside itself: it may be begun on a
   * standby and run again on the primary.
   */
  read<R>(work: (via: Kysely<T>) => Promise<R>): Promise<R>;
  /** How far the standbys are that reads go to; none where there are none. @throws Error when the primary is away */
  standbys(): Promise<StandbyState[]>;
  /**
   * Resolves when everything that a read of this process may have seen of a `transaction` is durable. For whoever tells
   * what another one has just written, and did not write anything.
   */
  settled(): Promise<void>;
  /** Asks the database for an answer; throws when there is none. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How a database is opened. */
export interface DatabaseOptions extends PostgresOptions {
  /**
   * Told once when what SQLite committed could not be made durable. From then on every query fails: only a new start
   * of the program can tell what is kept.
   */
  onLost?: (error: Error) => void;
  /** Standbys that reads may go to (PostgreSQL). */
  reads?: { readonly url: string; readonly maxDelayMs: number } | null;
}

/** Which engine an address means: `sqlite:/path/to/file` or `postgres://…`. Throws on any other. */
export function engineOf(url: string): Engine {
  if (url.startsWith('sqlite:')) return 'sqlite';
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgres';
  throw new Error('a database address begins with sqlite: or postgres://');
}

/**
 * Opens a database.
 *
 * @param url `sqlite:<path>` (the file and its folder are made) or `postgres://user:password@host/name`, where the host
 *   may be several (`parseAddress`): then the one that takes writes is found, again after a failover
 * @throws when the address names no known engine or is wrong; a PostgreSQL that is away shows at the first query
 */
export function openDatabase<T>(url: string, options: DatabaseOptions = {}): Database<T> {
  const engine = engineOf(url);
  return engine === 'sqlite'
    ? openSqlite<T>(url.slice('sqlite:'.length), options.onLost)
    : openPostgres<T>(url, options);
}

function shared<T>(engine: Engine, kysely: Kysely<T>) {
  return {
    engine,
    dialect: dialectOf(engine),
    kysely,
    transaction: <R>(work: (trx: Transaction<T>) => Promise<R>) => kysely.transaction().execute(work),
    async ping() {
      await sql`select 1`.execute(kysely);
    },
    close: () => kysely.destroy(),
  };
}

function openSqlite<T>(path: string, onLost?: (error: Error) => void): Database<T> {
  mkdirSync(dirname(path), { recursive: true });
  const connection = new SqliteConnection(path, onLost);
  const quick = new Kysely<T>({ dialect: sqliteDialect(connection, false) });
  const kysely = new Kysely<T>({ dialect: sqliteDialect(connection, true) });
  return {
    ...shared('sqlite', kysely),
    quickTransaction: (work) => quick.transaction().execute(work),
    settled: () => connection.sync.settled(),
    read: (work) => work(kysely),
    standbys: async () => [],
  };
}

/** A server that was the primary refuses writes and keeps its connections: they are of no more use. */
const READ_ONLY = '25006';

function openPostgres<T>(url: string, options: DatabaseOptions): Database<T> {
  const pool = postgresPool(url, options);
  const kysely = new Kysely<T>({
    dialect: new PostgresDialect({ pool }),
    log(event) {
      if (event.level === 'error' && codeOf(event.error) === READ_ONLY) pool.renew();
    },
  });
  const standby = options.reads
    ? createStandbyReads(kysely, options.reads.url, { ...options, ...options.reads })
    : null;
  return {
    ...shared('postgres', kysely),
    quickTransaction: (work) =>
      kysely.transaction().execute(async (trx) => {
        await sql`set local synchronous_commit to off`.execute(trx);
        return work(trx);
      }),
    // Nobody sees what is not durable yet.
    settled: async () => undefined,
    read: (work) => (standby ? standby.read(work) : kysely.connection().execute(work)),
    standbys: async () => standby?.look() ?? [],
    async close() {
      await standby?.close();
      await kysely.destroy();
    },
  };
}

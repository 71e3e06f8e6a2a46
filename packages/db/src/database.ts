import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { dialectOf, type Dialect } from './dialect.ts';
import { postgresPool, type PostgresOptions } from './postgres.ts';
import { SqliteConnection, sqliteDialect } from './sqlite.ts';
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
 * @param url `sqlite:<path>` (the file and its folder are made) or `postgres://user:password@host/name`
 * @throws when the address names no known engine; a PostgreSQL that is away shows at the first query
 */
export function openDatabase<T>(url: string, options: DatabaseOptions = {}): Database<T> {
  const engine = engineOf(url);
  return engine === 'sqlite'
    ? openSqlite<T>(url.slice('sqlite:'.length), options.onLost)
    : openPostgres<T>(postgresPool(url, options));
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
  return {
    ...shared('sqlite', new Kysely<T>({ dialect: sqliteDialect(connection, true) })),
    quickTransaction: (work) => quick.transaction().execute(work),
    settled: () => connection.sync.settled(),
  };
}

function openPostgres<T>(pool: ReturnType<typeof postgresPool>): Database<T> {
  const kysely = new Kysely<T>({ dialect: new PostgresDialect({ pool }) });
  return {
    ...shared('postgres', kysely),
    quickTransaction: (work) =>
      kysely.transaction().execute(async (trx) => {
        await sql`set local synchronous_commit to off`.execute(trx);
        return work(trx);
      }),
    // Nobody sees what is not durable yet.
    settled: async () => undefined,
  };
}

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
  /** Asks the database for an answer; throws when there is none. */
  ping(): Promise<void>;
  close(): Promise<void>;
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
export function openDatabase<T>(url: string, options: PostgresOptions = {}): Database<T> {
  const engine = engineOf(url);
  let kysely: Kysely<T>;
  if (engine === 'sqlite') {
    const path = url.slice('sqlite:'.length);
    mkdirSync(dirname(path), { recursive: true });
    kysely = new Kysely<T>({ dialect: sqliteDialect(new SqliteConnection(path)) });
  } else {
    kysely = new Kysely<T>({ dialect: new PostgresDialect({ pool: postgresPool(url, options) }) });
  }
  return {
    engine,
    dialect: dialectOf(engine),
    kysely,
    transaction: (work) => kysely.transaction().execute(work),
    quickTransaction:
      engine === 'sqlite'
        ? (work) =>
            // The pragma counts for a connection and cannot be changed within a transaction.
            kysely.connection().execute(async (connection) => {
              await sql`pragma synchronous = normal`.execute(connection);
              try {
                return await connection.transaction().execute(work);
              } finally {
                await sql`pragma synchronous = full`.execute(connection);
              }
            })
        : (work) =>
            kysely.transaction().execute(async (trx) => {
              await sql`set local synchronous_commit to off`.execute(trx);
              return work(trx);
            }),
    async ping() {
      await sql`select 1`.execute(kysely);
    },
    close: () => kysely.destroy(),
  };
}

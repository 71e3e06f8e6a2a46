import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Engine } from './types.ts';
import { SyncError } from './wal-sync.ts';

/**
 * Any transaction or connection. Kysely is invariant in its table type, and what is shared serves the tables of every
 * program.
 */
export type AnyKysely = Pick<Kysely<unknown>, 'getExecutor'> & object;

/** What differs between the engines. Everything else is written once. */
export interface Dialect {
  readonly engine: Engine;
  /** Takes the next id of a table, so that a row can be sealed (its id is authenticated) before it is inserted. */
  nextId(trx: AnyKysely, table: string): Promise<number>;
  /** Takes `count` ids at once, ascending. Both need a transaction. */
  nextIds(trx: AnyKysely, table: string, count: number): Promise<number[]>;
  /** Whether an error says that a unique column already holds the value; `column` narrows it to one. */
  isUniqueViolation(error: unknown, column?: string): boolean;
  /** Whether an error says that a row refers to one that is not there, or is referred to by one that still is. */
  isForeignKeyViolation(error: unknown): boolean;
  /** Whether an error says that the database cannot be reached or is full now, and may be reached later. */
  isUnavailable(error: unknown): boolean;
  /**
   * Tries to become the only one, over all processes, that does something named until the transaction ends.
   * @returns whether it succeeded; on SQLite the transaction itself is that guarantee
   */
  tryExclusive(trx: AnyKysely, name: string): Promise<boolean>;
  /**
   * What tells this database from every other one, and stays when it is moved: PostgreSQL's system identifier.
   * @returns null where there is none, or where this account may not read it
   */
  systemIdentifier(db: AnyKysely): Promise<string | null>;
  /**
   * Rows that a statement joins or updates from, as a table named `v`: one statement of always the same text for any
   * number of rows.
   *
   * @param columns names and PostgreSQL's types of the columns; constants of the program, not data
   */
  records(columns: Readonly<Record<string, string>>, rows: readonly object[]): RawBuilder<unknown>;
  /** What an administrator wants to know of the database: the engine's version, its size in bytes, its clock (ISO 8601). */
  facts(db: AnyKysely): Promise<{ version: string; bytes: number; now: string }>;
  /** `for update skip locked` where the engine has it: rows that another process is claiming are passed over. */
  readonly skipLocked: ReturnType<typeof sql>;
}

/** The code of an error: an SQLSTATE, or a name of the system's. Empty without one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Stable 63-bit key for PostgreSQL's advisory locks. */
function lockKey(name: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(name)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return BigInt.asIntN(64, hash).toString();
}

const db = (trx: AnyKysely): Kysely<unknown> => trx as Kysely<unknown>;

const sqlite: Dialect = {
  engine: 'sqlite',
  async nextId(trx, table) {
    return (await sqlite.nextIds(trx, table, 1))[0]!;
  },
  async nextIds(trx, table, count) {
    // The same counter as AUTOINCREMENT uses, so that both ways of taking an id never meet.
    const updated = await sql<{ seq: number }>`
      update sqlite_sequence set seq = seq + ${count} where name = ${table} returning seq`.execute(db(trx));
    const last = updated.rows[0]?.seq ?? count;
    if (updated.rows.length === 0) {
      await sql`insert into sqlite_sequence (name, seq) values (${table}, ${count})`.execute(db(trx));
    }
    return Array.from({ length: count }, (_, index) => last - count + 1 + index);
  },
  isUniqueViolation(error, column) {
    if (!(error instanceof Error) || !error.message.includes('UNIQUE constraint failed')) return false;
    return column === undefined || error.message.split(/[ ,.]+/).includes(column);
  },
  isForeignKeyViolation: (error) =>
    error instanceof Error && error.message.includes('FOREIGN KEY constraint failed'),
  isUnavailable(error) {
    if (error instanceof SyncError) return true;
    return (
      error instanceof Error &&
      codeOf(error) === 'ERR_SQLITE_ERROR' &&
      /disk is full|disk I\/O error|database is locked|unable to open/i.test(error.message)
    );
  },
  async tryExclusive() {
    return true;
  },
  async systemIdentifier() {
    return null;
  },
  records(columns, rows) {
    const selected = Object.keys(columns).map((name) => `value ->> '${name}' as ${name}`);
    return sql`(select ${sql.raw(selected.join(', '))} from json_each(${JSON.stringify(rows)})) as v`;
  },
  async facts(connection) {
    const { rows } = await sql<{ version: string; bytes: number; now: string }>`
      select sqlite_version() as version, strftime('%Y-%m-%dT%H:%M:%fZ', 'now') as now,
        (select page_count from pragma_page_count()) * (select page_size from pragma_page_size()) as bytes`.execute(
      db(connection),
    );
    return rows[0]!;
  },
  skipLocked: sql``,
};

/** SQLSTATE classes of PostgreSQL: connection lost, out of resources, shutting down, no longer the one that writes. */
const PG_UNAVAILABLE = /^(08|53|57P|25006)/;
const NET_UNAVAILABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

const postgres: Dialect = {
  engine: 'postgres',
  async nextId(trx, table) {
    return (await postgres.nextIds(trx, table, 1))[0]!;
  },
  async nextIds(trx, table, count) {
    const { rows } = await sql<{ id: number }>`
      select nextval(pg_get_serial_sequence(${`"${table}"`}, 'id')) as id
      from generate_series(1, ${count}::int)`.execute(db(trx));
    return rows.map((row) => row.id);
  },
  isUniqueViolation(error, column) {
    if (codeOf(error) !== '23505') return false;
    if (column === undefined) return true;
    const { constraint = '', detail = '' } = error as { constraint?: string; detail?: string };
    return constraint.includes(column) || detail.includes(`(${column})`);
  },
  isForeignKeyViolation: (error) => codeOf(error) === '23503',
  isUnavailable(error) {
    const code = codeOf(error);
    if (PG_UNAVAILABLE.test(code) || NET_UNAVAILABLE.has(code)) return true;
    if (error instanceof AggregateError) return error.errors.some((inner) => postgres.isUnavailable(inner));
    return (
      error instanceof Error &&
      /Connection terminated|timeout exceeded when trying to connect|not queryable|Client has encountered/.test(
        error.message,
      )
    );
  },
  async tryExclusive(trx, name) {
    const { rows } = await sql<{ got: boolean }>`
      select pg_try_advisory_xact_lock(${sql.lit(lockKey(name))}::bigint) as got`.execute(db(trx));
    return rows[0]!.got;
  },
  async systemIdentifier(connection) {
    try {
      const { rows } = await sql<{ id: string }>`
        select system_identifier::text as id from pg_control_system()`.execute(db(connection));
      return rows[0]?.id ?? null;
    } catch (error) {
      if (codeOf(error) === '42501') return null; // insufficient_privilege
      throw error;
    }
  },
  records(columns, rows) {
    const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v(${sql.raw(typed.join(', '))})`;
  },
  async facts(connection) {
    const { rows } = await sql<{ version: string; bytes: number; now: string }>`
      select current_setting('server_version') as version, clock_timestamp()::timestamptz(3) as now,
        pg_database_size(current_database()) as bytes`.execute(db(connection));
    return rows[0]!;
  },
  skipLocked: sql`for update skip locked`,
};

/** The dialect of an engine. */
export function dialectOf(engine: Engine): Dialect {
  return engine === 'sqlite' ? sqlite : postgres;
}

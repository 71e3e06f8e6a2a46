import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect as KyselyDialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import { WalSync, type SyncError, type SyncFile } from './wal-sync.ts';

/** A prepared statement with what is needed to give its rows the types that PostgreSQL would give. */
interface Prepared {
  statement: StatementSync;
  returnsRows: boolean;
  booleans: readonly string[];
  writes: boolean;
}

const CACHED_STATEMENTS = 400;
const CHANGES_SCHEMA = /^\s*(create|alter|drop|vacuum|reindex)\b/i;
/** Also where a mere name looks like it: then a sync is asked for that has nothing to do. */
const WRITES = /\b(insert|update|delete|replace)\b/i;

/** Turns a parameter into what SQLite can bind, and refuses what would be stored as something else. */
function bindable(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint') {
    return value;
  }
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a ${value === undefined ? 'undefined' : typeof value} cannot be bound to SQL`);
}

/** The one connection of a process: SQLite has one writer, and short transactions make readers wait microseconds. */
export class SqliteConnection {
  readonly raw: DatabaseSync;
  readonly sync: WalSync;
  readonly #prepared = new Map<string, Prepared>();
  #booleanNames: Set<string> | null = null;
  #queue: Promise<void> = Promise.resolve();

  /**
   * @param onLost told once when a commit could not be made durable
   * @param syncFile only tests give their own
   * @throws Error when the file cannot be opened, or lies where SQLite can keep no log (some network shares)
   */
  constructor(path: string, onLost?: (error: SyncError) => void, syncFile?: SyncFile) {
    this.raw = new DatabaseSync(path, { timeout: 10_000, enableForeignKeyConstraints: true });
    // Where the file is may be a link: SQLite keeps the log beside what it leads to.
    this.sync = new WalSync(this.raw.location() ?? path, onLost, syncFile);
    const mode = this.raw.prepare('pragma journal_mode = wal').get()?.['journal_mode'];
    if (mode !== 'wal') {
      this.raw.close();
      throw new Error(`SQLite can keep no write-ahead log beside ${path} (${String(mode)})`);
    }
    // NORMAL: the driver syncs the log itself before anybody is told of a commit, so that an acknowledged letter survives
    // a power cut, not only a crash of the program. A checkpoint syncs the log first, and the file before the log is
    // written anew, in this mode too: what is not in the log any more is on the medium.
    this.raw.exec('pragma synchronous = normal;');
    // A checkpoint stops the program for as long as the medium takes, twice. A letter rewrites some sixty pages, most of
    // them those of the letter before: in a log of 16 MB a page is copied once for many letters, by SQLite's own 4 MB
    // for a dozen.
    this.raw.exec('pragma wal_autocheckpoint = 4000;');
    this.raw.exec('pragma temp_store = memory; pragma cache_size = -65536; pragma mmap_size = 268435456;');
    this.#forgetIndexStatistics();
  }

  /**
   * Takes the tables of FTS5 out of the statistics, which `pragma optimize` and ANALYZE gather while an index may still
   * be nearly empty. FTS5 names the rows that it wants: by statistics of two rows, the deletions that it makes at each
   * merge would read the whole of a table that has grown to hundreds of megabytes since.
   */
  #forgetIndexStatistics(): void {
    const { raw } = this;
    const gathered = raw.prepare(`select 1 from sqlite_schema where name = 'sqlite_stat1'`).get();
    if (!gathered) return;
    const ofIndexes = `from sqlite_stat1 where exists (select 1 from sqlite_schema v
      where v.sql like 'create virtual table%' and substr(tbl, 1, length(v.name) + 1) = v.name || '_')`;
    if (raw.prepare(`select 1 ${ofIndexes}`).get()) raw.exec(`delete ${ofIndexes}; analyze sqlite_schema`);
  }

  /** Waits for one's turn, in the order of asking. @returns what ends it */
  async turn(): Promise<() => void> {
    const before = this.#queue;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#queue = promise;
    await before;
    return resolve;
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) {
      // Moved to the end: the map's order is the order of last use.
      this.#prepared.delete(sql);
      this.#prepared.set(sql, known);
      return known;
    }
    const statement = this.raw.prepare(sql);
    const columns = statement.columns();
    // FTS5 leaves ids of its own behind that no number holds, and every later statement would report them.
    if (columns.length === 0) statement.setReadBigInts(true);
    const booleans: string[] = [];
    for (const column of columns) {
      // The declared type is unknown for RETURNING, where the name of the column has to tell.
      const isBoolean =
        column.type?.toLowerCase() === 'boolean' ||
        (column.type === null && this.#isBooleanName(column.name, sql));
      if (isBoolean) booleans.push(column.name);
    }
    const prepared = { statement, returnsRows: columns.length > 0, booleans, writes: WRITES.test(sql) };
    this.#prepared.set(sql, prepared);
    if (this.#prepared.size > CACHED_STATEMENTS) {
      const oldest = this.#prepared.keys().next().value;
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    return prepared;
  }

  #isBooleanName(name: string, sql: string): boolean {
    if (!/\breturning\b/i.test(sql)) return false;
    if (!this.#booleanNames) {
      const rows = this.raw
        .prepare(
          `select distinct p.name as name from sqlite_schema s, pragma_table_info(s.name) p
           where s.type = 'table' and lower(p.type) = 'boolean'`,
        )
        .all();
      this.#booleanNames = new Set(rows.map((row) => String(row['name'])));
    }
    return this.#booleanNames.has(name);
  }

  /** Runs one statement at once. @returns its result, and whether it may have changed something */
  run<R>(sql: string, parameters: readonly unknown[]): { result: QueryResult<R>; writes: boolean } {
    if (CHANGES_SCHEMA.test(sql)) {
      this.#prepared.clear();
      this.#booleanNames = null;
      this.raw.exec(sql);
      return { result: { rows: [] }, writes: true };
    }
    const { statement, returnsRows, booleans, writes } = this.#prepare(sql);
    const values = parameters.map(bindable);
    if (!returnsRows) {
      const { changes, lastInsertRowid } = statement.run(...values);
      const numAffectedRows = BigInt(changes);
      return { result: { rows: [], numAffectedRows, insertId: BigInt(lastInsertRowid) }, writes };
    }
    const rows = statement.all(...values);
    for (const name of booleans) {
      for (const row of rows) {
        const value = row[name];
        if (value !== null) (row as Record<string, unknown>)[name] = value !== 0;
      }
    }
    return { result: { rows: rows as R[], numAffectedRows: BigInt(rows.length) }, writes };
  }
}

/** The connection in the hands of one user, for the time of one transaction or statement. */
class Lease implements DatabaseConnection {
  readonly connection: SqliteConnection;
  readonly release: () => void;
  /** Whether something was committed that may not be on the medium yet. */
  committed = false;
  #wrote = false;

  constructor(connection: SqliteConnection, release: () => void) {
    this.connection = connection;
    this.release = release;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // Synchronous work inside, so that an error becomes a rejection and not a throw.
    return new Promise((resolve) => resolve(this.#run<R>(query)));
  }

  #run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const { result, writes } = this.connection.run<R>(sql, parameters);
    this.#wrote ||= writes;
    if (this.#wrote && !this.connection.raw.isTransaction) {
      this.committed = true;
      this.#wrote = false;
    }
    return result;
  }

  rolledBack(): void {
    this.#wrote = false;
  }

  // A stream would hold the only connection for as long as its reader likes.
  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('SQLite streams are not offered: read in pages by key');
  }
}

/** Hands the connection to one user at a time, in the order of asking. */
class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #durable: boolean;

  constructor(connection: SqliteConnection, durable: boolean) {
    this.#connection = connection;
    this.#durable = durable;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Lease> {
    this.#connection.sync.check();
    return new Lease(this.#connection, await this.#connection.turn());
  }

  async releaseConnection(lease: Lease): Promise<void> {
    // The next one begins while the medium is busy with what this one has committed.
    lease.release();
    if (lease.committed && this.#durable) await this.#connection.sync.wait();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // Immediate: a transaction that reads first and writes later could otherwise fail on its first write.
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(lease: Lease): Promise<void> {
    lease.rolledBack();
    // A full disk makes SQLite roll back by itself: a second rollback would hide the first error.
    if (this.#connection.raw.isTransaction) await lease.executeQuery(CompiledQuery.raw('rollback'));
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint "${name}"`));
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to "${name}"`));
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release "${name}"`));
  }

  async destroy(): Promise<void> {
    const { raw, sync } = this.#connection;
    await sync.close();
    if (!raw.isOpen) return;
    raw.exec('pragma optimize');
    raw.close();
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  // The driver has a queue of its own, which lets the next one in while a commit is made durable; Kysely's would not.
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  // Kysely is cautious here; SQLite has always had transactional DDL, and a half-done migration must not stay.
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Kysely's view of one SQLite file through Node's own `node:sqlite`. Several may share a connection.
 *
 * @param durable whether a commit is told only when it is on the medium
 */
export function sqliteDialect(connection: SqliteConnection, durable: boolean): KyselyDialect {
  return {
    createAdapter: () => new TransactionalSqliteAdapter(),
    createDriver: () => new SqliteDriver(connection, durable),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { engineOf } from './database.ts';
import { parseAddress } from './servers.ts';
import type { Engine } from './types.ts';

/** A value of another program's table: instants and decimals stay the text that its engine writes. */
export type ForeignValue = string | number | bigint | boolean | null | Uint8Array;
/** A row of another program's table. */
export type ForeignRow = Readonly<Record<string, ForeignValue>>;

/** The database of another program, open for reading only. */
export interface ForeignDatabase {
  readonly engine: Engine;
  /** Columns of each table. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  /** How many rows a table has; 0 where there is no such table. */
  count(table: string): Promise<number>;
  /** Rows of a table whose `id` is above `after`, in the order of `id`; none where there is no such table. */
  page(table: string, after: number, size: number): Promise<ForeignRow[]>;
  /** Rows of a table in which a column has one of some values; none where there is no such table or column. */
  having(table: string, column: string, values: readonly number[]): Promise<ForeignRow[]>;
  close(): Promise<void>;
}

type Run = (text: string, values: readonly number[]) => Promise<ForeignRow[]>;

/** Values in one statement. */
const AT_ONCE = 400;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function readerOf(
  engine: Engine,
  tables: ReadonlyMap<string, readonly string[]>,
  run: Run,
  close: () => Promise<void>,
): ForeignDatabase {
  const place = (at: number) => (engine === 'sqlite' ? '?' : `$${at}`);
  return {
    engine,
    tables,
    async count(table) {
      if (!tables.has(table)) return 0;
      const [row] = await run(`select count(*) as n from ${quoted(table)}`, []);
      return Number(row?.['n'] ?? 0);
    },
    async page(table, after, size) {
      if (!tables.get(table)?.includes('id')) return [];
      return run(`select * from ${quoted(table)} where id > ${place(1)} order by id limit ${place(2)}`, [
        after,
        size,
      ]);
    },
    async having(table, column, values) {
      if (!tables.get(table)?.includes(column)) return [];
      const rows: ForeignRow[] = [];
      for (let at = 0; at < values.length; at += AT_ONCE) {
        const some = values.slice(at, at + AT_ONCE);
        const places = some.map((_, index) => place(index + 1)).join(', ');
        const order = tables.get(table)?.includes('id') ? ' order by id' : '';
        rows.push(
          ...(await run(
            `select * from ${quoted(table)} where ${quoted(column)} in (${places})${order}`,
            some,
          )),
        );
      }
      return rows;
    },
    close,
  };
}

function openSqlite(path: string): ForeignDatabase {
  if (!existsSync(path)) throw new Error(`there is no database file ${path}`);
  return readSqlite(new DatabaseSync(path, { readOnly: true, timeout: 10_000 }));
}

/** Where the header of a SQLite file says how it is written: 1 for the rollback journal, 2 for the log (WAL). */
const FORMAT_BYTES = [18, 19] as const;

/**
 * Opens the database of another program from its bytes, in memory: for a file that must not lie on a disk in clear.
 * What its log (WAL) still held is not in it.
 *
 * @param file a SQLite file, whole; its header is changed
 * @throws Error when it is no such file, or damaged
 */
export function openForeignBytes(file: Buffer): ForeignDatabase {
  const raw = new DatabaseSync(':memory:');
  try {
    // A database in memory has no log, and one that asks for it cannot be opened there.
    for (const at of FORMAT_BYTES) if (file[at] === 2) file[at] = 1;
    raw.deserialize(file);
  } catch (error) {
    raw.close();
    throw error;
  }
  return readSqlite(raw);
}

function readSqlite(raw: DatabaseSync): ForeignDatabase {
  try {
    // One view of everything, however long it takes; and nothing that the schema itself asks for is run.
    raw.exec(
      'pragma query_only = on; pragma trusted_schema = off; pragma cell_size_check = on; begin; select 1 from sqlite_schema limit 1',
    );
    const columns = raw
      .prepare(
        `select s.name as "table", p.name as "column" from sqlite_schema s, pragma_table_info(s.name) p
          where s.type = 'table' order by p.cid`,
      )
      .all();
    const tables = new Map<string, string[]>();
    for (const row of columns) {
      const table = String(row['table']);
      tables.set(table, [...(tables.get(table) ?? []), String(row['column'])]);
    }
    const run: Run = (text, values) =>
      // Synchronous work inside, so that an error becomes a rejection.
      new Promise((resolve) => resolve(raw.prepare(text).all(...values) as ForeignRow[]));
    const close = async () => {
      if (raw.isTransaction) raw.exec('rollback');
      raw.close();
    };
    return readerOf('sqlite', tables, run, close);
  } catch (error) {
    raw.close();
    throw error;
  }
}

const { builtins } = pg.types;
const NUMBERS: readonly number[] = [builtins.INT2, builtins.INT4, builtins.INT8];

/** A connection to the first server of an address that answers: a standby is as good, since nothing is written. */
async function connectAny(url: string): Promise<pg.Client> {
  let failure: unknown;
  for (const server of parseAddress(url).servers) {
    const client = new pg.Client({
      connectionString: server.url,
      connectionTimeoutMillis: 10_000,
      types: {
        getTypeParser: ((oid: number) => {
          if (NUMBERS.includes(oid)) return Number;
          if (oid === builtins.BOOL) return (text: string) => text === 't';
          return (text: string) => text;
        }) as typeof pg.types.getTypeParser,
      },
    });
    // A connection that breaks shows at the next query.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function openPostgres(url: string): Promise<ForeignDatabase> {
  const client = await connectAny(url);
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    await client.query('set local statement_timeout = 0');
    await client.query('set local idle_in_transaction_session_timeout = 0');
    // The server writes instants that have a zone in this one.
    await client.query(`set local time zone 'UTC'`);
    await client.query(`set local datestyle = 'ISO, YMD'`);
    const { rows } = await client.query<{ table: string; column: string }>(
      `select c.relname::text as "table", a.attname::text as "column" from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace order by a.attnum`,
    );
    const tables = new Map<string, string[]>();
    for (const { table, column } of rows) tables.set(table, [...(tables.get(table) ?? []), column]);
    const run: Run = async (text, values) =>
      (await client.query<Record<string, ForeignValue>>(text, [...values])).rows;
    return readerOf('postgres', tables, run, () => client.end());
  } catch (error) {
    await client.end();
    throw error;
  }
}

/**
 * Opens the database of another program to read it as it stands at this instant: read only, so that nothing of it is
 * ever written, and with whatever tables and columns it has.
 *
 * @param url `sqlite:<file>` or `postgres://…`
 * @throws Error when there is no such file, or the server does not answer
 */
export async function openForeign(url: string): Promise<ForeignDatabase> {
  return engineOf(url) === 'sqlite' ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
}

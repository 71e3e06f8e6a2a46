import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Database } from './database.ts';
import type { AnyKysely } from './dialect.ts';

/** Sealed columns of a table. */
export interface SealedTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns of its key, in order. */
  readonly keys: readonly string[];
  /** The id under which a row is sealed; its first key unless said otherwise. */
  readonly id?: (keys: readonly (string | number)[]) => string | number;
}

/** How a value gets under the generation in force. */
export interface Sealing {
  /** What every value begins with that the generation in force has sealed. */
  lead(): string;
  /** Opens a value and seals it anew. @throws when no key opens it */
  reseal(place: { table: string; column: string; id: string | number }, sealed: string): string;
}

interface Cursor {
  readonly table: number;
  readonly after: readonly (string | number)[] | null;
}

/** Says, in the transaction that re-sealed something, how far it has come. */
export type SaveProgress = (trx: AnyKysely, step: ResealStep) => Promise<void>;

/** A piece of work: what was done, and where to go on (null: at the end). */
export interface ResealStep {
  readonly cursor: string | null;
  readonly done: number;
  readonly unreadable: number;
}

/** Rows of one transaction: few, since their locks make others wait, and SQLite does nothing else meanwhile. */
const ROWS = 100;

/** Walks the sealed columns of tables and brings them under the generation in force. */
export function createFieldResealer<T>(
  database: Database<T>,
  tables: readonly SealedTable[],
  sealing: Sealing,
) {
  const kysely = database.kysely as unknown as Kysely<unknown>;
  const lock =
    database.engine === 'postgres'
      ? // A row that a use case holds comes in the next round, so that neither ever waits for the other in a circle.
        sql` for no key update skip locked`
      : sql``;

  function old(columns: readonly string[]): RawBuilder<unknown> {
    const lead = sealing.lead();
    const tests = columns.map(
      (column) =>
        sql`(${sql.ref(column)} is not null and substr(${sql.ref(column)}, 1, ${sql.lit(lead.length)}) <> ${lead})`,
    );
    return sql`(${sql.join(tests, sql` or `)})`;
  }

  async function count(): Promise<number> {
    let total = 0;
    for (const { table, columns } of tables) {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from ${sql.table(table)} where ${old(columns)}`.execute(kysely);
      total += Number(rows[0]?.n ?? 0);
    }
    return total;
  }

  async function batch(trx: Kysely<unknown>, spec: SealedTable, after: Cursor['after']) {
    const { table, columns, keys } = spec;
    const key = sql.join(keys.map((name) => sql.ref(name)));
    const from = after === null ? sql`` : sql` and (${key}) > (${sql.join([...after])})`;
    const { rows } = await sql<Record<string, string | number | null>>`
      select ${sql.join([...keys, ...columns].map((name) => sql.ref(name)))} from ${sql.table(table)}
      where ${old(columns)}${from} order by ${key} limit ${sql.lit(ROWS)}${lock}`.execute(trx);
    const lead = sealing.lead();
    let done = 0;
    let unreadable = 0;
    let last = after;
    for (const row of rows) {
      const values = keys.map((name) => row[name]!);
      last = values;
      const id = spec.id?.(values) ?? values[0]!;
      const changes: { column: string; from: string; to: string }[] = [];
      try {
        for (const column of columns) {
          const sealed = row[column];
          if (typeof sealed !== 'string' || sealed.startsWith(lead)) continue;
          changes.push({ column, from: sealed, to: sealing.reseal({ table, column, id }, sealed) });
        }
      } catch {
        unreadable += 1;
        continue;
      }
      const sets = changes.map(({ column, to }) => sql`${sql.ref(column)} = ${to}`);
      // As it was read, or not at all: somebody else's change is never overwritten.
      const same = [
        ...keys.map((name, at) => sql`${sql.ref(name)} = ${values[at]}`),
        ...changes.map(({ column, from: was }) => sql`${sql.ref(column)} = ${was}`),
      ];
      await sql`update ${sql.table(table)} set ${sql.join(sets)} where ${sql.join(same, sql` and `)}`.execute(
        trx,
      );
      done += 1;
    }
    return { last, done, unreadable, full: rows.length === ROWS };
  }

  return {
    /** Rows that have a value of another generation than the one in force. Reads every row. */
    count,
    /** Re-seals some rows from where an earlier step ended (null: from the beginning), in one short transaction. */
    async step(cursor: string | null, save: SaveProgress): Promise<ResealStep> {
      const at: Cursor = cursor === null ? { table: 0, after: null } : (JSON.parse(cursor) as Cursor);
      const spec = tables[at.table];
      if (!spec) return { cursor: null, done: 0, unreadable: 0 };
      return database.quickTransaction(async (trx) => {
        const { last, done, unreadable, full } = await batch(
          trx as unknown as Kysely<unknown>,
          spec,
          at.after,
        );
        const next: Cursor | null = full
          ? { table: at.table, after: last }
          : at.table + 1 < tables.length
            ? { table: at.table + 1, after: null }
            : null;
        const step = { cursor: next === null ? null : JSON.stringify(next), done, unreadable };
        await save(trx, step);
        return step;
      });
    },
  };
}

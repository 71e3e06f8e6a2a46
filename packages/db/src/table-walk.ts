import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Database } from './database.ts';
import type { AnyKysely } from './dialect.ts';

/** Says, in the transaction that renewed something, how far it has come. */
export type SaveProgress = (trx: AnyKysely, step: ResealStep) => Promise<void>;

/** A piece of work: what was done, and where to go on (null: at the end). */
export interface ResealStep {
  readonly cursor: string | null;
  readonly done: number;
  readonly unreadable: number;
}

/** A value as it was read. */
export type Cell = string | number | null;

/** A column that gets another value. */
export interface ColumnChange {
  readonly column: string;
  readonly from: string;
  readonly to: string | null;
}

/** What is walked, and what becomes of a row. */
export interface TableWalk<Spec extends { readonly table: string }> {
  readonly tables: readonly Spec[];
  /** Columns of the table's key, in order. */
  keys(spec: Spec): readonly string[];
  /** Columns that `changes` needs besides the key. */
  reads(spec: Spec): readonly string[];
  /** Whether a row has something of another generation than the one in force. */
  old(spec: Spec): RawBuilder<unknown>;
  /** How PostgreSQL holds the rows of a step; one that a use case holds comes in the next round. */
  readonly lock: RawBuilder<unknown>;
  /** What changes in a row: at least one column. @throws when a value cannot be read: the row stays and is counted */
  changes(spec: Spec, row: Readonly<Record<string, Cell>>, key: readonly Cell[]): readonly ColumnChange[];
}

interface Cursor {
  readonly table: number;
  readonly after: readonly Cell[] | null;
}

/** Rows of one transaction: few, since their locks make others wait, and SQLite does nothing else meanwhile. */
const ROWS = 100;

/** Walks the rows of tables that a new key has not reached yet, in short transactions that can be cut off anywhere. */
export function walkTables<T, Spec extends { readonly table: string }>(
  database: Database<T>,
  { tables, keys, reads, old, lock, changes }: TableWalk<Spec>,
) {
  const kysely = database.kysely as unknown as Kysely<unknown>;
  const held = database.engine === 'postgres' ? lock : sql``;

  async function batch(trx: Kysely<unknown>, spec: Spec, after: Cursor['after']) {
    const names = keys(spec);
    const key = sql.join(names.map((name) => sql.ref(name)));
    const from = after === null ? sql`` : sql` and (${key}) > (${sql.join([...after])})`;
    const columns = [...new Set([...names, ...reads(spec)])].map((name) => sql.ref(name));
    const { rows } = await sql<Record<string, Cell>>`
      select ${sql.join(columns)} from ${sql.table(spec.table)}
      where ${old(spec)}${from} order by ${key} limit ${sql.lit(ROWS)}${held}`.execute(trx);
    let done = 0;
    let unreadable = 0;
    let last = after;
    for (const row of rows) {
      const values = names.map((name) => row[name]!);
      last = values;
      let changed: readonly ColumnChange[];
      try {
        changed = changes(spec, row, values);
      } catch {
        unreadable += 1;
        continue;
      }
      const sets = changed.map(({ column, to }) => sql`${sql.ref(column)} = ${to}`);
      // As it was read, or not at all: somebody else's change is never overwritten.
      const same = [
        ...names.map((name, at) => sql`${sql.ref(name)} = ${values[at]}`),
        ...changed.map(({ column, from: was }) => sql`${sql.ref(column)} = ${was}`),
      ];
      await sql`
        update ${sql.table(spec.table)} set ${sql.join(sets)} where ${sql.join(same, sql` and `)}`.execute(
        trx,
      );
      done += 1;
    }
    return { last, done, unreadable, full: rows.length === ROWS };
  }

  return {
    /** Rows that have a value of another generation than the one in force. Reads every row. */
    async count(): Promise<number> {
      let total = 0;
      for (const spec of tables) {
        const { rows } = await sql<{ n: number }>`
          select count(*) as n from ${sql.table(spec.table)} where ${old(spec)}`.execute(kysely);
        total += Number(rows[0]?.n ?? 0);
      }
      return total;
    },

    /** Renews some rows from where an earlier step ended (null: from the beginning), in one short transaction. */
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

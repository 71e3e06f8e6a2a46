import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Database } from './database.ts';
import type { AnyKysely } from './dialect.ts';
import type { Resealer } from './key-rotation.ts';
import type { ResealStep, SaveProgress } from './reseal.ts';

/** Columns of a table that hold keyed digests of its sealed columns. */
export interface BlindTable {
  readonly table: string;
  /** The key of the table, under which its values are sealed too. */
  readonly key: string;
  readonly columns: readonly BlindColumn[];
}

/** A column of digests, and the sealed column that they are made from. */
export interface BlindColumn {
  readonly column: string;
  readonly source: string;
  readonly digest: (plain: string) => string;
  /** What begins so is no digest and stays. */
  readonly except?: string;
}

/** How digests get under the generation in force. */
export interface Rekeying {
  /** What every digest begins with that the generation in force has made; never empty once there are two of them. */
  lead(): string;
  /** Opens the sealed value that a digest is made from. @throws when no key opens it */
  open(place: { table: string; column: string; id: string | number }, sealed: string): string;
}

interface Cursor {
  readonly table: number;
  readonly after: string | number | null;
}

/** Rows of one transaction, as for sealed columns. */
const ROWS = 100;

/** Whether a column holds a digest of another generation. */
export function bearsAnother(column: string, lead: string, except?: string): RawBuilder<unknown> {
  const kept =
    except === undefined
      ? sql``
      : sql` and substr(${sql.ref(column)}, 1, ${sql.lit(except.length)}) <> ${except}`;
  return sql`(${sql.ref(column)} is not null and substr(${sql.ref(column)}, 1, ${sql.lit(lead.length)}) <> ${lead}${kept})`;
}

/** Walks the digest columns of tables and makes them anew under the generation in force, from what is sealed beside. */
export function createBlindRekeyer<T>(
  database: Database<T>,
  tables: readonly BlindTable[],
  rekeying: Rekeying,
): Resealer {
  const kysely = database.kysely as unknown as Kysely<unknown>;
  const lock = database.engine === 'postgres' ? sql` for update skip locked` : sql``;

  const old = (columns: readonly BlindColumn[]): RawBuilder<unknown> => {
    const lead = rekeying.lead();
    const tests = columns.map(({ column, except }) => bearsAnother(column, lead, except));
    return sql`(${sql.join(tests, sql` or `)})`;
  };

  async function batch(trx: Kysely<unknown>, { table, key, columns }: BlindTable, after: Cursor['after']) {
    const lead = rekeying.lead();
    const named = [...new Set([key, ...columns.flatMap(({ column, source }) => [column, source])])];
    const from = after === null ? sql`` : sql` and ${sql.ref(key)} > ${after}`;
    const { rows } = await sql<Record<string, string | number | null>>`
      select ${sql.join(named.map((name) => sql.ref(name)))} from ${sql.table(table)}
      where ${old(columns)}${from} order by ${sql.ref(key)} limit ${sql.lit(ROWS)}${lock}`.execute(trx);
    let done = 0;
    let unreadable = 0;
    let last = after;
    for (const row of rows) {
      const id = row[key]!;
      last = id;
      const sets: RawBuilder<unknown>[] = [];
      // As it was read, or not at all.
      const same: RawBuilder<unknown>[] = [sql`${sql.ref(key)} = ${id}`];
      try {
        for (const { column, source, digest, except } of columns) {
          const was = row[column];
          const sealed = row[source];
          if (typeof was !== 'string' || was.startsWith(lead) || (except && was.startsWith(except))) continue;
          const made =
            typeof sealed === 'string' ? digest(rekeying.open({ table, column: source, id }, sealed)) : null;
          sets.push(sql`${sql.ref(column)} = ${made}`);
          same.push(sql`${sql.ref(column)} = ${was}`);
        }
      } catch {
        unreadable += 1;
        continue;
      }
      await sql`update ${sql.table(table)} set ${sql.join(sets)} where ${sql.join(same, sql` and `)}`.execute(
        trx,
      );
      done += 1;
    }
    return { last, done, unreadable, full: rows.length === ROWS };
  }

  return {
    async count() {
      let total = 0;
      for (const { table, columns } of tables) {
        const { rows } = await sql<{ n: number }>`
          select count(*) as n from ${sql.table(table)} where ${old(columns)}`.execute(kysely);
        total += Number(rows[0]?.n ?? 0);
      }
      return total;
    },
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

/** Several pieces of work as one, one after the other. */
export function joinResealers(parts: readonly Resealer[]): Resealer {
  return {
    async count() {
      let total = 0;
      for (const part of parts) total += await part.count();
      return total;
    },
    async step(cursor, save) {
      const at: { part: number; inner: string | null } =
        cursor === null ? { part: 0, inner: null } : (JSON.parse(cursor) as never);
      const part = parts[at.part];
      if (!part) return { cursor: null, done: 0, unreadable: 0 };
      const outer = (step: ResealStep): ResealStep => {
        const next =
          step.cursor !== null
            ? { part: at.part, inner: step.cursor }
            : at.part + 1 < parts.length
              ? { part: at.part + 1, inner: null }
              : null;
        return { ...step, cursor: next === null ? null : JSON.stringify(next) };
      };
      return outer(await part.step(at.inner, (trx, step) => save(trx, outer(step))));
    },
  };
}

/**
 * Brings a row that is kept under a former digest of a value under the one in force, so that the column stays unique
 * over both. To be called in the transaction that then writes that value.
 *
 * @param digests every digest of the value, the one in force first; nothing happens when that is the only one
 */
export async function adoptDigest(
  trx: AnyKysely,
  table: string,
  column: string,
  digests: readonly string[],
): Promise<void> {
  const [current, ...former] = digests;
  if (former.length === 0) return;
  await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${current}
    where ${sql.ref(column)} in (${sql.join(former)})`.execute(trx);
}

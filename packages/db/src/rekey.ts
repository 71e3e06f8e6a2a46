import { sql, type RawBuilder } from 'kysely';
import type { Database } from './database.ts';
import type { AnyKysely } from './dialect.ts';
import type { Resealer } from './key-rotation.ts';
import { walkTables, type ResealStep } from './table-walk.ts';

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
  return walkTables<T, BlindTable>(database, {
    tables,
    keys: ({ key }) => [key],
    reads: ({ columns }) => columns.flatMap(({ column, source }) => [column, source]),
    lock: sql` for update skip locked`,
    old({ columns }) {
      const lead = rekeying.lead();
      const tests = columns.map(({ column, except }) => bearsAnother(column, lead, except));
      return sql`(${sql.join(tests, sql` or `)})`;
    },
    changes({ table, key, columns }, row) {
      const lead = rekeying.lead();
      return columns.flatMap(({ column, source, digest, except }) => {
        const was = row[column];
        const sealed = row[source];
        if (typeof was !== 'string' || was.startsWith(lead) || (except && was.startsWith(except))) return [];
        const open = (text: string) =>
          rekeying.open({ table, column: source, id: row[key] as string | number }, text);
        return [{ column, from: was, to: typeof sealed === 'string' ? digest(open(sealed)) : null }];
      });
    },
  });
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

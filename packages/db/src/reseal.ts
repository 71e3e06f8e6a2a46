import { sql } from 'kysely';
import type { Database } from './database.ts';
import { walkTables } from './table-walk.ts';

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

/** Walks the sealed columns of tables and brings them under the generation in force. */
export function createFieldResealer<T>(
  database: Database<T>,
  tables: readonly SealedTable[],
  sealing: Sealing,
) {
  return walkTables<T, SealedTable>(database, {
    tables,
    keys: ({ keys }) => keys,
    reads: ({ columns }) => columns,
    lock: sql` for no key update skip locked`,
    old({ columns }) {
      const lead = sealing.lead();
      const tests = columns.map(
        (column) =>
          sql`(${sql.ref(column)} is not null and substr(${sql.ref(column)}, 1, ${sql.lit(lead.length)}) <> ${lead})`,
      );
      return sql`(${sql.join(tests, sql` or `)})`;
    },
    changes({ table, columns, id: idOf }, row, key) {
      const lead = sealing.lead();
      const id = idOf?.(key as (string | number)[]) ?? (key[0] as string | number);
      return columns.flatMap((column) => {
        const sealed = row[column];
        if (typeof sealed !== 'string' || sealed.startsWith(lead)) return [];
        return [{ column, from: sealed, to: sealing.reseal({ table, column, id }, sealed) }];
      });
    },
  });
}

import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { ColumnTypes } from './types.ts';

/** A data key, wrapped under the master key (DESIGN.md § 5). */
export interface DataKeyTable {
  kid: string;
  purpose: string;
  wrapped: string;
  created_at: string;
  retired_at: string | null;
}

interface KeyTables {
  data_key: DataKeyTable;
}

/** The table of wrapped data keys. */
export function dataKeyTables(t: ColumnTypes): string[] {
  return [
    `create table data_key (
      kid text primary key, purpose text not null, wrapped text not null,
      created_at ${t.timestamp} not null, retired_at ${t.timestamp})`,
    // One key in force for each purpose: of two processes that start at once, one makes the keys.
    `create unique index data_key_current on data_key(purpose) where retired_at is null`,
  ];
}

/** A wrapped key as `@gec/crypto` handles it. */
export interface StoredKey<Purpose extends string> {
  kid: string;
  purpose: Purpose;
  wrapped: string;
  createdAt: string;
  retiredAt: string | null;
}

function fromRow<Purpose extends string>(row: DataKeyTable): StoredKey<Purpose> {
  return {
    kid: row.kid,
    purpose: row.purpose as Purpose,
    wrapped: row.wrapped,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  };
}

function toRow(key: StoredKey<string>): DataKeyTable {
  return {
    kid: key.kid,
    purpose: key.purpose,
    wrapped: key.wrapped,
    created_at: key.createdAt,
    retired_at: key.retiredAt,
  };
}

/**
 * Changes the table of keys in one transaction, in which nobody else changes it: those who would wait. Reading goes on.
 *
 * @param work is given every key, and answers with the rows that are to be added or to differ, and the kids to forget
 */
export async function changeKeys<Purpose extends string, T, R>(
  database: Database<T>,
  work: (
    trx: Transaction<T>,
    keys: StoredKey<Purpose>[],
  ) => Promise<{ put?: StoredKey<Purpose>[]; forget?: string[]; result: R }>,
): Promise<R> {
  return database.transaction(async (trx) => {
    const tables = trx as unknown as Kysely<KeyTables>;
    // On SQLite the transaction is alone already.
    if (database.engine === 'postgres')
      await sql`lock table data_key in share row exclusive mode`.execute(trx);
    const rows = await tables.selectFrom('data_key').selectAll().orderBy('created_at').execute();
    const { put = [], forget = [], result } = await work(trx, rows.map(fromRow<Purpose>));
    for (const kid of forget) await tables.deleteFrom('data_key').where('kid', '=', kid).execute();
    // Retired ones first: of a purpose, one key at most is in force.
    const retiredFirst = put.toSorted((a, b) => Number(a.retiredAt === null) - Number(b.retiredAt === null));
    for (const key of retiredFirst) {
      const { numUpdatedRows } = await tables
        .updateTable('data_key')
        .set({ wrapped: key.wrapped, retired_at: key.retiredAt })
        .where('kid', '=', key.kid)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) await tables.insertInto('data_key').values(toRow(key)).execute();
    }
    return result;
  });
}

/** Where the keyring keeps its wrapped keys. `Purpose` is the keyring's own union of purposes. */
export function keyStore<Purpose extends string, T extends KeyTables>(database: Database<T>) {
  const kysely = database.kysely as unknown as Kysely<KeyTables>;
  return {
    /** Every key, in force or retired. */
    async load(): Promise<StoredKey<Purpose>[]> {
      const rows = await kysely.selectFrom('data_key').selectAll().orderBy('created_at').execute();
      return rows.map(fromRow<Purpose>);
    },
    /** Adds keys for purposes that have none in force; where another process was faster, its key stays. */
    async insertMissing(keys: StoredKey<Purpose>[]): Promise<void> {
      if (keys.length === 0) return;
      await kysely
        .insertInto('data_key')
        .values(keys.map(toRow))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}

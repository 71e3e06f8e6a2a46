import type { Kysely } from 'kysely';
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

/** Where the keyring keeps its wrapped keys. `Purpose` is the keyring's own union of purposes. */
export function keyStore<Purpose extends string, T extends KeyTables>(database: Database<T>) {
  const kysely = database.kysely as unknown as Kysely<KeyTables>;
  const toRow = (key: StoredKey<Purpose>): DataKeyTable => ({
    kid: key.kid,
    purpose: key.purpose,
    wrapped: key.wrapped,
    created_at: key.createdAt,
    retired_at: key.retiredAt,
  });
  return {
    /** Every key, in force or retired. */
    async load(): Promise<StoredKey<Purpose>[]> {
      const rows = await kysely.selectFrom('data_key').selectAll().orderBy('created_at').execute();
      return rows.map((row) => ({
        kid: row.kid,
        purpose: row.purpose as Purpose,
        wrapped: row.wrapped,
        createdAt: row.created_at,
        retiredAt: row.retired_at,
      }));
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
    /** Replaces the wrapping of keys in one transaction: a new master key, the same data keys. */
    async rewrap(keys: StoredKey<Purpose>[]): Promise<void> {
      await kysely.transaction().execute(async (trx) => {
        for (const key of keys) {
          await trx
            .updateTable('data_key')
            .set({ wrapped: key.wrapped })
            .where('kid', '=', key.kid)
            .execute();
        }
      });
    },
  };
}

import { DatabaseSync } from 'node:sqlite';
import { engineOf, openDatabase } from '@gec/db';
import { sql } from 'kysely';
import type { ForeignRow } from './import.read.ts';

/** The two tables of an older licence server, as they are. */
export interface LegacyTables {
  readonly licenses: ForeignRow[];
  readonly activations: ForeignRow[];
}

/**
 * Reads the tables of an older licence server without writing into its database. A missing table of activations is
 * empty.
 *
 * @param url `sqlite:<file>` or `postgres://…`
 * @throws when the database cannot be opened or has no table `licenses`
 */
export async function readLegacy(url: string): Promise<LegacyTables> {
  if (engineOf(url) === 'sqlite') {
    const database = new DatabaseSync(url.slice('sqlite:'.length), { readOnly: true });
    try {
      const rows = (table: string) =>
        database.prepare(`select * from ${table} order by id`).all() as ForeignRow[];
      const named = database.prepare(`select 1 from sqlite_schema where name = 'license_activations'`).get();
      return { licenses: rows('licenses'), activations: named ? rows('license_activations') : [] };
    } finally {
      database.close();
    }
  }
  const database = openDatabase<Record<string, never>>(url, { maxConnections: 1 });
  try {
    return await database.transaction(async (trx) => {
      await sql`set transaction read only`.execute(trx);
      // As JSON, an instant without a zone stays one: read as a date it would be taken for local time of this machine.
      const rows = async (table: 'licenses' | 'license_activations') => {
        const found = await sql<{ row: ForeignRow }>`
          select to_jsonb(t) as row from ${sql.table(table)} t order by id`.execute(trx);
        return found.rows.map(({ row }) => row);
      };
      const named = await sql<{
        name: string | null;
      }>`select to_regclass('license_activations')::text as name`.execute(trx);
      const licenses = await rows('licenses');
      return { licenses, activations: named.rows[0]?.name ? await rows('license_activations') : [] };
    });
  } finally {
    await database.close();
  }
}

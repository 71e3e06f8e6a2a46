import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { Trx } from '../../context.ts';
import type { LicenceTables } from '../../db/schema.ts';

/** What a backup of the old format holds, in the order in which it can be put back; sessions and locks are left out. */
const TABLES = [
  { name: 'data_key', key: 'kid' },
  { name: 'admin', key: 'id' },
  { name: 'ip_block', key: 'id' },
  { name: 'ip_whitelist', key: 'id' },
  { name: 'batch', key: 'id' },
  { name: 'licenses', key: 'id' },
  { name: 'license_activations', key: 'id' },
  { name: 'signing_key', key: 'kid' },
  { name: 'key_revocation_list', key: 'serial' },
  { name: 'revocation', key: 'epoch' },
  { name: 'counter', key: 'name' },
  { name: 'alert', key: 'id' },
  { name: 'api_token', key: 'id' },
  { name: 'webhook', key: 'id' },
  { name: 'journal', key: 'id' },
  { name: 'journal_head', key: 'id' },
] as const;

/** Tables whose ids the database hands out. */
const NUMBERED = [
  'admin',
  'ip_block',
  'ip_whitelist',
  'batch',
  'licenses',
  'license_activations',
  'alert',
  'api_token',
  'webhook',
  'journal',
] as const;

const EMPTIED_FIRST = [
  'session',
  'outbox',
  'lookup_brake',
  'login_lock',
  'login_failure',
  'login_address',
  // What is known of keys goes with them.
  'kept_secret',
  'key_rotation',
  'key_process',
];
const INSERT_ROWS = 200;

type AnyRow = Record<string, string | number | boolean | null>;

/** Rows of one table, as a backup holds them. */
export interface TablePart {
  readonly table: string;
  readonly rows: readonly AnyRow[];
}

/** The SQL of backups. */
export function createBackupRepo(database: Database<LicenceTables>) {
  return {
    /** Removes everything; what a backup brings takes its place in the same transaction. */
    async empty(trx: Trx): Promise<void> {
      const names = [...EMPTIED_FIRST, ...TABLES.map(({ name }) => name).reverse()];
      for (const name of names) await sql`delete from ${sql.table(name)}`.execute(trx);
    },

    /** Puts rows back. @throws Error for a table that no backup of ours holds */
    async put(trx: Trx, { table, rows }: TablePart): Promise<void> {
      const known = TABLES.find(({ name }) => name === table);
      if (!known) throw new Error(`a backup has no table ${table}`);
      for (let from = 0; from < rows.length; from += INSERT_ROWS) {
        await trx
          .insertInto(known.name)
          .values(rows.slice(from, from + INSERT_ROWS) as never)
          .execute();
      }
    },

    /** Lets the database hand out ids after those that came back. */
    async advanceIds(trx: Trx): Promise<void> {
      for (const table of NUMBERED) {
        const { rows } = await sql<{ top: number | null }>`
          select max(id) as top from ${sql.table(table)}`.execute(trx);
        const top = rows[0]?.top ?? 0;
        if (top === 0) continue;
        const next = await database.dialect.nextId(trx, table);
        if (next <= top) await database.dialect.nextIds(trx, table, top - next);
      }
    },
  };
}

import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { engineOf, openDatabase } from './database.ts';
import { LOOK_NAME } from './primary.ts';

function sqliteInUse(path: string): boolean {
  if (!existsSync(path)) return false;
  const raw = new DatabaseSync(path, { timeout: 0 });
  try {
    // In WAL mode every connection holds a shared lock on the file for as long as it is open.
    raw.exec('pragma locking_mode = exclusive; begin exclusive; rollback');
    return false;
  } catch (error) {
    // SQLITE_BUSY, also its extended forms.
    if (error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5) return true;
    throw error;
  } finally {
    raw.close();
  }
}

/**
 * Whether anybody else has a database open, at this moment.
 *
 * @param url as for `openDatabase`; whoever asks must not have it open
 */
export async function isInUse(url: string): Promise<boolean> {
  if (engineOf(url) === 'sqlite') return sqliteInUse(url.slice('sqlite:'.length));
  const database = openDatabase(url, { maxConnections: 1 });
  try {
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
        and application_name <> ${LOOK_NAME}`.execute(database.kysely);
    return (rows[0]?.n ?? 0) > 0;
  } finally {
    await database.close();
  }
}

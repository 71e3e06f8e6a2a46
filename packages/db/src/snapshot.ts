import { Kysely, PostgresDialect, sql } from 'kysely';
import { engineOf } from './database.ts';
import { postgresPool } from './postgres.ts';
import { SqliteConnection, sqliteDialect } from './sqlite.ts';

/**
 * Reads a database as it stood at one instant, however long that takes, while others go on writing.
 *
 * @param url as for `openDatabase`
 * @param work gets connections that see that instant only, and must not write
 */
export async function readSnapshot<T, R>(url: string, work: (db: Kysely<T>) => Promise<R>): Promise<R> {
  if (engineOf(url) === 'sqlite') {
    // A connection of its own: in WAL mode a reader keeps its view and holds up nobody.
    const connection = new SqliteConnection(url.slice('sqlite:'.length));
    const kysely = new Kysely<T>({ dialect: sqliteDialect(connection, false) });
    try {
      connection.raw.exec('pragma query_only = on; begin; select 1 from sqlite_schema limit 1');
      return await work(kysely);
    } finally {
      if (connection.raw.isTransaction) connection.raw.exec('rollback');
      connection.raw.exec('pragma query_only = off');
      await kysely.destroy();
    }
  }
  const kysely = new Kysely<T>({
    dialect: new PostgresDialect({ pool: postgresPool(url, { maxConnections: 1 }) }),
  });
  try {
    return await kysely
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (trx) => {
        // Where the rows go may be slow; the view has to stay all the same.
        await sql`set local statement_timeout = 0`.execute(trx);
        await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx);
        // The view is that of the first query, so it is asked before anybody thinks it is there.
        await sql`select 1`.execute(trx);
        return work(trx);
      });
  } finally {
    await kysely.destroy();
  }
}

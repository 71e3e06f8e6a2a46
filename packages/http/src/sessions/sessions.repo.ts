import type { AnyKysely } from '@gec/db';
import type { Kysely, Selectable } from 'kysely';
import type { SessionTables } from './sessions.tables.ts';

export type SessionRow = Selectable<SessionTables['session']>;

const on = (db: AnyKysely): Kysely<SessionTables> => db as Kysely<SessionTables>;

/** The statements on the table of sessions; each takes the connection or transaction to run on. */
export const sessionsRepo = {
  async insert(db: AnyKysely, row: SessionRow): Promise<void> {
    await on(db).insertInto('session').values(row).execute();
  },

  /** The session, unless it has expired. */
  async find(db: AnyKysely, id: string, now: string): Promise<SessionRow | undefined> {
    return on(db)
      .selectFrom('session')
      .selectAll()
      .where('id', '=', id)
      .where('expires_at', '>', now)
      .executeTakeFirst();
  },

  /** Notes that the session was used, unless it ended meanwhile: an update never brings one back. */
  async touch(db: AnyKysely, id: string, now: string, expiresAt: string): Promise<void> {
    await on(db)
      .updateTable('session')
      .set({ last_seen_at: now, expires_at: expiresAt })
      .where('id', '=', id)
      .where('last_seen_at', '<', now)
      .execute();
  },

  async remove(db: AnyKysely, id: string): Promise<void> {
    await on(db).deleteFrom('session').where('id', '=', id).execute();
  },

  /** Ends the sessions of a user, but for one. @returns how many there were */
  async removeAll(db: AnyKysely, userId: number, except: string | null): Promise<number> {
    let query = on(db).deleteFrom('session').where('user_id', '=', userId);
    if (except !== null) query = query.where('id', '!=', except);
    const { numDeletedRows } = await query.executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  },

  /** The live sessions of a user, the latest used first. */
  async list(db: AnyKysely, userId: number, now: string): Promise<SessionRow[]> {
    return on(db)
      .selectFrom('session')
      .selectAll()
      .where('user_id', '=', userId)
      .where('expires_at', '>', now)
      .orderBy('last_seen_at', 'desc')
      .orderBy('id')
      .execute();
  },

  /** The live sessions of everybody, the latest used first, at most `limit` of them. */
  async listAll(db: AnyKysely, now: string, limit: number): Promise<SessionRow[]> {
    return on(db)
      .selectFrom('session')
      .selectAll()
      .where('expires_at', '>', now)
      .orderBy('last_seen_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
  },

  /** Removes the expired sessions. @returns how many there were */
  async removeExpired(db: AnyKysely, now: string): Promise<number> {
    const { numDeletedRows } = await on(db)
      .deleteFrom('session')
      .where('expires_at', '<=', now)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  },
};

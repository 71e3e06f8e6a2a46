import { fold } from '@gec/core';
import type { Database } from '@gec/db';
import type { Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { AdminTable, LicenceTables } from '../../db/schema.ts';

type Row = Selectable<AdminTable>;

/** The SQL of the accounts. */
export function createAdminsRepo(database: Database<LicenceTables>) {
  const { kysely, dialect } = database;
  return {
    async any(trx: Trx): Promise<boolean> {
      const row = await trx.selectFrom('admin').select('id').limit(1).executeTakeFirst();
      return row !== undefined;
    },

    find: (id: number): Promise<Row | undefined> =>
      kysely.selectFrom('admin').selectAll().where('id', '=', id).executeTakeFirst(),

    findByName: (username: string): Promise<Row | undefined> =>
      kysely
        .selectFrom('admin')
        .selectAll()
        .where('username_key', '=', fold(username.trim()))
        .executeTakeFirst(),

    async insert(
      trx: Trx,
      account: { username: string; passwordHash: string; mustChangePassword: boolean },
      now: string,
    ): Promise<number> {
      const id = await dialect.nextId(trx, 'admin');
      await trx
        .insertInto('admin')
        .values({
          id,
          username: account.username,
          username_key: fold(account.username),
          password_hash: account.passwordHash,
          must_change_password: account.mustChangePassword,
          lang: 'fr',
          active: true,
          created_at: now,
          last_login_at: null,
        })
        .execute();
      return id;
    },

    /** Notes a sign-in if the hash is still the one that was compared. @returns whether it is */
    async noteLogin(
      trx: Trx,
      id: number,
      verified: string,
      renewed: string | null,
      now: string,
    ): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('admin')
        .set({ last_login_at: now, password_hash: renewed ?? verified })
        .where('id', '=', id)
        .where('active', '=', true)
        .where('password_hash', '=', verified)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async setPassword(trx: Trx, id: number, hash: string, mustChange: boolean): Promise<void> {
      await trx
        .updateTable('admin')
        .set({ password_hash: hash, must_change_password: mustChange })
        .where('id', '=', id)
        .execute();
    },

    async setLang(trx: Trx, id: number, lang: 'fr' | 'en'): Promise<void> {
      await trx.updateTable('admin').set({ lang }).where('id', '=', id).execute();
    },

    /** Waits for its turn among processes that start at once. */
    exclusive: (trx: Trx): Promise<boolean> => dialect.tryExclusive(trx, 'licences:first-start'),
  };
}

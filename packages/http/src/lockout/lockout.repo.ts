import type { AnyKysely } from '@gec/db';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { PairState } from './lockout.policy.ts';
import type { LockoutTables } from './lockout.tables.ts';

export type LockRow = Selectable<LockoutTables['login_lock']>;

const on = (db: AnyKysely): Kysely<LockoutTables> => db as Kysely<LockoutTables>;

/** The statements on the tables of the login guard; each takes the connection or transaction to run on. */
export const lockoutRepo = {
  /** The row of a key, made if need be, and held by the transaction until it ends. */
  async hold(trx: AnyKysely, fresh: LockRow): Promise<LockRow> {
    return on(trx)
      .insertInto('login_lock')
      .values(fresh)
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ kind: fresh.kind }))
      .returningAll()
      .executeTakeFirstOrThrow();
  },

  async keep(trx: AnyKysely, key: string, state: PairState): Promise<void> {
    await on(trx)
      .updateTable('login_lock')
      .set({
        failures: state.failures,
        window_start: state.windowStart,
        locks: state.locks,
        locked_until: state.lockedUntil,
      })
      .where('key', '=', key)
      .execute();
  },

  async find(db: AnyKysely, key: string): Promise<LockRow | undefined> {
    return on(db).selectFrom('login_lock').selectAll().where('key', '=', key).executeTakeFirst();
  },

  async forget(db: AnyKysely, key: string): Promise<void> {
    await on(db).deleteFrom('login_lock').where('key', '=', key).execute();
  },

  async addFailure(db: AnyKysely, account: string, address: string, at: number): Promise<void> {
    await on(db).insertInto('login_failure').values({ account, address, failed_at: at }).execute();
  },

  /** How many different accounts failed from an address since an instant. */
  async accountsFrom(db: AnyKysely, address: string, since: number): Promise<number> {
    const { n } = await on(db)
      .selectFrom('login_failure')
      .select(sql<number>`count(distinct account)`.as('n'))
      .where('address', '=', address)
      .where('failed_at', '>', since)
      .executeTakeFirstOrThrow();
    return Number(n);
  },

  /** How often an account failed from anywhere since an instant. */
  async failuresOf(db: AnyKysely, account: string, since: number): Promise<number> {
    const { n } = await on(db)
      .selectFrom('login_failure')
      .select(sql<number>`count(*)`.as('n'))
      .where('account', '=', account)
      .where('failed_at', '>', since)
      .executeTakeFirstOrThrow();
    return Number(n);
  },

  async remember(db: AnyKysely, account: string, address: string, at: number): Promise<void> {
    await on(db)
      .insertInto('login_address')
      .values({ account, address, seen_at: at })
      .onConflict((conflict) => conflict.columns(['account', 'address']).doUpdateSet({ seen_at: at }))
      .execute();
  },

  async isKnown(db: AnyKysely, account: string, address: string): Promise<boolean> {
    const row = await on(db)
      .selectFrom('login_address')
      .select('account')
      .where('account', '=', account)
      .where('address', '=', address)
      .executeTakeFirst();
    return row !== undefined;
  },

  /** Forgets the locks and failures of an account. @returns how many locks there were */
  async unlock(db: AnyKysely, account: string): Promise<number> {
    await on(db).deleteFrom('login_failure').where('account', '=', account).execute();
    const { numDeletedRows } = await on(db)
      .deleteFrom('login_lock')
      .where('account', '=', account)
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  },

  /** Forgets the lock of one account at one address. @returns whether there was one */
  async unlockPair(db: AnyKysely, account: string, address: string): Promise<boolean> {
    const { numDeletedRows } = await on(db)
      .deleteFrom('login_lock')
      .where('kind', '=', 'pair')
      .where('account', '=', account)
      .where('address', '=', address)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  },

  /** The pairs that are locked now, the longest first. */
  async locked(db: AnyKysely, now: number): Promise<LockRow[]> {
    return on(db)
      .selectFrom('login_lock')
      .selectAll()
      .where('locked_until', '>', now)
      .where('kind', '=', 'pair')
      .orderBy('locked_until', 'desc')
      .orderBy('key')
      .execute();
  },

  /** Removes what no longer counts. */
  async sweep(db: AnyKysely, before: { failures: number; locks: number; addresses: number }): Promise<void> {
    await on(db).deleteFrom('login_failure').where('failed_at', '<', before.failures).execute();
    await on(db)
      .deleteFrom('login_lock')
      .where('locked_until', '<', before.locks)
      .where('window_start', '<', before.locks)
      .execute();
    await on(db).deleteFrom('login_address').where('seen_at', '<', before.addresses).execute();
  },
};

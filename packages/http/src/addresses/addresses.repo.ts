import type { AnyKysely } from '@gec/db';
import type { Kysely, Selectable } from 'kysely';
import type { AddressTables } from './addresses.tables.ts';

export type AddressList = keyof AddressTables;
export type AddressRow = Selectable<AddressTables['ip_block']>;

const on = (db: AnyKysely): Kysely<AddressTables> => db as Kysely<AddressTables>;

/** The statements on the lists of addresses; each takes the connection or transaction to run on. */
export const addressesRepo = {
  /** Adds a rule, or replaces the one of the same range. */
  async put(db: AnyKysely, list: AddressList, rule: Omit<AddressRow, 'id'>): Promise<AddressRow> {
    const { cidr, ...rest } = rule;
    return on(db)
      .insertInto(list)
      .values({ cidr, ...rest })
      .onConflict((conflict) => conflict.column('cidr').doUpdateSet(rest))
      .returningAll()
      .executeTakeFirstOrThrow();
  },

  /** @returns the rule that was removed, if there was one */
  async remove(db: AnyKysely, list: AddressList, id: number): Promise<AddressRow | undefined> {
    return on(db).deleteFrom(list).where('id', '=', id).returningAll().executeTakeFirst();
  },

  /** The rules that count now, the latest first. */
  async current(db: AnyKysely, list: AddressList, now: string): Promise<AddressRow[]> {
    return on(db)
      .selectFrom(list)
      .selectAll()
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
      .orderBy('id', 'desc')
      .execute();
  },

  async removeExpired(db: AnyKysely, list: AddressList, now: string): Promise<void> {
    await on(db).deleteFrom(list).where('expires_at', '<=', now).execute();
  },
};

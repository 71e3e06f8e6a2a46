import type { Database } from '@gec/db';
import type { Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { LicenceTables, LookupBrakeTable } from '../../db/schema.ts';

/** A counter of failed look-ups. Instants in milliseconds. */
export type BrakeRow = Selectable<LookupBrakeTable>;

/** The SQL of the counters of failed look-ups. */
export function createDefenceRepo({ kysely }: Database<LicenceTables>) {
  return {
    /** The row of a key, made if need be, and held by the transaction until it ends. */
    hold: (trx: Trx, key: string, now: number): Promise<BrakeRow> =>
      trx
        .insertInto('lookup_brake')
        .values({ key, failures: 0, window_start: now, locks: 0, locked_until: 0 })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ key }))
        .returningAll()
        .executeTakeFirstOrThrow(),

    async keep(trx: Trx, row: BrakeRow): Promise<void> {
      const { key, ...rest } = row;
      await trx.updateTable('lookup_brake').set(rest).where('key', '=', key).execute();
    },

    /** What is locked now. */
    locked: (now: number): Promise<BrakeRow[]> =>
      kysely.selectFrom('lookup_brake').selectAll().where('locked_until', '>', now).limit(10_000).execute(),

    async sweep(before: number): Promise<void> {
      await kysely
        .deleteFrom('lookup_brake')
        .where('locked_until', '<', before)
        .where('window_start', '<', before)
        .execute();
    },
  };
}

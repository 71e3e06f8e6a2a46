import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { LicenceTables } from '../../db/schema.ts';
import { toBatch } from './licenses.rows.ts';
import type { Batch, BatchOrder } from './licenses.schema.ts';

const COLUMNS = { created: 'id', label: 'label', size: 'size', owner: 'owner' } as const;

/** The SQL of the figures and of the batches. */
export function createFiguresRepo({ kysely }: Pick<Database<LicenceTables>, 'kysely'>) {
  return {
    async batches(limit = 200): Promise<Batch[]> {
      const rows = await kysely.selectFrom('batch').selectAll().orderBy('id', 'desc').limit(limit).execute();
      return rows.map(toBatch);
    },

    /**
     * One page of the batches in an order, with how many there are.
     *
     * @param page from 1 on
     * @param size batches on a page
     */
    async batchPage(
      { by, order }: BatchOrder,
      page: number,
      size: number,
    ): Promise<{ batches: Batch[]; total: number }> {
      const rows = await kysely
        .selectFrom('batch')
        .selectAll()
        .orderBy(COLUMNS[by], (one) => (order === 'asc' ? one.asc().nullsFirst() : one.desc().nullsLast()))
        .orderBy('id', 'desc')
        .limit(size)
        .offset((page - 1) * size)
        .execute();
      const { n } = await kysely
        .selectFrom('batch')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      return { batches: rows.map(toBatch), total: Number(n) };
    },

    async findBatch(id: number): Promise<Batch | null> {
      const row = await kysely.selectFrom('batch').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toBatch(row) : null;
    },

    /** Counts by label, use and state. */
    counts: (): Promise<{ label: string; days: number; is_used: boolean; is_active: boolean; n: number }[]> =>
      kysely
        .selectFrom('licenses')
        .select([
          'duration_label as label',
          sql<number>`min(duration_days)`.as('days'),
          'is_used',
          'is_active',
          sql<number>`count(*)`.as('n'),
        ])
        .groupBy(['duration_label', 'is_used', 'is_active'])
        .execute(),

    /** Ends of licences in force, by hour (`2026-11-21T23`, UTC), between two instants. */
    expiries: (from: string, before: string): Promise<{ hour: string; n: number }[]> => {
      const hour = sql<string>`replace(substr(cast(expires_at as text), 1, 13), ' ', 'T')`;
      return kysely
        .selectFrom('licenses')
        .select([hour.as('hour'), sql<number>`count(*)`.as('n')])
        .where('expires_at', '>=', from)
        .where('expires_at', '<', before)
        .groupBy(hour)
        .execute();
    },
  };
}

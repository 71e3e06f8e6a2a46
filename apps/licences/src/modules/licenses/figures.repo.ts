import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { LicenceTables } from '../../db/schema.ts';
import { toBatch } from './licenses.rows.ts';
import type { Batch } from './licenses.schema.ts';

/** The SQL of the figures and of the batches. */
export function createFiguresRepo({ kysely }: Pick<Database<LicenceTables>, 'kysely'>) {
  return {
    async batches(limit = 200): Promise<Batch[]> {
      const rows = await kysely.selectFrom('batch').selectAll().orderBy('id', 'desc').limit(limit).execute();
      return rows.map(toBatch);
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

    /** Ends of licences in force, by day, between two instants. */
    expiries: (from: string, before: string): Promise<{ day: string; n: number }[]> => {
      const day = sql<string>`substr(cast(expires_at as text), 1, 10)`;
      return kysely
        .selectFrom('licenses')
        .select([day.as('day'), sql<number>`count(*)`.as('n')])
        .where('expires_at', '>=', from)
        .where('expires_at', '<', before)
        .groupBy(day)
        .orderBy('day')
        .execute();
    },
  };
}

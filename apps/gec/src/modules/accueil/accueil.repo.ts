import type { Actor } from '@gec/core';
import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { GecTables, TypeCourrier } from '../../db/schema.ts';
import { principals } from '../courriers/courriers.policy.ts';

/** Letters of one flow registered on one day. */
export interface CompteJour {
  /** Index of the day among those asked for. */
  jour: number;
  typeCourrier: TypeCourrier;
  n: number;
}

/** The SQL of the home page. */
export function createAccueilRepo({ kysely }: Pick<Database<GecTables>, 'kysely'>) {
  return {
    /**
     * Counts the letters that the actor may see by day and flow, in one range scan over `ordre`, which begins with
     * the instant of registration.
     *
     * @param starts instants (milliseconds) at which the days begin, ascending; the last day goes on without end
     */
    async parJour(actor: Actor, starts: readonly number[]): Promise<CompteJour[]> {
      const [first = 0] = starts;
      const from = first * 1024;
      const keys = principals(actor);
      const lisible =
        keys === 'all'
          ? sql``
          : sql`and c.ordre in (select a.ordre from courrier_acces a
              where a.principal in (${sql.join(keys)}) and a.ordre >= ${from})`;
      const cases = starts
        .map((start, index) => sql`when c.ordre >= ${sql.lit(start * 1024)} then ${sql.lit(index)}`)
        .reverse();
      const { rows } = await sql<{ jour: number; type: TypeCourrier; n: number }>`
        select jour, type, count(*) as n from (
          select case ${sql.join(cases, sql` `)} end as jour, c.type_courrier as type
          from courrier c where c.ordre >= ${from} and c.is_deleted = ${false} ${lisible}) as recent
        group by jour, type`.execute(kysely);
      return rows.map(({ jour, type, n }) => ({ jour: Number(jour), typeCourrier: type, n: Number(n) }));
    },
  };
}

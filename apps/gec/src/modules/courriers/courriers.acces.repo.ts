import type { Actor } from '@gec/core';
import { sql, type RawBuilder } from 'kysely';
import type { Trx } from '../../context.ts';
import { principals } from './courriers.policy.ts';

/**
 * The rule `mayRead` as SQL, for queries on `courrier`: the same letters, whether one asks for one of them or for a
 * list. It says nothing of the corbeille: a query says itself whether it wants `is_deleted`.
 *
 * @param column the letter's id in the query, such as `courrier.id`
 */
export function visibleTo(actor: Actor, column = 'courrier.id'): RawBuilder<boolean> {
  const keys = principals(actor);
  if (keys === 'all') return sql<boolean>`1 = 1`;
  return sql<boolean>`exists (select 1 from courrier_acces
    where courrier_acces.courrier_id = ${sql.ref(column)} and courrier_acces.principal in (${sql.join(keys)}))`;
}

/** Lets principals read a letter; those that already may stay as they are. */
export async function grant(
  trx: Trx,
  courrier: { id: number; ordre: number },
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await trx
    .insertInto('courrier_acces')
    .values(keys.map((key) => ({ principal: key, ordre: courrier.ordre, courrier_id: courrier.id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The principals that may read a letter now. */
export async function readersOf(trx: Trx, courrierId: number): Promise<string[]> {
  const rows = await trx
    .selectFrom('courrier_acces')
    .select('principal')
    .where('courrier_id', '=', courrierId)
    .execute();
  return rows.map((row) => row.principal);
}

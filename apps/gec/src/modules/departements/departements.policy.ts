import { can, type Actor } from '@gec/core';
import { departementsLus } from '../courriers/courriers.policy.ts';

/** Whether the actor may change the departments of the office. */
export function mayManageDepartements(actor: Actor): boolean {
  return can(actor, 'manage_departments');
}

/**
 * Whether the actor may decide who heads departments. A head reads their letters, so nobody lets others, or oneself,
 * read by this way what one may not read.
 *
 * @param ids the departments that the head is given: one with all those below it
 */
export function mayGiveToRead(actor: Actor, ids: readonly number[]): boolean {
  if (actor.kind === 'system' || can(actor, 'read_all_mail')) return true;
  const lus = new Set(departementsLus(actor));
  return ids.every((id) => lus.has(id));
}

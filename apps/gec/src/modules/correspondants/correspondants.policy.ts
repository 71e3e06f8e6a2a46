import { can, type Actor } from '@gec/core';
import { principals } from '../courriers/courriers.policy.ts';

/** The directory is opened by those who keep the lists of the office. */
export function mayOpen(actor: Actor): boolean {
  return can(actor, 'manage_statuses');
}

/**
 * A correspondant is shared by all departments: only those who keep the lists and may read every letter change one.
 * The others see those of the letters that they may read, with counts of these letters alone.
 */
export function mayChange(actor: Actor): boolean {
  return mayOpen(actor) && principals(actor) === 'all';
}

/** Writing another name on letters changes letters. */
export function mayRewrite(actor: Actor): boolean {
  return mayChange(actor) && can(actor, 'edit_all_mail');
}

import { can, type Actor } from '@gec/core';

/** Whose entries somebody sees. */
export type JournalScope = 'tous' | { readonly userId: number; readonly departementId: number | null };

/**
 * Whoever may read every letter sees every entry; whoever may not sees what the people of the own department did,
 * themselves included, wherever the letters belong. Entries of the program itself then stay out of sight.
 *
 * @returns `null` without `view_logs`
 */
export function journalScope(actor: Actor): JournalScope | null {
  if (!can(actor, 'view_logs')) return null;
  if (actor.kind === 'system' || can(actor, 'read_all_mail')) return 'tous';
  return { userId: actor.userId, departementId: actor.departementId };
}

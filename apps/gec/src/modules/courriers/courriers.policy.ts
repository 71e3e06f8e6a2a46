import { can, type Actor, type UserActor } from '@gec/core';

/** What a rule needs to know of a letter. */
export interface CourrierVise {
  readonly utilisateurId: number;
  readonly departementId: number | null;
  /** Whether the letter was transmitted to the actor. */
  readonly transmis: boolean;
  readonly isDeleted: boolean;
}

/**
 * The principals of an actor: the keys of `courrier_acces` under which the letters stand that it may read.
 * `d:<id>` a department's letters, `o:<id>` a person's own, `t:<id>` those transmitted to a person.
 *
 * @returns `'all'` when every letter may be read
 */
export function principals(actor: Actor): readonly string[] | 'all' {
  if (can(actor, 'read_all_mail')) return 'all';
  const person = actor as UserActor;
  const keys = [principal.transmis(person.userId)];
  if (can(actor, 'read_own_mail')) keys.push(principal.auteur(person.userId));
  keys.push(...departementsLus(person).map(principal.departement));
  return keys;
}

/**
 * The departments whose letters an actor reads besides its own and those sent to it: its department where the role
 * says so (that one alone), and those that it heads with all below them, whatever the role.
 */
export function departementsLus(person: UserActor): number[] {
  const lus = new Set(person.departementsDiriges);
  if (can(person, 'read_department_mail') && person.departementId !== null) lus.add(person.departementId);
  return [...lus];
}

/** How principals are written. */
export const principal = {
  departement: (id: number): string => `d:${id}`,
  auteur: (userId: number): string => `o:${userId}`,
  transmis: (userId: number): string => `t:${userId}`,
} as const;

/** Whether a principal is a department. A letter stands under the one that it is of, and under no other. */
export function estDepartement(cle: string): boolean {
  return cle.startsWith('d:');
}

/** The id of a department's principal. */
export function idDepartement(cle: string): number {
  return Number(cle.slice(2));
}

/** The principals under which a new letter stands. */
export function principalsOf(courrier: { utilisateurId: number; departementId: number | null }): string[] {
  const keys = [principal.auteur(courrier.utilisateurId)];
  if (courrier.departementId !== null) keys.push(principal.departement(courrier.departementId));
  return keys;
}

function isOwn(actor: Actor, courrier: CourrierVise): boolean {
  return actor.kind === 'user' && actor.userId === courrier.utilisateurId;
}

function isOfDepartment(actor: Actor, courrier: CourrierVise): boolean {
  return (
    actor.kind === 'user' && actor.departementId !== null && actor.departementId === courrier.departementId
  );
}

/** Whether the letter is one of a department that the actor heads, or of one below it. */
function isHeaded(actor: Actor, courrier: CourrierVise): boolean {
  return (
    actor.kind === 'user' &&
    courrier.departementId !== null &&
    (actor.departementsDiriges ?? []).includes(courrier.departementId)
  );
}

/** Whether the letter exists for the actor. In the corbeille it does only for those who may look there. */
export function mayRead(actor: Actor, courrier: CourrierVise): boolean {
  if (courrier.isDeleted && !can(actor, 'view_trash')) return false;
  return (
    can(actor, 'read_all_mail') ||
    courrier.transmis ||
    (can(actor, 'read_own_mail') && isOwn(actor, courrier)) ||
    (can(actor, 'read_department_mail') && isOfDepartment(actor, courrier)) ||
    isHeaded(actor, courrier)
  );
}

/** Whether the actor may change facts and statut. */
export function mayEdit(actor: Actor, courrier: CourrierVise): boolean {
  if (courrier.isDeleted || !mayRead(actor, courrier)) return false;
  return (
    can(actor, 'edit_all_mail') ||
    (can(actor, 'edit_own_mail') && isOwn(actor, courrier)) ||
    (can(actor, 'edit_department_mail') && isOfDepartment(actor, courrier))
  );
}

/** Whether the actor may send the letter on. */
export function mayForward(actor: Actor, courrier: CourrierVise): boolean {
  return !courrier.isDeleted && can(actor, 'forward_mail') && mayRead(actor, courrier);
}

/** Whether the actor may put the letter into the corbeille: whoever deletes must be able to change it too. */
export function mayDelete(actor: Actor, courrier: CourrierVise): boolean {
  return can(actor, 'delete_mail') && mayEdit(actor, courrier);
}

/** Whether the actor may take the letter out of the corbeille. */
export function mayRestore(actor: Actor, courrier: CourrierVise): boolean {
  return courrier.isDeleted && can(actor, 'restore_trash') && mayRead(actor, courrier);
}

/** Whether the actor may destroy the letter for good; only from the corbeille. */
export function mayDestroy(actor: Actor, courrier: CourrierVise): boolean {
  return courrier.isDeleted && can(actor, 'permanent_delete') && mayRead(actor, courrier);
}

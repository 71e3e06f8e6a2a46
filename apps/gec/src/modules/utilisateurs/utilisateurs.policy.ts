import { can, type Actor, type Permission } from '@gec/core';

/** What a rule needs to know of an account. */
export interface CompteVise {
  readonly id: number;
  readonly departementId: number | null;
  /** What the role of the account permits, whether or not the account is active. */
  readonly permissions: ReadonlySet<Permission>;
}

/**
 * Which accounts an administrator deals with: all of them, or those of one department.
 *
 * @returns `'tous'`, the id of the department, or `null` for none
 */
export function managedScope(actor: Actor): 'tous' | number | null {
  if (!can(actor, 'manage_users')) return null;
  if (can(actor, 'read_all_mail')) return 'tous';
  return actor.kind === 'user' ? actor.departementId : 'tous';
}

/** Whether a department's accounts are the actor's business. */
export function mayManageDepartment(actor: Actor, departementId: number | null): boolean {
  const scope = managedScope(actor);
  return scope === 'tous' || (scope !== null && scope === departementId);
}

/** Whether the actor may give a role: nobody passes on a permission that they do not hold. */
export function mayGrant(actor: Actor, permissions: ReadonlySet<Permission>): boolean {
  return [...permissions].every((permission) => can(actor, permission));
}

/** Whether the actor sees the account in the administration. */
export function maySee(actor: Actor, compte: Pick<CompteVise, 'departementId'>): boolean {
  return mayManageDepartment(actor, compte.departementId);
}

/**
 * Whether the actor may change the account. Somebody who may do more than the actor is out of reach: who resets a
 * password can use it.
 */
export function mayManage(actor: Actor, compte: CompteVise): boolean {
  return maySee(actor, compte) && mayGrant(actor, compte.permissions);
}

/** Whether it is the actor's own account: role, activation and password are then not the administration's business. */
export function isOwnAccount(actor: Actor, id: number): boolean {
  return actor.kind === 'user' && actor.userId === id;
}

/** What the login guard calls an account, whether its name or its e-mail address is typed. */
export const guardName = (id: number): string => `user:${id}`;

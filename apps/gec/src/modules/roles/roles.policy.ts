import { can, type Actor, type Permission } from '@gec/core';
import type { Role } from './roles.schema.ts';

/** Whether the actor may make and change roles. */
export function mayManageRoles(actor: Actor): boolean {
  return can(actor, 'manage_roles');
}

/** Whether the actor has all of some permissions: nobody gives, or takes from others, what they have not. */
export function hasAll(actor: Actor, permissions: Iterable<Permission>): boolean {
  return [...permissions].every((permission) => can(actor, permission));
}

/**
 * Whether the actor may change a role. One that is fixed nobody may; one that holds more than the actor has is out of
 * reach: whoever could take from it could also take a colleague's rights away.
 */
export function mayEditRole(actor: Actor, role: Pick<Role, 'modifiable' | 'permissions'>): boolean {
  return mayManageRoles(actor) && role.modifiable && hasAll(actor, role.permissions);
}

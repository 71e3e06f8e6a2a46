import { can, type Actor, type Permission } from '@gec/core';

/** Who may send files: whoever registers letters or changes them. */
export const PERMISSIONS_ENVOI = [
  'register_mail',
  'edit_own_mail',
  'edit_department_mail',
  'edit_all_mail',
] as const satisfies readonly Permission[];

/** Whether the actor may send files. */
export function mayUpload(actor: Actor): boolean {
  return PERMISSIONS_ENVOI.some((permission) => can(actor, permission));
}

/** Every permission of the specification (CONTRACT.md), in the order in which a table shows them. */
export const PERMISSIONS = [
  'manage_users',
  'manage_roles',
  'manage_departments',
  'manage_statuses',
  'manage_system_settings',
  'manage_backups',
  'manage_email_templates',
  'view_logs',
  'read_all_mail',
  'read_department_mail',
  'read_own_mail',
  'edit_all_mail',
  'edit_department_mail',
  'edit_own_mail',
  'register_mail',
  'forward_mail',
  'delete_mail',
  'view_trash',
  'restore_trash',
  'permanent_delete',
  'receive_new_mail_notifications',
  'export_courriers',
  'import_courriers',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Whether a stored word is a permission that this version knows. */
export function isPermission(word: string): word is Permission {
  return (PERMISSIONS as readonly string[]).includes(word);
}

/** The three roles that exist from the start, with what each may do. Others can be made. */
export const DEFAULT_ROLES: Readonly<Record<'super_admin' | 'admin' | 'user', readonly Permission[]>> = {
  super_admin: PERMISSIONS,
  admin: [
    'manage_users',
    'view_logs',
    'read_department_mail',
    'read_own_mail',
    'edit_department_mail',
    'edit_own_mail',
    'register_mail',
    'forward_mail',
    'delete_mail',
    'view_trash',
    'restore_trash',
    'receive_new_mail_notifications',
    'export_courriers',
  ],
  user: ['read_own_mail', 'edit_own_mail', 'register_mail', 'forward_mail', 'export_courriers'],
};

import type { Permission } from '@gec/core';

/** The permissions in the groups of the table that shows them; each is in one group. */
export const GROUPES_PERMISSIONS = [
  { id: 'lire', permissions: ['read_all_mail', 'read_department_mail', 'read_own_mail'] },
  {
    id: 'travailler',
    permissions: ['register_mail', 'edit_all_mail', 'edit_department_mail', 'edit_own_mail', 'forward_mail'],
  },
  { id: 'retirer', permissions: ['delete_mail', 'view_trash', 'restore_trash', 'permanent_delete'] },
  {
    id: 'echanger',
    permissions: ['export_courriers', 'import_courriers', 'receive_new_mail_notifications'],
  },
  { id: 'personnes', permissions: ['manage_users', 'manage_roles', 'manage_departments'] },
  {
    id: 'administrer',
    permissions: [
      'manage_statuses',
      'manage_system_settings',
      'manage_email_templates',
      'manage_backups',
      'view_logs',
    ],
  },
] as const satisfies readonly { id: string; permissions: readonly Permission[] }[];

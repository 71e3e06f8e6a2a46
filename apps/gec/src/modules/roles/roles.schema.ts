import type { Permission } from '@gec/core';

/** The role that may do everything, and of which one active holder must remain. */
export const SUPER_ADMIN = 'super_admin';

/** A role, with what it lets its holders do. */
export interface Role {
  readonly nom: string;
  readonly libelle: string;
  readonly description: string | null;
  /** Holders of a role that was put out of use can do nothing. */
  readonly actif: boolean;
  readonly modifiable: boolean;
  readonly permissions: ReadonlySet<Permission>;
}

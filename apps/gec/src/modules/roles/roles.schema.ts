import type { Permission } from '@gec/core';

/** The role that may do everything, and of which one active holder must remain. */
export const SUPER_ADMIN = 'super_admin';

/** The roles that every installation has (CONTRACT.md); they are made again when they are missing. */
export const ROLES_D_ORIGINE: readonly string[] = [SUPER_ADMIN, 'admin', 'user'];

/** A role, with what it lets its holders do. */
export interface Role {
  /** Its name for programs, which never changes: `[a-z][a-z0-9_]*`. */
  readonly nom: string;
  readonly libelle: string;
  readonly description: string | null;
  /** Colour of its mark, `#RRGGBB`; always shown beside the word. */
  readonly couleur: string | null;
  /** Holders of a role that was put out of use can do nothing. */
  readonly actif: boolean;
  readonly modifiable: boolean;
  readonly permissions: ReadonlySet<Permission>;
  /** For optimistic locks. */
  readonly version: number;
}

/** What somebody types of a role. */
export interface SaisieRole {
  libelle: string;
  description: string | null;
  couleur: string | null;
  permissions: readonly string[];
}

/** Longest texts, in characters. */
export const LONGUEURS_ROLE = { nom: 40, libelle: 60, description: 300 } as const;

/** A role in the administration. */
export interface RoleGere extends Role {
  /** Accounts that have it, deactivated ones too. */
  readonly personnes: number;
  /** Whether the one who looks may change it. */
  readonly gerable: boolean;
}

/** Somebody who has a role. */
export interface Titulaire {
  readonly id: number;
  readonly nomComplet: string;
  readonly actif: boolean;
}

/** Colours that are told apart on white and on the dark theme (contrast of 3 at least). */
export const COULEURS_ROLE = [
  { nom: 'bleu', couleur: '#3B82F6' },
  { nom: 'vert', couleur: '#009639' },
  { nom: 'turquoise', couleur: '#0D9488' },
  { nom: 'orange', couleur: '#D97706' },
  { nom: 'rouge', couleur: '#DC2626' },
  { nom: 'violet', couleur: '#A855F7' },
  { nom: 'rose', couleur: '#DB2777' },
  { nom: 'gris', couleur: '#6B7280' },
] as const;

import type { Sealed } from '@gec/crypto';
import type { Generated } from 'kysely';
import type { Timestamp } from './types.ts';

export interface DepartementTable {
  id: number;
  code: string;
  nom: string;
  description: string | null;
  parent_id: number | null;
  chef_departement_id: number | null;
  actif: boolean;
  date_creation: Timestamp;
  version: Generated<number>;
}

export interface RoleTable {
  nom: string;
  nom_affichage: string;
  description: string | null;
  couleur: string | null;
  actif: boolean;
  modifiable: boolean;
  version: Generated<number>;
}

export interface RolePermissionTable {
  role_nom: string;
  permission_nom: string;
}

export interface UserTable {
  id: number;
  username: string;
  /** Folded user name: `Admin` and `admin` are one account. */
  username_cle: string;
  email: Sealed;
  /** Blind index of the folded address: uniqueness and sign-in by e-mail. */
  email_cle: string;
  password_hash: string;
  nom_complet: Sealed;
  matricule: Sealed | null;
  fonction: Sealed | null;
  telephone: Sealed | null;
  role: string;
  departement_id: number | null;
  actif: boolean;
  langue: 'fr' | 'en';
  doit_changer_mot_de_passe: boolean;
  mot_de_passe_change_le: Timestamp;
  derniere_connexion: Timestamp | null;
  date_creation: Timestamp;
  version: number;
  /** Random word of the photograph, which changes with it and stands in its address; null without one. */
  photo: Generated<string | null>;
}

/** Photographs of people: 256 × 256 JPEG in base64, sealed. */
export interface UserPhotoTable {
  user_id: number;
  contenu: Sealed;
}

/** What a person prefers: `notif.<evenement>.page`, `notif.<evenement>.courriel` (`1` or `0`). */
export interface UserPreferenceTable {
  user_id: number;
  cle: string;
  valeur: string;
}

/** A list of people that was read and waits to be confirmed. */
export interface UtilisateursImportTable {
  id: string;
  /** Who sent it. */
  user_id: number;
  /** Sealed JSON. */
  contenu: Sealed;
  date_creation: Timestamp;
}

/** People, their roles and the departments they belong to. */
export interface PersonnesTables {
  departement: DepartementTable;
  role: RoleTable;
  role_permission: RolePermissionTable;
  user: UserTable;
  user_photo: UserPhotoTable;
  user_preference: UserPreferenceTable;
  utilisateurs_import: UtilisateursImportTable;
}

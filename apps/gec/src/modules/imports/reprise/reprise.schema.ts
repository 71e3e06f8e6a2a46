import type { Lecture } from './reprise.valeurs.ts';

/** What somebody decides before an older installation is taken over. */
export interface Choix extends Lecture {
  /** An account that exists here under the same name or address: `fusionner` makes both one, `renommer` keeps two. */
  readonly comptes: 'fusionner' | 'renommer';
  /** A number that is taken already: `suffixer` adds ` (2)`, `laisser` leaves the letter out. */
  readonly doubles: 'suffixer' | 'laisser';
}

/** Tables of the older program that are read; why the others are not is said in docs/MIGRATION.md. */
export const TABLES_LUES = [
  'user',
  'departement',
  'role',
  'role_permission',
  'statut_courrier',
  'type_courrier_sortant',
  'courrier',
  'courrier_modification',
  'courrier_comment',
  'courrier_forward',
  'log_activite',
  'ip_block',
  'ip_whitelist',
  'parametres_systeme',
] as const;

/** Remarks on what was not taken over. */
export const ECARTS = [
  'courrier_ecarte',
  'enfant_orphelin',
  'commentaire_retire',
  'parametre_refuse',
  'parametre_garde',
  'adresse_refusee',
  'permission_inconnue',
  'table_non_reprise',
] as const;
/** Remarks on what was taken over otherwise than it was. */
export const RETOUCHES = [
  'courrier_different',
  'numero_change',
  'fichier_absent',
  'fichier_joint',
  'fichier_dechiffre',
  'somme_differente',
  'compte_fusionne',
  'compte_renomme',
  'compte_complete',
  'compte_de_reprise',
  'compte_eleve',
  'role_existant',
  'role_remplace',
  'valeur_remplacee',
  'valeur_illisible',
  'valeur_divergente',
  'format_deduit',
] as const;
export const NATURES = [...ECARTS, ...RETOUCHES] as const;
export type Nature = (typeof NATURES)[number];

/** Something that the report says of a row: what was not taken, or not as it was, and why. */
export interface Remarque {
  readonly nature: Nature;
  /** Table of the older program. */
  readonly table: string;
  readonly ancienId: number | null;
  /** Number, name or path that helps to find it. */
  readonly repere: string;
  readonly detail: string;
}

/** Rows of a table there, and what became of them here. */
export interface LigneBilan {
  readonly table: string;
  readonly la: number;
  /** New here. */
  repris: number;
  /** Here already: from an earlier run, or the same thing. */
  deja: number;
  /** Not taken, with the reason in a remark. */
  ecartes: number;
}

/** What the reconciliation of files found. */
export interface BilanFichiers {
  attendus: number;
  /** The SHA-256 of what is kept here is that of the file in the old folder. */
  identiques: number;
  absents: number;
  /** Kept within a notice: SVG, and what cannot be read as a scan. */
  joints: number;
  /** Files of the old folder that no letter names: logos, photographs, what was left behind. */
  nonNommes: number;
}

/** The report of a takeover, or of its rehearsal. */
export interface Bilan {
  readonly source: string;
  readonly simulation: boolean;
  readonly fuseau: string;
  readonly tables: readonly LigneBilan[];
  readonly fichiers: BilanFichiers;
  readonly remarques: readonly Remarque[];
}

import type { FieldError } from '@gec/core';
import type { SaisieCorrespondant } from './correspondants.schema.ts';

/** Rows that one import takes at most. */
export const IMPORT_LIGNES_MAX = 2_000;

/** What a line will do: add, complete what is known, nothing, or nothing because it is wrong. */
export const EFFETS_LIGNE = ['ajout', 'modification', 'inchange', 'erreur'] as const;
export type EffetLigne = (typeof EFFETS_LIGNE)[number];

/** A row of a list before it is judged; `ligne` as a spreadsheet counts. */
export interface LigneBrute {
  readonly ligne: number;
  readonly saisie: SaisieCorrespondant;
}

/** One line of a list, as a dry run shows it. */
export interface LigneImport extends LigneBrute {
  readonly effet: EffetLigne;
  readonly erreurs: readonly FieldError[];
}

/** What an import does, or has done. */
export interface PlanImportCorrespondants {
  readonly lignes: readonly LigneImport[];
  /** Headings that mean nothing to us. */
  readonly ignorees: readonly string[];
  readonly comptes: Readonly<Record<EffetLigne, number>>;
}

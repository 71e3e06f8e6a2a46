import type { FieldError } from '@gec/core';
import { z } from 'zod';
import type { SaisieCompte } from './utilisateurs.schema.ts';

/** Accounts of one list, and bytes of its file, at most. */
export const IMPORT_LIGNES = 2_000;
export const IMPORT_OCTETS = 2 * 1024 * 1024;

/** What a list may say of a person; everything as text. */
export const COLONNES_IMPORT = [
  'nomComplet',
  'nom',
  'postnom',
  'prenom',
  'email',
  'username',
  'matricule',
  'fonction',
  'telephone',
  'role',
  'departement',
  'langue',
] as const;
export type ColonneImport = (typeof COLONNES_IMPORT)[number];

/** A line as it was read: its number in the file, and its texts by column. */
export interface LigneImport {
  readonly ligne: number;
  readonly valeurs: Readonly<Partial<Record<ColonneImport, string>>>;
}

/** A list as it waits to be confirmed. */
export const listeImport = z.object({
  nom: z.string(),
  ignorees: z.array(z.string()),
  lignes: z.array(
    z.object({ ligne: z.number(), valeurs: z.partialRecord(z.enum(COLONNES_IMPORT), z.string()) }),
  ),
});
export type ListeImport = z.output<typeof listeImport>;

/** What a line will do: add an account, nothing since there is one, or nothing since it has errors. */
export interface LignePrevue {
  readonly ligne: number;
  readonly action: 'ajouter' | 'existe' | 'erreur';
  readonly compte: SaisieCompte;
  /** Beside the columns: `nomComplet`, `email`, `username`, `role`, `departementId` … */
  readonly erreurs: readonly FieldError[];
}

/** What a list will do if nothing changes before it is confirmed. */
export interface PlanImport {
  readonly nom: string;
  /** Headings that were not understood. */
  readonly ignorees: readonly string[];
  readonly lignes: readonly LignePrevue[];
  readonly ajouts: number;
  readonly existants: number;
  readonly erreurs: number;
  /** Changes when anything of the plan does: what is confirmed is what was seen. */
  readonly empreinte: string;
}

/** An account that an import made, with its password of one use. */
export interface CompteImporte {
  readonly id: number;
  readonly ligne: number;
  readonly username: string;
  readonly nomComplet: string;
  readonly email: string;
  readonly motDePasse: string;
}

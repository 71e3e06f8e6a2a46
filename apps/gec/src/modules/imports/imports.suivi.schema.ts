import type { ImportTable } from '../../db/schema.ts';
import type { Choix, Plan } from './imports.choix.schema.ts';

export type EtatImport = ImportTable['etat'];
export type GenreImport = 'archive' | 'registre';

/** What is kept alike of an import of any kind, opened: who asked for it, and how far it has come. */
export interface SuiviImport {
  readonly id: string;
  readonly etat: EtatImport;
  readonly userId: number | null;
  readonly acteur: string;
  readonly ip: string;
  readonly nom: string;
  readonly taille: number;
  readonly fait: number;
  readonly total: number;
  readonly crees: number;
  readonly deja: number;
  readonly conflits: number;
  readonly erreur: string | null;
  readonly dateCreation: string;
  readonly dateFin: string | null;
}

/** An import as it is kept, opened. */
export interface Import extends SuiviImport {
  readonly genre: GenreImport;
  readonly choix: Choix;
  readonly plan: Plan | null;
}

/** What became of one line. */
export interface LigneRapport {
  readonly rang: number;
  readonly numero: string;
  readonly etat: 'cree' | 'deja' | 'conflit';
  readonly motif: string | null;
  readonly detail: string | null;
  readonly courrierId: number | null;
}

import { z } from 'zod';
import type { Day, TypeCourrier } from '../../db/schema.ts';
import type { JournalFilters } from '../journal/journal.schema.ts';
import type { Filtres } from '../recherche/recherche.schema.ts';

/** What can be exported of letters: their list, the register of a period, and the letters themselves with their files. */
export const GENRES_COURRIERS = [
  'liste-pdf',
  'liste-xlsx',
  'registre-pdf',
  'registre-xlsx',
  'archive',
] as const;

/** The journal, for whoever may see it. */
export const GENRES_JOURNAL = ['journal-pdf', 'journal-xlsx', 'journal-csv'] as const;
export type GenreJournal = (typeof GENRES_JOURNAL)[number];

/** Everything that can be exported. */
export const GENRES = [...GENRES_COURRIERS, ...GENRES_JOURNAL] as const;
export type Genre = (typeof GENRES)[number];

/** Whether an export is one of the journal. */
export function estJournal(genre: Genre): genre is GenreJournal {
  return GENRES_JOURNAL.some((one) => one === genre);
}

/** Rows that one export holds at most: what a person can still read, and what a document can still be made of. */
export const LIGNES_MAX = 20_000;
/** Bytes of letters and files in one archive at most. */
export const ARCHIVE_OCTETS_MAX = 4 * 1024 ** 3;
/** Letters that can be named one by one for an archive. */
export const IDS_MAX = 1_000;
/** Exports of one person that may wait or be under way at once. */
export const EN_COURS_MAX = 3;
/** Days that the book of a register covers at most. */
export const PERIODE_MAX = 366;

/** What somebody wants to have exported, checked. Days are days of the office's zone, both ends included. */
export type DemandeExport =
  | { readonly genre: 'liste-pdf' | 'liste-xlsx'; readonly filtres: Filtres }
  | {
      readonly genre: 'registre-pdf' | 'registre-xlsx';
      readonly flux: TypeCourrier;
      readonly du: Day;
      readonly au: Day;
    }
  | { readonly genre: 'archive'; readonly filtres: Filtres }
  | { readonly genre: 'archive'; readonly ids: readonly number[] }
  | { readonly genre: GenreJournal; readonly journal: JournalFilters };

export type EtatExport = 'EN_ATTENTE' | 'EN_COURS' | 'TERMINEE' | 'ECHOUEE';

/** Why an export failed: its words are in `rapports.texts.ts`. */
export const ERREURS = ['DROITS', 'TROP', 'TROP_GROS', 'INTERROMPU', 'ECHEC'] as const;
export type ErreurExport = (typeof ERREURS)[number];

/** An export as its owner sees it. */
export interface Export {
  readonly id: string;
  readonly genre: Genre;
  readonly etat: EtatExport;
  /** Rows done, out of how many; `total` is 0 where that is not known. */
  readonly fait: number;
  readonly total: number;
  /** Name of the file, once it is there. */
  readonly nom: string | null;
  readonly type: string | null;
  /** Bytes. */
  readonly taille: number | null;
  readonly erreur: ErreurExport | null;
  /** Instants (ISO 8601, UTC). */
  readonly dateCreation: string;
  readonly dateFin: string | null;
}

/** The fields of a request for an export, as a form or a JSON client sends them; the filters are those of the list. */
export const demandeShape = z.object({
  genre: z.enum(GENRES_COURRIERS).describe('Document voulu'),
  flux: z.string().optional().describe('Registre : `ENTRANT` ou `SORTANT`'),
  du: z.string().optional().describe('Registre : premier jour, `AAAA-MM-JJ`, compris'),
  au: z.string().optional().describe('Registre : dernier jour, `AAAA-MM-JJ`, compris'),
  search: z.string().optional(),
  type_courrier: z.string().optional(),
  sg_copie: z.string().optional(),
  statut: z.string().optional(),
  type_courrier_sortant_id: z.string().optional(),
  urgence_id: z.string().optional(),
  date_from: z.string().optional(),
  date_to: z.string().optional(),
  date_redaction_from: z.string().optional(),
  date_redaction_to: z.string().optional(),
  ids: z
    .string()
    .optional()
    .describe('Archive : courriers choisis, par leurs identifiants séparés de virgules'),
  sort_by: z.string().optional(),
  sort_order: z.string().optional(),
});

/** Arrivals and departures of a month (`YYYY-MM`). */
export interface ChiffresMois {
  readonly mois: string;
  readonly arrivees: number;
  readonly departs: number;
}

/** Arrivals and departures of a department over the period; `null` for letters without one. */
export interface ChiffresDepartement {
  readonly departementId: number | null;
  readonly nom: string | null;
  readonly arrivees: number;
  readonly departs: number;
}

/** What the letters that somebody may read add up to. */
export interface Chiffres {
  /** Oldest month first; the last one is under way. */
  readonly mois: readonly ChiffresMois[];
  /** Most letters first. */
  readonly departements: readonly ChiffresDepartement[];
  /** Average days from registration to the statut TRAITE over the latest letters, and how many those were. */
  readonly delai: { readonly jours: number; readonly courriers: number } | null;
}

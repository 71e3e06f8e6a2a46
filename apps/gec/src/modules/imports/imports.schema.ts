import type { Readable } from 'node:stream';
import type { Day, Timestamp, TypeCourrier } from '../../db/schema.ts';
import type { TypeCommentaire } from '../commentaires/commentaires.schema.ts';
import type { ChampSuivi } from '../courriers/courriers.schema.ts';

/** A file of a letter that is taken over. */
export interface PieceImportee {
  readonly nom: string;
  /** SHA-256 (hexadecimal) that the file must have; null where nothing is known of it. */
  readonly sha256: string | null;
  /** Opens its bytes; null when the file is missing. Called once for each attempt. */
  readonly ouvrir: (() => Promise<Readable>) | null;
}

/** One change of the history. Values as people read them. */
export interface ModificationImportee {
  readonly champ: ChampSuivi;
  readonly ancienne: string | null;
  readonly nouvelle: string | null;
  readonly date: Timestamp;
  readonly utilisateurId: number;
  readonly ip: string;
}

/** A comment, an annotation or an instruction beside a letter. */
export interface CommentaireImporte {
  readonly type: TypeCommentaire;
  readonly texte: string;
  readonly date: Timestamp;
  readonly utilisateurId: number;
}

/** A letter sent on by somebody to somebody. */
export interface TransmissionImportee {
  readonly deId: number;
  readonly aId: number;
  readonly instruction: string | null;
  readonly message: string | null;
  readonly echeance: Day | null;
  readonly date: Timestamp;
  readonly dateLecture: Timestamp | null;
  readonly dateTraitement: Timestamp | null;
}

/**
 * A letter as it is taken over: words, dates and number as they were, people, department, statut and type already
 * those of this installation.
 */
export interface LettreImportee {
  /** Where it comes from: the same words at each import from the same place. */
  readonly source: string;
  /** What it is called there: its id, or its line. */
  readonly cle: string;
  readonly numero: string;
  readonly flux: TypeCourrier;
  readonly objet: string;
  readonly correspondant: string;
  readonly numeroReference: string | null;
  readonly autresInformations: string | null;
  readonly dateRedaction: Day | null;
  readonly dateEnregistrement: Timestamp;
  readonly statut: string;
  readonly dateModificationStatut: Timestamp | null;
  readonly secretaireGeneralCopie: boolean | null;
  readonly typeCourrierSortantId: number | null;
  readonly utilisateurId: number;
  readonly departementId: number | null;
  /** When it went to the corbeille, and who put it there; null when it is not there. */
  readonly supprime: { readonly le: Timestamp; readonly parId: number | null } | null;
  readonly pieces: readonly PieceImportee[];
  readonly modifications: readonly ModificationImportee[];
  readonly commentaires: readonly CommentaireImporte[];
  readonly transmissions: readonly TransmissionImportee[];
  /** What is done when its number is taken by another letter. */
  readonly siPris: 'conflit' | 'suffixe';
  /**
   * What is done for a letter none of whose files is there: it is refused, or it gets a page that says so (`notice`).
   * A file that is there and is not what it should be is refused in either case.
   */
  readonly sansScan: 'conflit' | 'notice';
}

/** Why a letter was not taken over: its words are in `imports.texts.ts`. */
export const MOTIFS = [
  'NUMERO_PRIS',
  'NUMERO_INVALIDE',
  'CHAMP_VIDE',
  'DATE_INVALIDE',
  'SANS_PIECE',
  'PIECE_ABSENTE',
  'PIECE_ALTEREE',
  'PIECE_REFUSEE',
  'TROP_DE_PIECES',
] as const;
export type MotifConflit = (typeof MOTIFS)[number];

/** What became of a letter. */
export type ResultatImport =
  | { readonly etat: 'cree'; readonly id: number; readonly numero: string; readonly notice: boolean }
  /** It was here already: from an earlier import, or the same number with the same files. */
  | { readonly etat: 'deja'; readonly id: number }
  | { readonly etat: 'conflit'; readonly motif: MotifConflit; readonly detail: string };

/** Rows that things of elsewhere become here. */
export type ObjetImporte = 'courrier' | 'user' | 'departement' | 'notification' | 'journal';

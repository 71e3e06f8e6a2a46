/** People that one act of transmitting reaches at most. */
export const DESTINATAIRES_MAX = 50;
/** Longest message, in characters. */
export const MESSAGE_MAX = 2_000;
/** Days from today up to which an échéance may lie. */
export const ECHEANCE_JOURS_MAX = 730;
/** Rows of a page of transmissions. */
export const PAGE_TRANSMISSIONS = 25;

/** What is asked of the people to whom a letter is sent on. */
export interface NouvelleTransmission {
  /** Ids of active people other than the sender; 1 to {@link DESTINATAIRES_MAX}. */
  destinataires: readonly number[];
  /** Code of a standard instruction in use; empty or null for none. */
  instruction?: string | null;
  message?: string;
  /** Day (`YYYY-MM-DD`) by which it is to be done, today or later; empty or null for none. */
  echeance?: string | null;
}

/** A letter sent on by somebody to somebody, as those who may read the letter see it. */
export interface Transmission {
  id: number;
  courrierId: number;
  deId: number;
  deNom: string;
  aId: number;
  aNom: string;
  /** Code of a standard instruction, and what it is called in the reader's language. */
  instruction: string | null;
  instructionLibelle: string | null;
  message: string | null;
  echeance: string | null;
  /** Instants (ISO 8601, UTC). */
  date: string;
  dateLecture: string | null;
  dateTraitement: string | null;
  /** Still open, and its échéance lies before today in the office's zone. */
  enRetard: boolean;
}

/** Which transmissions a list shows: to me and open, to me and done, by me. */
export const ETATS = ['a_traiter', 'traite', 'envoye'] as const;
export type EtatTransmission = (typeof ETATS)[number];

/** What a list says of the letter of a transmission. */
export interface CourrierTransmis {
  id: number;
  numero: string;
  typeCourrier: 'ENTRANT' | 'SORTANT';
  objet: string;
  correspondant: string;
  statut: string;
  nombrePieces: number;
  dateEnregistrement: string;
}

/** A row of « À traiter ». */
export interface LigneTransmission extends Transmission {
  courrier: CourrierTransmis;
}

/** What waits for a person. */
export interface ComptesTransmissions {
  aTraiter: number;
  /** Of those, with an échéance before today. */
  enRetard: number;
  nonLus: number;
}

import type { TypeCourrier } from '../../db/schema.ts';

export type { TypeCourrier } from '../../db/schema.ts';

/** What a clerk enters, already trimmed; what is not known is left out or empty. */
export interface NouveauCourrier {
  typeCourrier: TypeCourrier;
  objet: string;
  /** Expéditeur of an arrival, destinataire of a departure. */
  correspondant: string;
  numeroReference?: string;
  /** Date du courrier, or date d'émission of a departure: `YYYY-MM-DD`. */
  dateRedaction?: string;
  secretaireGeneralCopie?: boolean | null;
  typeCourrierSortantId?: number | null;
  /** Degree of urgency; null or left out for an ordinary letter. */
  urgenceId?: number | null;
  statut?: string;
  autresInformations?: string;
  /** Only where the register is kept by hand. */
  numeroManuel?: string;
  /** Ids of received files, in the order in which they are kept. */
  pieces: readonly string[];
  /** Random word of the form or client: the same registration sent twice is done once. */
  envoi?: string;
}

/** What may be changed afterwards. A field that is left out stays. */
export type ModificationCourrier = Partial<
  Pick<
    NouveauCourrier,
    | 'objet'
    | 'correspondant'
    | 'numeroReference'
    | 'dateRedaction'
    | 'secretaireGeneralCopie'
    | 'typeCourrierSortantId'
    | 'urgenceId'
    | 'autresInformations'
  >
>;

/** A letter as those who may read it see it. */
export interface Courrier {
  id: number;
  ordre: number;
  numero: string;
  typeCourrier: TypeCourrier;
  objet: string;
  /** Expéditeur of an arrival, destinataire of a departure. */
  correspondant: string;
  numeroReference: string | null;
  dateRedaction: string | null;
  dateEnregistrement: string;
  statut: string;
  dateModificationStatut: string | null;
  secretaireGeneralCopie: boolean | null;
  typeCourrierSortantId: number | null;
  typeCourrierSortant: string | null;
  urgenceId: number | null;
  urgence: string | null;
  /** Instant by which its urgency wants it dealt with. */
  echeance: string | null;
  autresInformations: string | null;
  utilisateurId: number;
  utilisateurNom: string;
  departementId: number | null;
  departementNom: string | null;
  nombrePieces: number;
  fichierNom: string;
  isDeleted: boolean;
  deletedAt: string | null;
  deletedById: number | null;
  version: number;
  droits: DroitsCourrier;
}

/** What the corbeille can be sorted by; the usual order is that of the deletions, the latest first. */
export const TRIS_CORBEILLE = ['supprime', 'numero', 'par'] as const;
export type TriCorbeille = (typeof TRIS_CORBEILLE)[number];

/** Which letters of the corbeille, and in what order. */
export interface DemandeCorbeille {
  /** Words that a letter must bear, all of them: number, objet, correspondant, reference, who deleted it. */
  readonly q?: string;
  readonly tri?: TriCorbeille;
  readonly ordre?: 'asc' | 'desc';
}

/** A letter in the corbeille. */
export interface CourrierSupprime extends Courrier {
  /** Full name of who deleted it; null where that is not known. */
  readonly supprimePar: string | null;
}

/** What the actor may do with the letter now. */
export interface DroitsCourrier {
  modifier: boolean;
  transmettre: boolean;
  supprimer: boolean;
  restaurer: boolean;
  detruire: boolean;
}

/** The fields whose changes are kept, by the names of the specification's columns. */
export const CHAMPS_SUIVIS = [
  'objet',
  'correspondant',
  'numero_reference',
  'date_redaction',
  'secretaire_general_copie',
  'type_courrier_sortant_id',
  'urgence',
  'autres_informations',
  'statut',
  'pieces',
] as const;

export type ChampSuivi = (typeof CHAMPS_SUIVIS)[number];

/** One field that was changed: who, when, from what to what (as text; null where there was nothing). */
export interface Modification {
  id: number;
  date: string;
  utilisateurId: number;
  utilisateurNom: string;
  champ: string;
  ancienne: string | null;
  nouvelle: string | null;
}

/** A letter that may be the same as the one being entered, and why. */
export interface DoublonProbable {
  id: number;
  numero: string;
  dateEnregistrement: string;
  objet: string;
  correspondant: string;
  motif: 'reference' | 'objet' | 'fichier';
}

/** A registration in progress, as the form holds it. */
export interface Brouillon {
  champs: Readonly<Record<string, string>>;
  pieces: readonly string[];
  dateModification: string;
}

/** Statut of a letter whose clerk chose none. */
export const STATUT_INITIAL = { ENTRANT: 'RECU', SORTANT: 'EN_COURS' } as const;

/** Longest texts that are accepted, in characters. */
export const LONGUEURS = {
  objet: 500,
  correspondant: 200,
  numeroReference: 100,
  autresInformations: 4_000,
  motif: 500,
} as const;

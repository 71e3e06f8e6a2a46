import type { Sealed } from '@gec/crypto';
import type { Day, Timestamp, TypeCourrier } from './types.ts';

/** A flow and a year, with the number that comes next (DESIGN.md § 7). */
export interface RegistreTable {
  id: number;
  flux: TypeCourrier;
  annee: number;
  format: string;
  mode: 'automatique' | 'manuel';
  valeur_depart: number;
  prochain: number;
}

/** Every number ever given out: a letter's, a cancelled one's, a destroyed letter's. */
export interface NumeroTable {
  id: number;
  registre_id: number;
  /** Place in the register; null for a manual number that does not follow the format. */
  compteur: number | null;
  numero: string;
  etat: 'ATTRIBUE' | 'ANNULE' | 'DETRUIT';
  courrier_id: number | null;
  motif: Sealed | null;
  utilisateur_id: number | null;
  date_attribution: Timestamp;
  date_etat: Timestamp;
}

export interface CourrierTable {
  id: number;
  /** Order of the register, newest last: milliseconds × 1024 + id mod 1024. Lists and the search index go by it. */
  ordre: number;
  numero_accuse_reception: string;
  numero_reference: Sealed | null;
  objet: Sealed;
  type_courrier: TypeCourrier;
  expediteur: Sealed | null;
  destinataire: Sealed | null;
  date_redaction: Day | null;
  date_enregistrement: Timestamp;
  statut: string;
  fichier_nom: Sealed;
  fichier_chemin: string;
  fichier_type: string;
  utilisateur_id: number;
  departement_id: number | null;
  correspondant_id: number | null;
  secretaire_general_copie: boolean | null;
  type_courrier_sortant_id: number | null;
  autres_informations: Sealed | null;
  /** Blind index of the folded objet and reference, for likely duplicates. */
  objet_cle: string;
  reference_cle: string | null;
  nombre_pieces: number;
  /** Names the request that registered the letter: the same request again gets the same letter. */
  envoi: string | null;
  date_modification_statut: Timestamp | null;
  modifie_par_id: number | null;
  date_modification: Timestamp | null;
  is_deleted: boolean;
  deleted_at: Timestamp | null;
  deleted_by_id: number | null;
  version: number;
  urgence_id: number | null;
  /** Instant by which it is to be dealt with, from the urgency that was chosen. */
  echeance: Timestamp | null;
}

/**
 * Who may read which letter, ready for range scans: one row for each principal (`d:<departement>`, `o:<owner>`,
 * `t:<user it was transmitted to>`).
 */
export interface CourrierAccesTable {
  principal: string;
  ordre: number;
  courrier_id: number;
}

export interface BrouillonTable {
  user_id: number;
  flux: TypeCourrier;
  contenu: Sealed;
  date_modification: Timestamp;
}

export interface CourrierModificationTable {
  id: number;
  courrier_id: number;
  utilisateur_id: number;
  champ_modifie: string;
  ancienne_valeur: Sealed | null;
  nouvelle_valeur: Sealed | null;
  date_modification: Timestamp;
  ip_address: string;
}

export interface CourrierForwardTable {
  id: number;
  courrier_id: number;
  forwarded_by_id: number;
  forwarded_to_id: number;
  instruction: string | null;
  message: Sealed | null;
  echeance: Day | null;
  date_transmission: Timestamp;
  lu: boolean;
  date_lecture: Timestamp | null;
  date_traitement: Timestamp | null;
}

export interface CourrierCommentTable {
  id: number;
  courrier_id: number;
  user_id: number;
  commentaire: Sealed;
  type_comment: 'comment' | 'annotation' | 'instruction';
  date_creation: Timestamp;
  actif: boolean;
}

/** Letters, their numbers and what happens to them. */
export interface CourriersTables {
  registre: RegistreTable;
  numero: NumeroTable;
  courrier: CourrierTable;
  courrier_acces: CourrierAccesTable;
  brouillon: BrouillonTable;
  courrier_modification: CourrierModificationTable;
  courrier_forward: CourrierForwardTable;
  courrier_comment: CourrierCommentTable;
}

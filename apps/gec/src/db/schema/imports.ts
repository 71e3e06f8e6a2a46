import type { Sealed } from '@gec/crypto';
import type { Timestamp } from './types.ts';

/** Letters that are taken over from elsewhere: what was sent, what is wanted of it, how far it has come. */
export interface ImportTable {
  id: string;
  genre: 'archive' | 'registre' | 'ancienne';
  etat: 'RECEPTION' | 'DEPOSE' | 'PRET' | 'EN_COURS' | 'TERMINE' | 'ECHOUE' | 'ANNULE';
  user_id: number | null;
  /** User name, or `system:<reason>`. */
  acteur: string;
  ip_address: string;
  nom: Sealed;
  /** Where the letters come from: the same words for the same place. */
  source: string | null;
  /** Sealed JSON: choices of the person. */
  parametres: Sealed;
  /** Sealed JSON: what the dry run found. */
  plan: Sealed | null;
  /** Bytes of the file that was sent. */
  taille: number;
  fait: number;
  total: number;
  crees: number;
  deja: number;
  conflits: number;
  /** Why it failed, as a code. */
  erreur: string | null;
  date_creation: Timestamp;
  date_debut: Timestamp | null;
  date_fin: Timestamp | null;
  /** Who works on it (takeovers of older installations alone), and until when that holds without a sign of life. */
  bail_detenteur: string | null;
  bail_fin: Timestamp | null;
}

/** A part of the file of an import, sealed in the store: it can be read from anywhere. */
export interface ImportSegmentTable {
  import_id: string;
  rang: number;
  chemin: string;
  /** Plain bytes. */
  taille: number;
}

/** What became of one letter of an import. */
export interface ImportLigneTable {
  import_id: string;
  rang: number;
  numero: string;
  etat: 'cree' | 'deja' | 'conflit';
  motif: string | null;
  detail: Sealed | null;
  courrier_id: number | null;
}

/** Which row of ours something of another installation has become. */
export interface ImportElementTable {
  source: string;
  objet: string;
  cle: string;
  id_local: number;
  date_import: Timestamp;
}

/** Letters taken over from elsewhere. */
export interface ImportsTables {
  import: ImportTable;
  import_segment: ImportSegmentTable;
  import_ligne: ImportLigneTable;
  import_element: ImportElementTable;
}

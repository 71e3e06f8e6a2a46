import type { Sealed } from '@gec/crypto';
import type { Generated } from 'kysely';
import type { Timestamp } from './types.ts';

export interface CorrespondantTable {
  id: number;
  nom: Sealed;
  /** Blind index of the folded name: one row a name. */
  nom_cle: string;
  usages: number;
  dernier_usage: Timestamp;
  actif: boolean;
  adresse: Sealed | null;
  telephone: Sealed | null;
  email: Sealed | null;
  notes: Sealed | null;
  version: Generated<number>;
}

/** Another spelling that leads to a correspondant: its earlier name, or that of one merged into it. */
export interface CorrespondantAliasTable {
  id: number;
  correspondant_id: number;
  nom: Sealed;
  nom_cle: string;
}

/** Two correspondants that look alike and are not one; the smaller id first. */
export interface CorrespondantDistinctTable {
  premier_id: number;
  second_id: number;
}

/** A merge and how far it has come. */
export interface CorrespondantFusionTable {
  id: number;
  garde_id: number;
  /** Null once the merged row is gone. */
  fondu_id: number | null;
  nom_fondu: Sealed;
  /** Whether the letters take the kept name. */
  reecrire: boolean;
  etat: 'EN_COURS' | 'TERMINEE';
  fait: number;
  total: number;
  user_id: number;
  ip_address: string;
  date_creation: Timestamp;
  date_fin: Timestamp | null;
}

/** Beginnings of the words of a name, as keyed hashes: completion as one types. */
export interface CorrespondantTermeTable {
  terme: string;
  correspondant_id: number;
}

/** Which principals have letters of a correspondant: suggestions obey the same rule as the letters. */
export interface CorrespondantAccesTable {
  principal: string;
  correspondant_id: number;
}

/** Who writes and who is written to. */
export interface CorrespondantsTables {
  correspondant: CorrespondantTable;
  correspondant_alias: CorrespondantAliasTable;
  correspondant_distinct: CorrespondantDistinctTable;
  correspondant_fusion: CorrespondantFusionTable;
  correspondant_terme: CorrespondantTermeTable;
  correspondant_acces: CorrespondantAccesTable;
}

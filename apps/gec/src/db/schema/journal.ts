import type { Sealed } from '@gec/crypto';
import type { Generated } from 'kysely';
import type { Timestamp } from './types.ts';

export interface LogActiviteTable {
  id: number;
  action: string;
  /** JSON facts of the entry (no letter content), sealed. */
  description: Sealed | null;
  date_action: Timestamp;
  ip_address: string;
  utilisateur_id: number | null;
  /** User name, or `system:<reason>`; kept as it was. */
  acteur: string;
  courrier_id: number | null;
  numero: string | null;
  mac: string;
  seq: number | null;
  hash: string | null;
  /** The account that the entry is about. Finds entries, and is not chained with them. */
  compte_id: Generated<number | null>;
}

/** A verification of the journal that somebody asked for on the screen. */
export interface VerificationJournalTable {
  id: Generated<number>;
  user_id: number;
  etat: 'EN_COURS' | 'TERMINEE' | 'ECHOUEE';
  fait: number;
  total: number;
  date_debut: Timestamp;
  /** When the process that works on it last said so. */
  signe_de_vie: Timestamp;
  date_fin: Timestamp | null;
  /** Entries that were compared. */
  entrees: number | null;
  rupture_nature: 'altered' | 'removed' | 'inserted' | 'head' | null;
  rupture_seq: number | null;
  rupture_id: number | null;
}

/** The activity journal of an older installation, as it was: it is none of ours, and not chained. */
export interface JournalAncienTable {
  id: number;
  source: string;
  ancien_id: number;
  date_action: Timestamp | null;
  /** Sealed JSON of the row. */
  contenu: Sealed;
}

/** The journal and what was checked of it. */
export interface JournalTables {
  log_activite: LogActiviteTable;
  verification_journal: VerificationJournalTable;
  journal_ancien: JournalAncienTable;
}

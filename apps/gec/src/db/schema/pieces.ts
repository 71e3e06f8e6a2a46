import type { Sealed } from '@gec/crypto';
import type { Timestamp } from './types.ts';

export interface PieceTable {
  id: number;
  courrier_id: number;
  rang: number;
  nom: Sealed;
  chemin: string;
  type_mime: string;
  taille: number;
  sha256: Sealed;
  /** Blind index of the SHA-256, to notice that the same file is registered twice. */
  empreinte: string;
  pages: number;
  ajoute_par_id: number;
  date_ajout: Timestamp;
}

/** A file that was received, checked and sealed, and waits for its letter. */
export interface TeleversementTable {
  id: string;
  user_id: number;
  nom: Sealed;
  chemin: string;
  type_mime: string;
  taille: number;
  sha256: Sealed;
  empreinte: string;
  pages: number;
  date_ajout: Timestamp;
}

/** Files of letters. */
export interface PiecesTables {
  piece: PieceTable;
  televersement: TeleversementTable;
}

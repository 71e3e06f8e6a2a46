import type { Sealed } from '@gec/crypto';
import type { Timestamp } from './types.ts';

/** Settings of e-mail and notifications: one row, `smtp` or `notifications`, sealed JSON. */
export interface CourrielReglageTable {
  cle: string;
  valeur: Sealed;
  version: number;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** A template that an administrator changed; the others are in the program. */
export interface CourrielModeleTable {
  evenement: string;
  langue: 'fr' | 'en';
  sujet: string;
  texte: string;
  html: string;
  version: number;
  modifie_par_id: number | null;
  date_modification: Timestamp;
}

/** A message that waits to be sent. */
export interface CourrielTable {
  id: number;
  evenement: string;
  langue: 'fr' | 'en';
  /** Sealed JSON: address and variables. */
  contenu: Sealed;
  date_creation: Timestamp;
}

export interface NotificationTable {
  id: number;
  user_id: number;
  evenement: string;
  courrier_id: number | null;
  /** Sealed JSON: what the words are made of when it is read. */
  message: Sealed;
  /** What must not be told to a person twice. */
  cle: string | null;
  /** Shown on the page; otherwise only sent by e-mail. */
  affichee: boolean;
  a_envoyer: boolean;
  date_creation: Timestamp;
  date_lecture: Timestamp | null;
}

/** E-mails and notifications. */
export interface MessagesTables {
  courriel_reglage: CourrielReglageTable;
  courriel_modele: CourrielModeleTable;
  courriel: CourrielTable;
  notification: NotificationTable;
}

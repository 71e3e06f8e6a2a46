import type { Sealed } from '@gec/crypto';
import type { Timestamp } from './types.ts';

/** A second factor of a person: an authenticator app (`totp`) or a passkey (`cle`). */
export interface FacteurTable {
  id: number;
  user_id: number;
  genre: 'totp' | 'cle';
  nom: Sealed;
  /** Base32 secret of an authenticator app. */
  secret: Sealed | null;
  /** Time step of the last code that was used: none is taken twice. */
  dernier_pas: number | null;
  /** Site that a passkey belongs to; the rest of a passkey is public by nature. */
  rp_id: string | null;
  credential_id: string | null;
  cle_publique: string | null;
  compteur: number | null;
  transports: string | null;
  date_creation: Timestamp;
  derniere_utilisation: Timestamp | null;
}

/** Recovery codes that are left, as keyed hashes; a used one is gone. */
export interface CodeSecoursTable {
  user_id: number;
  empreinte: string;
}

/** What waits for an answer: a sign-in for its second step, a challenge for its signature, a secret for its first code. */
export interface FacteurDefiTable {
  /** SHA-256 of what the browser holds. */
  id: string;
  user_id: number | null;
  genre: 'connexion' | 'totp' | 'cle-ajout' | 'cle-second' | 'cle-seule';
  contenu: Sealed;
  expire_le: Timestamp;
}

/** Second factors of people. */
export interface FacteursTables {
  facteur: FacteurTable;
  code_secours: CodeSecoursTable;
  facteur_defi: FacteurDefiTable;
}

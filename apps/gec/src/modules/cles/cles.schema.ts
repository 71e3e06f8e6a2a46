import type { KeyPurpose } from '@gec/crypto';
import type { Rotation } from '@gec/db';
import type { JournalLine } from '../journal/journal.schema.ts';

/** What can be renewed while the program runs: everything but the identity of the installation. */
export const BUTS = ['field', 'file', 'index', 'audit'] as const satisfies readonly KeyPurpose[];
export type But = (typeof BUTS)[number];

/** What is made anew under new keys; of the journal nothing is. */
export const REMPLACABLES = ['field', 'file', 'index'] as const satisfies readonly But[];
export type Remplacable = (typeof REMPLACABLES)[number];

/** A generation of data keys. */
export interface Generation {
  readonly kid: string;
  readonly but: KeyPurpose;
  readonly depuis: string;
  /** Since when it only opens; null for the one that seals. */
  readonly retiree: string | null;
}

/** A place that may give the master key, and whether that key opens the database. */
export interface Ouvrant {
  readonly source: 'GEC_MASTER_KEY' | 'GEC_NEW_MASTER_KEY' | 'secrets.json.nouvelle';
  readonly ouvre: boolean;
}

/** The state of the keys. */
export interface EtatCles {
  /** Fingerprint of the master key that this process was started with. */
  readonly maitre: string;
  /** Which of the keys that are known here open the database. */
  readonly ouvrent: readonly Ouvrant[];
  readonly generations: readonly Generation[];
  /** What still bears a former generation: rows with such fields, files, rows with such digests and letters to index. */
  readonly restants: Readonly<Record<Remplacable, number>>;
  /** The running renewal of each purpose, or the last. */
  readonly renouvellements: readonly { rotation: Rotation; oubliDes: string | null }[];
  /** Processes at work that do not know the keys as they stand. */
  readonly enRetard: number;
}

/** What the screen shows: nothing that has to be counted in the whole register. */
export interface VueCles extends Pick<EtatCles, 'maitre' | 'generations' | 'renouvellements' | 'enRetard'> {
  /** What was done with keys, the newest first. */
  readonly historique: readonly JournalLine[];
}

import type { LicenceDetails, LicenceStatus } from '@gec/licence-client';
import { MAX_BUNDLE } from '@gec/licence-client';
import { z } from 'zod';

/** Bytes of a licence file, or of the lines of its QR codes, at most. */
export const FICHIER_MAX = 2 * MAX_BUNDLE;

/** What a request to the licence server is for. */
export const GENRES_DEMANDE = ['activate', 'renew', 'deactivate'] as const;
export type GenreDemande = (typeof GENRES_DEMANDE)[number];
export const genreShape = z.enum(GENRES_DEMANDE);

/** What the page and the JSON interface show. */
export interface VueLicence {
  /** False when the program needs no licence. */
  readonly geree: boolean;
  readonly details: LicenceDetails | null;
  /** When the next synchronisation is due; ISO 8601. */
  readonly prochaineSync: string | null;
  readonly fuseau: string;
}

/** The notice above every page. */
export interface Bandeau {
  readonly texte: string;
  /** For those who can do something about it. */
  readonly lien: { readonly href: string; readonly texte: string } | null;
}

export type { LicenceDetails, LicenceStatus };

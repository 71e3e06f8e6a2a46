import type { ScanType } from '../../workers/atelier.ts';

/** Bytes that one file may have, unless the settings say otherwise. */
export const TAILLE_MAX = 16 * 1024 * 1024;
/** Files that one letter may have, and that one form may send. */
export const PIECES_MAX = 20;
/** Pages that one file may have. */
export const PAGES_MAX = 500;
/** Widths of page images in pixels: a thumbnail, a screen, a screen that was zoomed. Nothing else is rendered. */
export const LARGEURS = [480, 960, 1440] as const;

export type Largeur = (typeof LARGEURS)[number];

/** What a file is called by content: for `accept` of a field, names and messages. */
export const EXTENSIONS: Readonly<Record<ScanType, 'pdf' | 'png' | 'jpg' | 'tif'>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/tiff': 'tif',
};

/** What may be sent now, by the settings. */
export interface Limites {
  /** Bytes of one file at most. */
  tailleMax: number;
  types: readonly ScanType[];
}

/** Every kind of scan that the program can take. */
export const TYPES = Object.keys(EXTENSIONS) as ScanType[];

/** A file that was received, checked and sealed, and waits for its letter. */
export interface PieceRecue {
  id: string;
  /** Name as the person gave it, cleaned (no folder, no control characters, NFC). */
  nom: string;
  typeMime: ScanType;
  /** Bytes. */
  taille: number;
  pages: number;
  /** Whether a letter that the person may see has the very same file. */
  empreinteConnue: boolean;
}

/** A file of a letter. */
export interface Piece {
  id: number;
  courrierId: number;
  /** Place among the files of the letter, from 1. */
  rang: number;
  nom: string;
  /** Path in the file store. */
  chemin: string;
  typeMime: ScanType;
  /** Bytes. */
  taille: number;
  pages: number;
  /** SHA-256 of the content in hexadecimal. */
  sha256: string;
  /** Instant (ISO 8601, UTC). */
  dateAjout: string;
}

/** What pictures of pages are made of: a file of a letter, or one that waits. */
export type Feuilletable = Pick<Piece, 'chemin' | 'pages'>;

/** A page as an image. `width` and `height` in pixels. */
export interface ImagePage {
  image: Buffer;
  contentType: string;
  width: number;
  height: number;
}

/** Kind of the outbox job that destroys files; payload `{ chemins: string[] }`. */
export const DETRUIRE = 'pieces.detruire';

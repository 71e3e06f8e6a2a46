/** What somebody can write beside a letter. */
export const TYPES_COMMENTAIRE = ['annotation', 'instruction', 'comment'] as const;
export type TypeCommentaire = (typeof TYPES_COMMENTAIRE)[number];

/** Longest text that is accepted, in characters. */
export const COMMENTAIRE_MAX = 2_000;

/** A text beside a letter, as those who may read the letter see it. */
export interface Commentaire {
  id: number;
  courrierId: number;
  utilisateurId: number;
  utilisateurNom: string;
  type: TypeCommentaire;
  texte: string;
  /** Instant (ISO 8601, UTC). */
  date: string;
}

/** A text of several lines without what no register should hold: control characters, marks that turn the reading round. */
export function cleanNote(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u2028\u2029\uFEFF\u202A-\u202E\u2066-\u2069]/gu, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

import { z } from 'zod';
import type { Piece, PieceRecue } from './pieces.schema.ts';

/** A waiting file as JSON clients see it. */
export const televersementShape = z.object({
  id: z.string(),
  nom: z.string(),
  type: z.string(),
  /** Bytes. */
  taille: z.number().int(),
  pages: z.number().int(),
  /** The very same file belongs to a letter that one may see. */
  deja_enregistre: z.boolean(),
});

/** A file of a letter as JSON clients see it. */
export const pieceShape = z.object({
  id: z.number().int(),
  rang: z.number().int(),
  nom: z.string(),
  type: z.string(),
  /** Bytes. */
  taille: z.number().int(),
  pages: z.number().int(),
  /** SHA-256 of the content in hexadecimal. */
  sha256: z.string(),
  date_ajout: z.string(),
});

export type TeleversementJson = z.output<typeof televersementShape>;

/** A waiting file as it leaves the program. */
export function presentTeleversement(file: PieceRecue): TeleversementJson {
  return {
    id: file.id,
    nom: file.nom,
    type: file.typeMime,
    taille: file.taille,
    pages: file.pages,
    deja_enregistre: file.empreinteConnue,
  };
}

/** A file of a letter as it leaves the program; where it is stored does not. */
export function presentPiece(piece: Piece): z.output<typeof pieceShape> {
  return {
    id: piece.id,
    rang: piece.rang,
    nom: piece.nom,
    type: piece.typeMime,
    taille: piece.taille,
    pages: piece.pages,
    sha256: piece.sha256,
    date_ajout: piece.dateAjout,
  };
}

import type { Readable } from 'node:stream';
import { AppError, notFound, type Actor, type UserActor } from '@gec/core';
import type { Logger } from 'pino';
import type { JournalService } from '../journal/journal.service.ts';
import type { ImagePage, Largeur, Piece } from './pieces.schema.ts';
import type { PiecesService } from './pieces.service.ts';
import { piecesTexts } from './pieces.texts.ts';

/** What reading files asks of the letters: whether this one exists for the actor, and its number. */
export interface CourriersLisibles {
  /** @throws AppError not-found when the letter does not exist for the actor */
  get(actor: UserActor, id: number): Promise<{ id: number; numero: string }>;
}

/** What reading files needs. */
export interface LectureDeps {
  pieces: Pick<PiecesService, 'ofCourrier' | 'content' | 'present' | 'pageImage'>;
  courriers: CourriersLisibles;
  journal: Pick<JournalService, 'recordAlone' | 'recordReading'>;
  logger: Logger;
}

/** A file ready to be sent. */
export interface Telechargement {
  piece: Piece;
  /** The plain bytes, `piece.taille` of them. */
  contenu: Readable;
}

/**
 * The files of a letter for a person: they obey the rule of the letter. Apart from the files themselves, because the
 * letters need those to register, and these need the letters to be read.
 */
export function createLectureService({ pieces, courriers, journal, logger }: LectureDeps) {
  const absente = (actor: Actor) => notFound(piecesTexts(actor.lang).introuvable);

  async function visible(actor: UserActor, courrierId: number) {
    const { id, numero } = await courriers.get(actor, courrierId);
    return { id, numero, liste: await pieces.ofCourrier(id) };
  }

  return {
    /** The files of a letter, first one first, and notes that it is read. @throws AppError not-found */
    async liste(actor: UserActor, courrierId: number): Promise<Piece[]> {
      const { id, numero, liste } = await visible(actor, courrierId);
      await journal.recordReading(actor, { id, numero }, { apercu: true });
      return liste;
    },

    /**
     * A file to take away: the first one unless another is named. The journal has the download before its first byte.
     *
     * @throws AppError not-found; `unavailable` FILE_MISSING when the store has lost the file
     */
    async telecharger(actor: UserActor, courrierId: number, pieceId?: number): Promise<Telechargement> {
      const { id, numero, liste } = await visible(actor, courrierId);
      const piece = pieceId === undefined ? liste[0] : liste.find((one) => one.id === pieceId);
      if (!piece) throw absente(actor);
      if (!(await pieces.present(piece))) {
        logger.error({ courrier_id: id, piece_id: piece.id }, 'a row has no file in the store');
        throw new AppError('unavailable', 'FILE_MISSING', piecesTexts(actor.lang).fichierManquant);
      }
      await journal.recordAlone(actor, {
        action: 'courrier.telechargement',
        courrierId: id,
        numero,
        details: { piece: piece.id, rang: piece.rang, taille: piece.taille },
      });
      return { piece, contenu: pieces.content(piece) };
    },

    /**
     * Checks that the actor may see a page, without making it, and notes that the letter is read.
     *
     * @throws AppError not-found
     */
    async piece(actor: UserActor, courrierId: number, pieceId: number): Promise<Piece> {
      const { id, numero, liste } = await visible(actor, courrierId);
      const piece = liste.find((one) => one.id === pieceId);
      if (!piece) throw absente(actor);
      await journal.recordReading(actor, { id, numero }, { apercu: true });
      return piece;
    },

    /** A page as an image. @throws AppError not-found, `unavailable` */
    image: (actor: UserActor, piece: Piece, page: number, width: Largeur): Promise<ImagePage> =>
      pieces.pageImage(piece, page, width, actor.lang),
  };
}

export type LectureService = ReturnType<typeof createLectureService>;

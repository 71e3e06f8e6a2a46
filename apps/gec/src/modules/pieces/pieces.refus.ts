import { AppError, fill, formatBytes, type ErrorKind, type Lang } from '@gec/core';
import type { InspectionCode, ScanType } from '../../workers/atelier.ts';
import { nomCorrige } from './pieces.nom.ts';
import { PAGES_MAX } from './pieces.schema.ts';
import { piecesTexts } from './pieces.texts.ts';

/** Name of the field in which a form sends files: where a refusal is shown. */
const CHAMP = 'pieces';

/** A refused file: the message says which one, why, what was kept (nothing) and what to do. */
function refus(kind: ErrorKind, code: string, message: string, cause?: unknown): AppError {
  return new AppError(kind, code, message, { fields: [{ field: CHAMP, message }], cause });
}

/** Larger than the limit, given in bytes. */
export function tropGros(lang: Lang, nom: string, max: number): AppError {
  const message = fill(piecesTexts(lang).tropGros, { nom, max: formatBytes(lang, max) });
  return refus('too-large', 'PIECE_TOO_LARGE', message);
}

/** The name announces another content. */
export function renomme(lang: Lang, nom: string, type: ScanType): AppError {
  const t = piecesTexts(lang);
  const contenu = t[`type.${type}`];
  return refus(
    'unsupported-type',
    'PIECE_RENAMED',
    fill(t.renomme, { nom, contenu, propose: nomCorrige(nom, type) }),
  );
}

/** A scan, but of a kind that this office does not take. */
export function typeNonAdmis(lang: Lang, nom: string, type: ScanType): AppError {
  const t = piecesTexts(lang);
  return refus('unsupported-type', 'PIECE_TYPE', fill(t.typeNonAdmis, { nom, contenu: t[`type.${type}`] }));
}

/** What the atelier found wrong with a file. */
export function refusInspection(lang: Lang, nom: string, code: InspectionCode): AppError {
  const t = piecesTexts(lang);
  const say = (text: string, values: Record<string, string | number> = {}) => fill(text, { nom, ...values });
  switch (code) {
    case 'empty':
      return refus('invalid', 'PIECE_EMPTY', say(t.vide));
    case 'unknown-type':
    case 'type-not-allowed':
      return refus('unsupported-type', 'PIECE_TYPE', say(t.inconnu));
    case 'polyglot':
      return refus('unsupported-type', 'PIECE_POLYGLOT', say(t.polyglotte));
    case 'encrypted':
      return refus('invalid', 'PIECE_ENCRYPTED', say(t.chiffre));
    case 'broken':
      return refus('invalid', 'PIECE_BROKEN', say(t.abime));
    case 'too-large-image':
      return refus('invalid', 'PIECE_IMAGE_TOO_LARGE', say(t.imageTropGrande));
    case 'too-many-pages':
      return refus('invalid', 'PIECE_TOO_MANY_PAGES', say(t.tropDePages, { max: PAGES_MAX }));
    case 'timeout':
      return refus('invalid', 'PIECE_TIMEOUT', say(t.delai));
  }
}

/** The disk took no more. */
export function disquePlein(lang: Lang, nom: string, cause: unknown): AppError {
  return refus('unavailable', 'STORAGE_FULL', fill(piecesTexts(lang).plein, { nom }), cause);
}

/** The client went away before the end of a file. */
export function interrompu(lang: Lang, nom: string, cause: unknown): AppError {
  return refus('invalid', 'PIECE_INTERRUPTED', fill(piecesTexts(lang).interrompu, { nom }), cause);
}

/** The atelier could not take more work. */
export function atelierOccupe(lang: Lang, cause: unknown): AppError {
  const message = piecesTexts(lang).occupe;
  return new AppError('unavailable', 'ATELIER_BUSY', message, { retryAfter: 5, cause });
}

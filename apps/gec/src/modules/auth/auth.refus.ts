import { AppError, fill, fold, plural, type Lang, type SystemActor } from '@gec/core';
import type { Refusal } from '@gec/http';
import type { Base } from '../../context.ts';
import { authTexts } from './auth.texts.ts';

/** Whoever stands at the door and is not known yet. */
export function visitor(lang: Lang, ip: string): SystemActor {
  return { kind: 'system', reason: 'connexion', lang, ip };
}

/** What somebody is told who has tried too often. */
export function lockedOut(lang: Lang, { retryAfter }: Refusal): AppError {
  const texts = authTexts(lang);
  const duree =
    retryAfter < 60
      ? plural(lang, retryAfter, texts.secondes_une, texts.secondes_autres)
      : plural(lang, Math.ceil(retryAfter / 60), texts.minutes_une, texts.minutes_autres);
  return new AppError('locked-out', 'LOCKED_OUT', fill(texts.bloque, { duree }), { retryAfter });
}

/** What somebody is told whose name or password is wrong: it does not say which. */
export function wrong(lang: Lang): AppError {
  return new AppError('unauthenticated', 'WRONG_CREDENTIALS', authTexts(lang).refuse);
}

/** What the guard calls a name that belongs to nobody. */
export const unknownName = (identifiant: string): string => `inconnu:${fold(identifiant.trim())}`;

/** Characters of the digest that stands in the journal for what belongs to nobody. */
const UNKNOWN_DIGEST = 12;

/**
 * What the journal says instead of a name or a passkey that belongs to nobody: it may be a password that was put into
 * the wrong field, and is never written down.
 */
export const digestInconnu = (keyring: Base['keyring'], identifiant: string): string =>
  keyring.identity.digest('auth.inconnu', fold(identifiant.trim())).slice(0, UNKNOWN_DIGEST);

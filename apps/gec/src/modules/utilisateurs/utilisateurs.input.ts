import { fill, type FieldError, type Lang } from '@gec/core';
import { z } from 'zod';
import { passwordProblem } from './mot-de-passe.policy.ts';
import type { AjoutUtilisateur } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** No `@`: a user name must never read as somebody's address. */
const USERNAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,58}[\p{L}\p{N}])$/u;
const EMAIL_MAX = 254;
const email = z.email().max(EMAIL_MAX);

const FREE_TEXTS = { matricule: 60, fonction: 160, telephone: 60 } as const;

/** One line of text, without control characters or halves of a character. */
function isLine(text: string, min: number, max: number): boolean {
  const length = [...text].length;
  return length >= min && length <= max && !/\p{Cc}/u.test(text) && text.isWellFormed();
}

const orNull = (text: string | null | undefined): string | null => text?.trim() || null;

/** What is typed of an account, whether it is new or not. */
type Faits = Pick<AjoutUtilisateur, 'username' | 'email' | 'nomComplet'> &
  Partial<Record<keyof typeof FREE_TEXTS, string | null>>;

/**
 * Checks what somebody typed of an account, and trims it.
 *
 * @returns the facts, and one message in the language for each field that was refused
 */
export function checkFacts<F extends Faits>(
  lang: Lang,
  input: F,
): { facts: F & Record<keyof typeof FREE_TEXTS, string | null>; errors: FieldError[] } {
  const texts = utilisateursTexts(lang);
  const facts = {
    ...input,
    username: input.username.trim().normalize('NFC'),
    email: input.email.trim(),
    nomComplet: input.nomComplet.trim().replace(/\s+/g, ' ').normalize('NFC'),
    matricule: orNull(input.matricule),
    fonction: orNull(input.fonction),
    telephone: orNull(input.telephone),
  };
  const errors: FieldError[] = [];
  if (!USERNAME.test(facts.username)) errors.push({ field: 'username', message: texts.identifiantForme });
  if (!email.safeParse(facts.email).success) errors.push({ field: 'email', message: texts.emailForme });
  if (!isLine(facts.nomComplet, 2, 160)) errors.push({ field: 'nomComplet', message: texts.nomForme });
  for (const [field, max] of Object.entries(FREE_TEXTS) as [keyof typeof FREE_TEXTS, number][]) {
    const text = facts[field];
    if (text && !isLine(text, 1, max)) errors.push({ field, message: fill(texts.tropLong, { n: max }) });
  }
  return { facts, errors };
}

/**
 * Checks the facts of a new account as somebody typed them, and trims them.
 *
 * @param motDePasseMin characters of a password at least
 * @returns the facts, and one message in the language for each field that was refused
 */
export function checkNewUser(
  lang: Lang,
  input: AjoutUtilisateur,
  motDePasseMin?: number,
): { user: AjoutUtilisateur; errors: FieldError[] } {
  const { facts: user, errors } = checkFacts(lang, input);
  if (user.motDePasse !== undefined) {
    const message = passwordProblem(lang, user.motDePasse, user, motDePasseMin);
    if (message !== null) errors.push({ field: 'motDePasse', message });
  }
  return { user, errors };
}

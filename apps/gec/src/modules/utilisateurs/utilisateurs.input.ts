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

/**
 * Checks the facts of a new account as somebody typed them, and trims them.
 *
 * @returns the facts, and one message in the language for each field that was refused
 */
export function checkNewUser(
  lang: Lang,
  input: AjoutUtilisateur,
): { user: AjoutUtilisateur; errors: FieldError[] } {
  const texts = utilisateursTexts(lang);
  const user: AjoutUtilisateur = {
    ...input,
    username: input.username.trim().normalize('NFC'),
    email: input.email.trim(),
    nomComplet: input.nomComplet.trim().replace(/\s+/g, ' ').normalize('NFC'),
    matricule: orNull(input.matricule),
    fonction: orNull(input.fonction),
    telephone: orNull(input.telephone),
  };
  const errors: FieldError[] = [];
  if (!USERNAME.test(user.username)) errors.push({ field: 'username', message: texts.identifiantForme });
  if (!email.safeParse(user.email).success) errors.push({ field: 'email', message: texts.emailForme });
  if (!isLine(user.nomComplet, 2, 160)) errors.push({ field: 'nomComplet', message: texts.nomForme });
  for (const [field, max] of Object.entries(FREE_TEXTS)) {
    const text = user[field as keyof typeof FREE_TEXTS];
    if (text && !isLine(text, 1, max)) errors.push({ field, message: fill(texts.tropLong, { n: max }) });
  }
  if (user.motDePasse !== undefined) {
    const message = passwordProblem(lang, user.motDePasse, user);
    if (message !== null) errors.push({ field: 'motDePasse', message });
  }
  return { user, errors };
}

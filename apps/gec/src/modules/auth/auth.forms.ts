import { LANGS } from '@gec/core';
import { z } from 'zod';

/** A field of a form: missing or sent twice, it is empty, and refused with our own words. */
export const formText = z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string());

/** The sign-in form. `email` takes a user name as well; `username` is another name for it. */
export const loginForm = z.object({
  email: formText,
  username: formText,
  password: formText,
  next: formText,
});

/** The answer of a passkey: JSON, or the text of it in a form; looked at in depth by its module. */
const passkey = z.union([z.string().max(40_000), z.looseObject({})]).default('');

/** The second step of signing in: a code, or a passkey. */
export const secondForm = z.object({ code: formText.pipe(z.string().max(100)), cle: passkey });

/** Entering by a passkey alone. */
export const cleForm = z.object({ cle: passkey, next: formText });

/** The form that changes one's password. */
export const passwordForm = z.object({
  ancien: formText,
  nouveau: formText,
  confirmation: formText,
  next: formText,
});

/** The preferences of the profile; the theme belongs to the device, and stays in a cookie. */
export const preferencesForm = z.object({
  langue: z.enum(LANGS),
  theme: z.enum(['auto', 'light', 'dark']).optional(),
});

/** Which sessions to close: one by its name, or all others. */
export const sessionsForm = z.object({ session: formText });

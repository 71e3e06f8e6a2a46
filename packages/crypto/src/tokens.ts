import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** A random text that nobody guesses: base64url of that many random bytes (32: 43 characters, 256 bits). */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 in lower-case hexadecimal; text is taken as UTF-8. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** Whether two texts are equal, in a time that tells neither where they differ nor how long the secret one is. */
export function timingSafeEqualText(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

/** No vowel (no word comes about) and nothing that is read as something else: 0/o, 1/l/i, 5/s, 2/z. */
const READABLE = 'bcdfghjkmnpqrtvwxy346789';
const GROUPS = 3;
const GROUP_LENGTH = 6;

/** A one-time password to be read aloud or typed from paper: `qk7rt3-…-…`, 82 bits. */
export function randomPassword(): string {
  return Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_LENGTH }, () => READABLE.charAt(randomInt(READABLE.length))).join(''),
  ).join('-');
}

import { randomInt } from 'node:crypto';

/** The 36 characters of a key, in the order of their values (ISO/IEC 7064, alphanumeric). */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SIZE = ALPHABET.length;

/** Characters of a key, the check character included. */
export const KEY_LENGTH = 12;
const KEY = /^[0-9A-Z]{12}$/;

/**
 * The check character of a text of `0-9A-Z` by the hybrid system MOD 37,36 of ISO/IEC 7064:2003: it finds every single
 * wrong character and nearly every two neighbours that changed places.
 *
 * @throws RangeError when another character is in the text
 */
export function checkCharacter(text: string): string {
  let product = SIZE;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new RangeError(`not a character of a key: ${JSON.stringify(character)}`);
    const sum = (product + value) % SIZE || SIZE;
    product = (sum * 2) % (SIZE + 1);
  }
  return ALPHABET.charAt((SIZE + 1 - product) % SIZE);
}

/** Whether the last character of a text is the check character of the others. */
export function hasValidCheck(text: string): boolean {
  return /^[0-9A-Z]{2,}$/.test(text) && checkCharacter(text.slice(0, -1)) === text.slice(-1);
}

/** A new key: 11 random characters (57 bits) and their check character. */
export function newLicenseKey(): string {
  let text = '';
  for (let i = 1; i < KEY_LENGTH; i++) text += ALPHABET.charAt(randomInt(SIZE));
  return text + checkCharacter(text);
}

/** What a person typed, as the key is stored: no spaces, hyphens or dashes, upper case. Length and characters stay. */
export function normalizeKey(input: string): string {
  return input.replace(/[\s\u2010-\u2015-]/g, '').toUpperCase();
}

/** Whether a normalised text has the form of a key, whatever its check character (imported keys may have none). */
export function isKeyShaped(key: string): boolean {
  return KEY.test(key);
}

/** A key in groups of four, as cards and pages show it. */
export function formatKey(key: string): string {
  return key.replace(/(.{4})(?=.)/g, '$1-');
}

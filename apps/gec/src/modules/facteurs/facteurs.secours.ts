import { randomInt } from 'node:crypto';
import { CODES_SECOURS } from './facteurs.schema.ts';

/** No vowel (no word comes about) and nothing that is read as something else. */
const SIGNES = 'BCDFGHJKMNPQRTVWXY346789';
const GROUPES = 3;
const LONGUEUR = 4;

const groupe = (): string =>
  Array.from({ length: LONGUEUR }, () => SIGNES.charAt(randomInt(SIGNES.length))).join('');

/** Ten recovery codes to be printed: `QK7R-3TBX-9HDW`, 55 bits each. */
export function nouveauxCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < CODES_SECOURS) codes.add(Array.from({ length: GROUPES }, groupe).join('-'));
  return [...codes];
}

/** A typed recovery code in one form, whatever its case, spaces and hyphens; `null` when it cannot be one. */
export function codeNormalise(saisie: string): string | null {
  const code = saisie.toUpperCase().replace(/[\s-]/g, '');
  return code.length === GROUPES * LONGUEUR && [...code].every((signe) => SIGNES.includes(signe))
    ? code
    : null;
}

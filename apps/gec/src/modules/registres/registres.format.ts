import type { TypeCourrier } from '../../db/schema.ts';

/**
 * Formats of registration numbers: text with places in braces. `{year}` 2026, `{yy}` 26, `{counter}` 7,
 * `{counter:05d}` 00007, `{dept}` the code of the department, `{flux}` A for arrivals and D for departures.
 */

/** A number is written on paper by hand: longer ones are of no use. */
export const NUMERO_MAX = 60;
/** What stands for the department of somebody who has none. */
export const SANS_DEPARTEMENT = 'GEN';
/** Beyond, integers of the database would overflow. */
export const COMPTEUR_MAX = 2_000_000_000;

/** Letters, digits, spaces and the signs that offices use in numbers. */
const LITERAL = /^[\p{L}\p{N} ./_°()-]*$/u;
const NUMERO = /^[\p{L}\p{N}(][\p{L}\p{N} ./_°()-]*$/u;
const PLACE = /\{([^{}]*)\}/g;
const COUNTER = /^counter(?::0([1-9])d)?$/;
/** Letters of a department's code at most, as far as a number shows it. */
const DEPT_MAX = 12;

type Token =
  | { kind: 'text'; text: string }
  | { kind: 'counter'; width: number }
  | { kind: 'year' | 'yy' | 'dept' | 'flux' };

/** What a number is made of. */
export interface PartiesNumero {
  annee: number;
  compteur: number;
  dept: string | null;
  flux: TypeCourrier;
}

/** What can be read from a number; null where its format has no place for it. */
export interface NumeroLu {
  compteur: number;
  annee: number | null;
  dept: string | null;
  flux: TypeCourrier | null;
}

/** Why a format cannot be used; the words are in `registres.texts.ts`. */
export type FormatErreur =
  | 'formatVide'
  | 'formatTropLong'
  | 'formatAccolades'
  | 'formatPlaceInconnue'
  | 'formatCaracteres'
  | 'formatDebut'
  | 'formatCompteurManque'
  | 'formatCompteurDouble'
  | 'formatDeptDouble'
  | 'formatDeptColle'
  | 'formatAnneeManque';

/** Digits and capital letters of a department's code, so that it reads as one word in a number. */
function deptWord(code: string | null): string {
  const word = (code ?? '')
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, DEPT_MAX);
  return word === '' ? SANS_DEPARTEMENT : word;
}

const fluxLetter = (flux: TypeCourrier): string => (flux === 'ENTRANT' ? 'A' : 'D');

/** The parts of a format, or why it has none. */
function tokenize(format: string): Token[] | FormatErreur {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of format.matchAll(PLACE)) {
    if (match.index > at) tokens.push({ kind: 'text', text: format.slice(at, match.index) });
    at = match.index + match[0].length;
    const name = match[1]!;
    const counter = COUNTER.exec(name);
    if (counter) tokens.push({ kind: 'counter', width: Number(counter[1] ?? 1) });
    else if (name === 'year' || name === 'yy' || name === 'dept' || name === 'flux') {
      tokens.push({ kind: name });
    } else return 'formatPlaceInconnue';
  }
  if (at < format.length) tokens.push({ kind: 'text', text: format.slice(at) });
  for (const token of tokens) {
    if (token.kind !== 'text') continue;
    if (/[{}]/.test(token.text)) return 'formatAccolades';
    if (!LITERAL.test(token.text)) return 'formatCaracteres';
  }
  return tokens;
}

function tokensOf(format: string): Token[] {
  const tokens = tokenize(format);
  if (typeof tokens === 'string') throw new Error(`a format that was never accepted: ${tokens}`);
  return tokens;
}

/**
 * Whether somewhere between the department and the counter nothing keeps their letters and digits apart: then two
 * different pairs could make the same number (`A1` + `2`, `A` + `12`).
 */
function deptTouchesCounter(tokens: readonly Token[]): boolean {
  const dept = tokens.findIndex((token) => token.kind === 'dept');
  const counter = tokens.findIndex((token) => token.kind === 'counter');
  if (dept < 0 || counter < 0) return false;
  const between = tokens.slice(Math.min(dept, counter) + 1, Math.max(dept, counter));
  return !between.some((token) => token.kind === 'text' && /[^\p{L}\p{N}]/u.test(token.text));
}

/** Whether the numbers of a format say their year, so that each year can begin at 1 again. */
export function hasYear(format: string): boolean {
  const tokens = tokenize(format);
  return typeof tokens !== 'string' && tokens.some(({ kind }) => kind === 'year' || kind === 'yy');
}

/**
 * Checks a format.
 *
 * @param mode automatic numbering needs a counter
 * @param continues whether a starting value continues a paper register: only then may the year be left out, and the
 *   count goes on from one year to the next
 * @returns why it cannot be used, or null
 */
export function checkFormat(
  format: string,
  mode: 'automatique' | 'manuel',
  continues: boolean,
): FormatErreur | null {
  if (format.trim() === '') return 'formatVide';
  if (format.length > NUMERO_MAX) return 'formatTropLong';
  const tokens = tokenize(format);
  if (typeof tokens === 'string') return tokens;
  const count = (kind: Token['kind']): number => tokens.filter((token) => token.kind === kind).length;
  if (count('counter') > 1) return 'formatCompteurDouble';
  if (count('dept') > 1) return 'formatDeptDouble';
  if (mode === 'automatique' && count('counter') === 0) return 'formatCompteurManque';
  if (deptTouchesCounter(tokens)) return 'formatDeptColle';
  const longest = {
    annee: 2026,
    compteur: COMPTEUR_MAX,
    dept: 'X'.repeat(DEPT_MAX),
    flux: 'ENTRANT',
  } as const;
  const example = render(tokens, longest);
  if (example.length > NUMERO_MAX) return 'formatTropLong';
  if (!NUMERO.test(example) || example.trim() !== example || / {2}/.test(example)) return 'formatDebut';
  if (count('counter') > 0 && !hasYear(format) && !continues) return 'formatAnneeManque';
  return null;
}

function render(tokens: readonly Token[], { annee, compteur, dept, flux }: PartiesNumero): string {
  return tokens
    .map((token) => {
      switch (token.kind) {
        case 'text':
          return token.text;
        case 'counter':
          return String(compteur).padStart(token.width, '0');
        case 'year':
          return String(annee);
        case 'yy':
          return String(annee % 100).padStart(2, '0');
        case 'dept':
          return deptWord(dept);
        case 'flux':
          return fluxLetter(flux);
      }
    })
    .join('');
}

/** Writes a number. @param format one that {@link checkFormat} accepts */
export function formatNumero(format: string, parts: PartiesNumero): string {
  return render(tokensOf(format), parts);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Reads a number that may follow a format, in capitals or not.
 *
 * @returns what it says, or null when it does not follow the format or the format has no counter
 */
export function parseNumero(format: string, numero: string): NumeroLu | null {
  const tokens = tokenize(format);
  if (typeof tokens === 'string') return null;
  const places: Token['kind'][] = [];
  const pattern = tokens
    .map((token) => {
      if (token.kind === 'text') return escaped(token.text);
      places.push(token.kind);
      if (token.kind === 'counter') {
        // As it is rendered: no zeros beyond the width.
        return token.width === 1 ? '(\\d|[1-9]\\d+)' : `(\\d{${token.width}}|[1-9]\\d{${token.width},})`;
      }
      return { year: '(\\d{4})', yy: '(\\d{2})', dept: `([A-Z0-9]{1,${DEPT_MAX}})`, flux: '([AD])' }[
        token.kind
      ];
    })
    .join('');
  const match = new RegExp(`^${pattern}$`, 'iu').exec(numero);
  if (!match) return null;
  const read: NumeroLu = { compteur: -1, annee: null, dept: null, flux: null };
  for (const [index, kind] of places.entries()) {
    const word = match[index + 1]!.toUpperCase();
    if (kind === 'counter') read.compteur = Number(word);
    else if (kind === 'year') read.annee = Number(word);
    // Two digits mean this century: no register of the program is older.
    else if (kind === 'yy') read.annee ??= 2_000 + Number(word);
    else if (kind === 'dept') read.dept = word;
    else if (kind === 'flux') read.flux = word === 'A' ? 'ENTRANT' : 'SORTANT';
  }
  return read.compteur >= 0 && read.compteur <= COMPTEUR_MAX ? read : null;
}

/** The place of a number in the register of a flow and a year; null when it does not follow that register's format. */
export function placeIn(
  register: { format: string; annee: number; flux: TypeCourrier },
  numero: string,
): { compteur: number; dept: string | null } | null {
  const read = parseNumero(register.format, numero);
  if (!read || read.compteur < 1) return null;
  if (read.annee !== null && read.annee !== register.annee) return null;
  if (read.flux !== null && read.flux !== register.flux) return null;
  return { compteur: read.compteur, dept: read.dept };
}

/**
 * A number that somebody typed, in its normal form: composed characters, single spaces.
 *
 * @returns null when it is empty, too long or has characters that a number cannot have
 */
export function normalizeNumero(typed: string): string | null {
  const numero = typed.normalize('NFC').replace(/\s+/gu, ' ').replace(/[‐-―]/g, '-').trim();
  return numero.length <= NUMERO_MAX && NUMERO.test(numero) ? numero : null;
}

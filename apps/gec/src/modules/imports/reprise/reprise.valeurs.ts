import { createDecipheriv } from 'node:crypto';
import { DEFAULT_TIME_ZONE, fold, isDay } from '@gec/core';
import type { ForeignRow, ForeignValue } from '@gec/db';
import { PALETTE } from '../../referentiels/referentiels.schema.ts';

/** How the older program is read: its key, and in which zone its dates without one are. */
export interface Lecture {
  /** 32 bytes, or null when its key is not at hand. */
  readonly cle: Uint8Array | null;
  /** IANA zone, `UTC` among them. */
  readonly fuseau: string;
}

/** Zone of dates without one unless said otherwise: the local time of the server. */
export const FUSEAU_ANCIEN = DEFAULT_TIME_ZONE;

const IV_BYTES = 16;
const KEY_BYTES = 32;

/**
 * The master key of the older program.
 *
 * @param text base64, as its `GEC_MASTER_KEY` was
 * @returns its 32 bytes, or null when it is no such key
 */
export function lireCle(text: string): Uint8Array | null {
  const key = Buffer.from(text.trim(), 'base64');
  return key.length === KEY_BYTES ? key : null;
}

/**
 * Opens a value of a column `…_encrypted`: base64(IV ‖ AES-256-CBC with PKCS#7). Nothing authenticates it, so that a
 * wrong key shows only by the padding or by text that is no UTF-8.
 *
 * @returns the text, or null when it cannot be opened
 */
export function dechiffrer(chiffre: string, cle: Uint8Array): string | null {
  const bytes = Buffer.from(chiffre.trim(), 'base64');
  if (bytes.length < 2 * IV_BYTES || bytes.length % IV_BYTES !== 0) return null;
  try {
    const decipher = createDecipheriv('aes-256-cbc', cle, bytes.subarray(0, IV_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    return null;
  }
}

/** A value as text; null for what is absent or blank. NUL, which no text here may hold, goes. */
export function enTexte(value: ForeignValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
  const clean = text.replaceAll('\0', '').toWellFormed();
  return clean.trim() === '' ? null : clean;
}

/** A text of a row, with what there is to say of it. */
export interface TexteLu {
  readonly texte: string | null;
  /** `illisible`: only an encrypted value, that cannot be opened; `divergent`: both are there and differ. */
  readonly souci: 'illisible' | 'divergent' | null;
}

/** The plain column of a row, or its encrypted twin where that alone is filled. */
export function texteDe(row: ForeignRow, column: string, { cle }: Pick<Lecture, 'cle'>): TexteLu {
  const texte = enTexte(row[column]);
  const chiffre = enTexte(row[`${column}_encrypted`]);
  if (chiffre === null) return { texte, souci: null };
  const ouvert = cle === null ? null : enTexte(dechiffrer(chiffre, cle));
  if (texte !== null) return { texte, souci: ouvert !== null && ouvert !== texte ? 'divergent' : null };
  return ouvert === null ? { texte: null, souci: 'illisible' } : { texte: ouvert, souci: null };
}

/** A whole number that may be an id; null for anything else. */
export function enId(value: ForeignValue | undefined): number | null {
  if (value === null || value === undefined || value === '' || value instanceof Uint8Array) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}

/** A truth value as either engine and older versions write it. */
export function enBool(value: ForeignValue | undefined): boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value;
  const word = fold(enTexte(value) ?? '').trim();
  if (['1', 't', 'true', 'oui', 'yes', 'vrai'].includes(word)) return true;
  return ['0', 'f', 'false', 'non', 'no', 'faux'].includes(word) ? false : null;
}

const NAIVE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;
const ZONED = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}(?::?\d{2})?)$/i;

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/**
 * An instant of the older program, which writes them without a zone; fractions are kept to the millisecond.
 *
 * @param fuseau zone in which it was written
 * @returns ISO 8601 in UTC, or null for what is no date
 */
export function enInstant(value: ForeignValue | undefined, fuseau: string): string | null {
  const text = enTexte(value)?.trim() ?? '';
  if (ZONED.test(text)) {
    const zoned = text
      .replace(' ', 'T')
      .replace(/([+-]\d{2})(\d{2})?$/, (whole, hours: string, minutes?: string) =>
        whole.includes(':') ? whole : `${hours}:${minutes ?? '00'}`,
      );
    const at = Date.parse(zoned);
    return Number.isNaN(at) ? null : new Date(at).toISOString();
  }
  const match = NAIVE.exec(text);
  if (!match || !isDay(match[1] ?? '')) return null;
  const [, day = '', hour = '00', minute = '00', second = '00', fraction = ''] = match;
  const wall = Date.parse(`${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  if (Number.isNaN(wall)) return null;
  // Looked up twice, so that an instant near a change of summer time is right too.
  const first = wall - offsetAt(wall, fuseau);
  return new Date(wall - offsetAt(first, fuseau)).toISOString();
}

/** A calendar day; a time behind it does not count. */
export function enJour(value: ForeignValue | undefined): string | null {
  const day = enTexte(value)?.trim().slice(0, 10) ?? '';
  return isDay(day) ? day : null;
}

/** Words in CSS class names (Bootstrap, Tailwind) and the colours of our palette that they stand for. */
const CLASSES: readonly (readonly [RegExp, (typeof PALETTE)[number]['nom']])[] = [
  [/danger|red|rouge/, 'rouge'],
  [/warning|orange|amber|yellow|jaune/, 'orange'],
  [/success|green|emerald|vert/, 'vert'],
  [/info|cyan|teal|turquoise/, 'turquoise'],
  [/indigo/, 'indigo'],
  [/purple|violet/, 'violet'],
  [/pink|rose/, 'rose'],
  [/brown|brun/, 'brun'],
  [/primary|blue|bleu/, 'bleu'],
];

/** The colour for a CSS class name (`bg-danger`, `bg-blue-100 text-blue-800`) or `#RRGGBB`; grey for any other. */
export function couleurDe(classe: string | null): string {
  const word = fold(classe ?? '').trim();
  if (/^#[0-9a-f]{6}$/.test(word)) return word.toUpperCase();
  const nom = CLASSES.find(([pattern]) => pattern.test(word))?.[1] ?? 'gris';
  return PALETTE.find((one) => one.nom === nom)?.couleur ?? '#6B7280';
}

/** A word for programs from a free one: `En attente d’avis` becomes `EN_ATTENTE_D_AVIS`. */
export function codeDe(mot: string, max = 40): string {
  return fold(mot)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()
    .slice(0, max);
}

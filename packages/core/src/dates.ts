import { NBSP, type Lang } from './texts.ts';

/** Zone of the pages unless the settings say otherwise. */
export const DEFAULT_TIME_ZONE = 'Africa/Kinshasa';

const MONTHS: Record<Lang, readonly string[]> = {
  fr: ['janv.', 'févr.', 'mars', 'avr.', 'mai', 'juin', 'juil.', 'août', 'sept.', 'oct.', 'nov.', 'déc.'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
};

const formats = new Map<string, Intl.DateTimeFormat>();

function partsIn(instant: Date, timeZone: string): Record<string, string> {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const parts: Record<string, string> = {};
  for (const part of format.formatToParts(instant)) parts[part.type] = part.value;
  return parts;
}

/** The calendar day of an instant in a zone, as `YYYY-MM-DD`. */
export function dayOf(instant: Date, timeZone: string = DEFAULT_TIME_ZONE): string {
  const p = partsIn(instant, timeZone);
  return `${p['year']}-${p['month']}-${p['day']}`;
}

/** Whether a word is an existing calendar day written `YYYY-MM-DD` (so `2026-02-30` is not). */
export function isDay(word: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(word)) return false;
  const date = new Date(`${word}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(word);
}

/** The day that is `days` after (or before, negative) another, both `YYYY-MM-DD`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/**
 * The instant at which a calendar day begins in a zone, as the database stores instants. Kinshasa has no summer time,
 * but another zone may: the offset is looked up twice, so that a day that begins near a change is right too.
 */
export function startOfDay(day: string, timeZone: string = DEFAULT_TIME_ZONE): string {
  const utc = Date.parse(`${day}T00:00:00Z`);
  let guess = utc;
  for (let round = 0; round < 2; round++) {
    const p = partsIn(new Date(guess), timeZone);
    const local = Date.parse(`${p['year']}-${p['month']}-${p['day']}T${p['hour']}:${p['minute']}:00Z`);
    guess += utc - local;
  }
  return new Date(guess).toISOString();
}

/** A day (`YYYY-MM-DD`) as people read it: `21 nov. 2026`, with no-break spaces. */
export function formatDay(lang: Lang, day: string): string {
  const [year, month, date] = day.split('-').map(Number);
  if (!year || !month || !date) return day;
  const first = lang === 'fr' && date === 1 ? '1er' : String(date);
  return `${first}${NBSP}${MONTHS[lang][month - 1] ?? ''}${NBSP}${year}`;
}

/** An instant's day as people read it, in the zone of the page. */
export function formatDate(lang: Lang, instant: string | Date, timeZone: string = DEFAULT_TIME_ZONE): string {
  return formatDay(lang, dayOf(new Date(instant), timeZone));
}

/** An instant's time as people read it: `14 h 05` in French, `14:05` in English. */
export function formatTime(lang: Lang, instant: string | Date, timeZone: string = DEFAULT_TIME_ZONE): string {
  const p = partsIn(new Date(instant), timeZone);
  const hour = p['hour'] ?? '';
  const minute = p['minute'] ?? '';
  return lang === 'fr' ? `${Number(hour)}${NBSP}h${NBSP}${minute}` : `${hour}:${minute}`;
}

/** Day and time of an instant: `21 nov. 2026 à 14 h 05`. */
export function formatDateTime(
  lang: Lang,
  instant: string | Date,
  timeZone: string = DEFAULT_TIME_ZONE,
): string {
  const join = lang === 'fr' ? ' à ' : ', ';
  return `${formatDate(lang, instant, timeZone)}${join}${formatTime(lang, instant, timeZone)}`;
}

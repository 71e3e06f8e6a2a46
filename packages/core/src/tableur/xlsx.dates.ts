import { attribute, tagsOf } from './xml.ts';

const DAY_MS = 86_400_000;
/** Day zero of a spreadsheet's dates (ECMA-376 § 18.17.4.1, system 1900). */
const DAY_ZERO = Date.UTC(1899, 11, 30);
/** Days between the two systems of dates. */
const SYSTEM_1904 = 1_462;
/** The last day of the calendar of spreadsheets, 9999-12-31. */
const DAY_LAST = 2_958_465;

/** Whether a number is shown as a date or a time (ECMA-376 § 18.8.30 and .31). */
function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) {
    return (
      (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
    );
  }
  // Quoted and escaped characters, colours, currencies and conditions say nothing of the kind; [h] is a time.
  const bare = code.replace(/"[^"]*"|[\\_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  return /[ymdhs]/i.test(bare);
}

/** Which cell styles (by their index) show a date, from `xl/styles.xml`. */
export function dateStyles(xml: string | null): ReadonlySet<number> {
  const codes = new Map<number, string>();
  const dates = new Set<number>();
  let inCells = false;
  let index = 0;
  for (const tag of tagsOf(xml ?? '')) {
    if (tag.name === 'cellXfs') inCells = !tag.closing && !tag.empty;
    else if (tag.name === 'numFmt' && !tag.closing) {
      codes.set(Number(attribute(tag, 'numFmtId')), attribute(tag, 'formatCode') ?? '');
    } else if (tag.name === 'xf' && !tag.closing && inCells) {
      const id = Number(attribute(tag, 'numFmtId') ?? 0);
      if (isDateFormat(id, codes.get(id))) dates.add(index);
      index++;
    }
  }
  return dates;
}

/**
 * A spreadsheet's date as text: `2026-11-21`, with a time `2026-11-21T14:05:00`, a time alone `14:05:00`. What lies
 * beyond the calendar stays a number.
 */
export function dateText(serial: number, is1904: boolean): string | number {
  const days = is1904 && serial >= 1 ? serial + SYSTEM_1904 : serial;
  if (days < 0 || days > DAY_LAST + 1) return serial;
  const iso = new Date(DAY_ZERO + Math.round((days * DAY_MS) / 1_000) * 1_000).toISOString();
  if (days < 1) return iso.slice(11, 19);
  return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19);
}

/** What a spreadsheet would take for a formula (OWASP, « CSV injection »); a telephone number or a negative one is none. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-][\d\s().,]+$/;

function cell(value: string): string {
  const safe = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Writes CSV as Excel in French opens it with a double click: UTF-8 with byte order mark, semicolons, CRLF (RFC 4180).
 * A text that would be a formula gets an apostrophe before it, so that it stays a text.
 */
export function writeCsv(entetes: readonly string[], lignes: Iterable<readonly string[]>): string {
  let text = '\uFEFF';
  for (const ligne of [entetes, ...lignes]) text += `${ligne.map(cell).join(';')}\r\n`;
  return text;
}

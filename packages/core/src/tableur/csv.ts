import { COLUMNS_MAX, isBlank, UnreadableSheet, type SheetRow } from './table.ts';

const SEPARATORS = [';', ',', '\t'];

/**
 * The text of a file: UTF-8 with or without byte order mark, UTF-16 with one, and Windows-1252 for what is none of these
 * (what Excel in French writes as « CSV »).
 *
 * @throws UnreadableSheet `broken` for what holds NUL characters: that is no text
 */
export function decodeText(bytes: Uint8Array): string {
  const text = decode(bytes);
  if (text.includes('\0')) throw new UnreadableSheet('broken', 'not a text');
  return text;
}

function decode(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The separator that the heading has most, or the one that a first line `sep=` names (Excel). */
function separatorOf(heading: string): string {
  const named = /^sep=(.)$/i.exec(heading)?.[1];
  if (named !== undefined) return named;
  const bare = heading.replace(/"[^"]*"/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return SEPARATORS.reduce((best, other) => (count(other) > count(best) ? other : best));
}

/**
 * Reads CSV (RFC 4180): semicolons, commas or tabs, whichever the first line has most; quoted fields may hold line ends.
 *
 * @param options `maxRows`: rows with something in them, the heading included, at most
 * @returns rows with something in them
 * @throws UnreadableSheet `too-many-rows`, `open-quote`
 */
export function readCsvRows(content: string, { maxRows }: { maxRows: number }): SheetRow[] {
  const text = content.startsWith('\uFEFF') ? content.slice(1) : content;
  const [first = ''] = text.split(/\r\n|\n|\r/, 1);
  const separator = separatorOf(first);
  const rows: SheetRow[] = [];
  let cells: string[] = [];
  let field = '';
  let line = 1;
  let rowLine = 1;
  let quoteLine = 0;
  const endField = () => {
    if (cells.length < COLUMNS_MAX) cells.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    if (!isBlank(cells)) {
      if (rows.length >= maxRows) throw new UnreadableSheet('too-many-rows');
      rows.push({ ligne: rowLine, cellules: cells });
    }
    cells = [];
  };
  // A line that names the separator is no row.
  const start = /^sep=.$/i.test(first) ? first.length : 0;
  for (let i = start; i < text.length; i++) {
    const character = text[i]!;
    const ends = character === '\n' || (character === '\r' && text[i + 1] !== '\n');
    if (ends) line++;
    if (quoteLine > 0) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') field += text[++i]!;
      else quoteLine = 0;
    } else if (character === '"' && field === '') quoteLine = line;
    else if (character === separator) endField();
    else if (ends) {
      endRow();
      rowLine = line;
    } else if (character !== '\r') field += character;
  }
  if (quoteLine > 0) throw new UnreadableSheet('open-quote', 'open quote', { ligne: quoteLine });
  endRow();
  return rows;
}

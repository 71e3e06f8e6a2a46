import { COLUMNS_MAX, isBlank, UnreadableSheet, type Cell, type SheetRow } from './table.ts';
import { dateStyles, dateText } from './xlsx.dates.ts';
import { attribute, tagsOf, unescapeXml, type Tag } from './xml.ts';
import { openZip, type Inflate } from './zip.ts';

type ReadPart = (name: string) => string | null;

/** Column of a cell such as `AB12`, from 0. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? '') {
    column = column * 26 + letter.charCodeAt(0) - 64;
  }
  return column - 1;
}

function sharedStrings(xml: string | null): string[] {
  const strings: string[] = [];
  let phonetic = false;
  for (const tag of tagsOf(xml ?? '')) {
    if (tag.name === 'rPh') phonetic = !tag.closing && !tag.empty;
    else if (tag.name === 'si' && !tag.closing) strings.push('');
    else if (tag.name === 't' && !tag.closing && !tag.empty && !phonetic && strings.length > 0) {
      strings[strings.length - 1] += unescapeXml(tag.text);
    }
  }
  return strings;
}

/** What the cells of a workbook refer to. */
interface Book {
  readonly strings: readonly string[];
  readonly dates: ReadonlySet<number>;
  readonly is1904: boolean;
}

function valueOf(cell: { type: string; style: number }, text: string, book: Book): Cell {
  if (cell.type === 's') return book.strings[Number(text)] ?? '';
  if (cell.type !== 'n' || text.trim() === '') return text;
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  return book.dates.has(cell.style) ? dateText(number, book.is1904) : number;
}

/** Rows of a sheet with something in them. */
class Rows {
  readonly found: SheetRow[] = [];
  readonly #max: number;
  #ligne = 0;
  #cells: Cell[] | undefined;

  constructor(max: number) {
    this.#max = max;
  }

  begin(tag: Tag): void {
    this.end();
    const written = Number(attribute(tag, 'r'));
    this.#ligne = Number.isInteger(written) && written > this.#ligne ? written : this.#ligne + 1;
    this.#cells = [];
  }

  put(column: number, value: Cell, more: boolean): void {
    if (!this.#cells || column < 0 || column >= COLUMNS_MAX) return;
    const before = this.#cells[column];
    // Text in runs of several formats comes in pieces.
    this.#cells[column] = more && before !== undefined ? `${before}${value}` : value;
  }

  end(): void {
    const cells = this.#cells;
    this.#cells = undefined;
    if (!cells || isBlank(cells)) return;
    if (this.found.length >= this.#max) throw new UnreadableSheet('too-many-rows');
    this.found.push({ ligne: this.#ligne, cellules: Array.from(cells, (cell) => cell ?? '') });
  }
}

function rowsOf(xml: string, book: Book, maxRows: number): SheetRow[] {
  const rows = new Rows(maxRows);
  let column = -1;
  let cell = { type: 'n', style: 0 };
  for (const tag of tagsOf(xml)) {
    if (tag.closing) continue;
    if (tag.name === 'row') {
      rows.begin(tag);
      column = -1;
    } else if (tag.name === 'c') {
      const reference = attribute(tag, 'r');
      column = reference === null ? column + 1 : columnOf(reference);
      cell = { type: attribute(tag, 't') ?? 'n', style: Number(attribute(tag, 's') ?? 0) };
    } else if ((tag.name === 'v' || tag.name === 't') && !tag.empty) {
      rows.put(column, valueOf(cell, unescapeXml(tag.text), book), tag.name === 't');
    }
  }
  rows.end();
  return rows.found;
}

/** Path of the first sheet, as the workbook names it. */
function firstSheet(workbook: string, part: ReadPart): string {
  const sheet = [...tagsOf(workbook)].find(({ name, closing }) => name === 'sheet' && !closing);
  const id = sheet ? attribute(sheet, 'id') : null;
  const links = part('xl/_rels/workbook.xml.rels') ?? '';
  const link = [...tagsOf(links)].find((tag) => tag.name === 'Relationship' && attribute(tag, 'Id') === id);
  const target = link ? attribute(link, 'Target') : null;
  if (target === null) return 'xl/worksheets/sheet1.xml';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

function has1904(workbook: string): boolean {
  const properties = [...tagsOf(workbook)].find(({ name }) => name === 'workbookPr');
  return /^(1|true)$/.test((properties && attribute(properties, 'date1904')) ?? '');
}

/**
 * Reads the first sheet of a spreadsheet (XLSX, ECMA-376). Formulas give their last value, dates are texts
 * (`2026-11-21`). Parts that inflate beyond 32 MB, document types and encryption are refused.
 *
 * @param options `inflate`: raw DEFLATE, which throws a RangeError beyond the given length; `maxRows`: rows with
 *   something in them, the heading included, at most
 * @returns rows with something in them
 * @throws UnreadableSheet
 */
export function readXlsxRows(
  file: Buffer,
  { inflate, maxRows }: { inflate: Inflate; maxRows: number },
): SheetRow[] {
  try {
    const part = openZip(file, inflate);
    const workbook = part('xl/workbook.xml');
    if (workbook === null) throw new UnreadableSheet('broken', 'not a workbook');
    const sheet = part(firstSheet(workbook, part));
    if (sheet === null) throw new UnreadableSheet('broken', 'no sheet');
    const book: Book = {
      strings: sharedStrings(part('xl/sharedStrings.xml')),
      dates: dateStyles(part('xl/styles.xml')),
      is1904: has1904(workbook),
    };
    return rowsOf(sheet, book, maxRows);
  } catch (error) {
    if (error instanceof UnreadableSheet) throw error;
    // Lengths that point outside of the file, dates beyond the calendar.
    throw new UnreadableSheet('broken', 'not a readable spreadsheet', { cause: error });
  }
}

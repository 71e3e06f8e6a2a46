import { inflateRawSync } from 'node:zlib';
import type { ForeignRow } from './import.read.ts';

/** A spreadsheet that cannot be read, or that would take more room than a list of keys ever needs. */
export class UnreadableSheet extends Error {
  override readonly name = 'UnreadableSheet';
}

const ENTRIES_MAX = 2_000;
/** Bytes of one part of the file once inflated, at most. */
const PART_MAX = 32 * 1024 * 1024;
const ROWS_MAX = 200_000;
const COLUMNS_MAX = 200;
const END_RECORD = 0x06054b50;
const CENTRAL_RECORD = 0x02014b50;
const LOCAL_RECORD = 0x04034b50;
const DAY_MS = 86_400_000;
/** Day zero of a spreadsheet's dates (ECMA-376 § 18.17.4.1, system 1900). */
const DAY_ZERO = Date.UTC(1899, 11, 30);

interface Entry {
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** The table of contents of a ZIP file (APPNOTE 6.3, without ZIP64 and encryption). */
function entriesOf(file: Buffer): Map<string, Entry> {
  let end = file.length - 22;
  const first = Math.max(0, end - 65_535);
  while (end >= first && file.readUInt32LE(end) !== END_RECORD) end--;
  if (end < first) throw new UnreadableSheet('no end of a ZIP file');
  const count = file.readUInt16LE(end + 10);
  if (count > ENTRIES_MAX) throw new UnreadableSheet('too many parts');
  const entries = new Map<string, Entry>();
  let at = file.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (file.readUInt32LE(at) !== CENTRAL_RECORD) throw new UnreadableSheet('a broken table of contents');
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('utf8', at + 46, at + 46 + nameLength);
    const encrypted = (file.readUInt16LE(at + 8) & 1) === 1;
    if (encrypted) throw new UnreadableSheet('an encrypted part');
    entries.set(name.replace(/^\//, ''), {
      method: file.readUInt16LE(at + 10),
      packed: file.readUInt32LE(at + 20),
      size: file.readUInt32LE(at + 24),
      offset: file.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

/** One part as text. What it says of its size is checked while it is inflated: a bomb stops at the bound. */
function partOf(file: Buffer, entries: Map<string, Entry>, name: string): string | null {
  const entry = entries.get(name);
  if (!entry) return null;
  if (entry.size > PART_MAX) throw new UnreadableSheet(`${name} is too large`);
  if (file.readUInt32LE(entry.offset) !== LOCAL_RECORD) throw new UnreadableSheet(`${name} is not there`);
  const from =
    entry.offset + 30 + file.readUInt16LE(entry.offset + 26) + file.readUInt16LE(entry.offset + 28);
  const packed = file.subarray(from, from + entry.packed);
  if (entry.method !== 0 && entry.method !== 8) throw new UnreadableSheet('an unknown compression');
  const bytes = entry.method === 0 ? packed : inflateRawSync(packed, { maxOutputLength: PART_MAX });
  const text = bytes.toString('utf8');
  // No spreadsheet program writes a document type; entities are how small files become large ones.
  if (text.includes('<!')) throw new UnreadableSheet('a document type in a spreadsheet');
  return text;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(#x[\da-f]{1,6}|#\d{1,7}|\w{2,4});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return NAMED[name] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly empty: boolean;
  readonly attributes: string;
  /** Text up to the next tag. */
  readonly text: string;
}

/** The tags of a part, one by one, without the prefixes of their names. */
function* tagsOf(xml: string): Generator<Tag> {
  for (const [, inside, text] of xml.matchAll(/<([^<>]*)>([^<]*)/g) as Iterable<[string, string, string]>) {
    const closing = inside.startsWith('/');
    const empty = inside.endsWith('/');
    const body = inside.slice(closing ? 1 : 0, empty ? -1 : undefined);
    const [qualified = ''] = body.split(/\s/, 1);
    const name = qualified.slice(qualified.indexOf(':') + 1);
    yield { name, closing, empty, attributes: body.slice(qualified.length), text };
  }
}

function attribute(tag: Tag, name: string): string | null {
  const match = new RegExp(`(?:^|[\\s:])${name}="([^"]*)"`).exec(tag.attributes);
  return match ? unescape(match[1]!) : null;
}

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
      strings[strings.length - 1] += unescape(tag.text);
    }
  }
  return strings;
}

type Cell = string | number;

function valueOf(type: string, text: string, strings: readonly string[]): Cell {
  if (type === 's') return strings[Number(text)] ?? '';
  if (type !== 'n' || text === '') return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

function rowsOf(xml: string, strings: readonly string[]): Cell[][] {
  const rows: Cell[][] = [];
  let column = -1;
  let type = 'n';
  for (const tag of tagsOf(xml)) {
    if (tag.closing) continue;
    if (tag.name === 'row') {
      if (rows.length >= ROWS_MAX) throw new UnreadableSheet('too many rows');
      rows.push([]);
      column = -1;
    } else if (tag.name === 'c') {
      const reference = attribute(tag, 'r');
      column = reference === null ? column + 1 : columnOf(reference);
      type = attribute(tag, 't') ?? 'n';
    } else if ((tag.name === 'v' || tag.name === 't') && !tag.empty) {
      const row = rows.at(-1);
      if (!row || column < 0 || column >= COLUMNS_MAX) continue;
      const value = valueOf(type, unescape(tag.text), strings);
      // Text in runs of several formats comes in pieces.
      row[column] = tag.name === 't' && row[column] !== undefined ? `${row[column]}${value}` : value;
    }
  }
  return rows;
}

/** Path of the first sheet, as the workbook names it. */
function firstSheet(file: Buffer, entries: Map<string, Entry>): string {
  const workbook = partOf(file, entries, 'xl/workbook.xml');
  if (workbook === null) throw new UnreadableSheet('not a workbook');
  const sheet = [...tagsOf(workbook)].find(({ name, closing }) => name === 'sheet' && !closing);
  const id = sheet ? attribute(sheet, 'id') : null;
  const links = partOf(file, entries, 'xl/_rels/workbook.xml.rels') ?? '';
  const link = [...tagsOf(links)].find((tag) => tag.name === 'Relationship' && attribute(tag, 'Id') === id);
  const target = link ? attribute(link, 'Target') : null;
  if (target === null) return 'xl/worksheets/sheet1.xml';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

/** Cells of date columns hold days since 1899-12-30 where they are numbers. */
function foreignValue(column: string, value: Cell): Cell {
  if (typeof value !== 'number' || !/(_date|_at)$/.test(column)) return value;
  return new Date(DAY_ZERO + Math.round(value * DAY_MS)).toISOString();
}

/**
 * Reads the first sheet of a spreadsheet (XLSX, ECMA-376) with a heading row. Formulas give their last value. Parts
 * that inflate beyond 32 MB, 200 000 rows, document types and encryption are refused.
 *
 * @returns one object a row, by the heading's names in lower case
 * @throws UnreadableSheet
 */
export function readXlsx(file: Buffer): ForeignRow[] {
  try {
    const entries = entriesOf(file);
    const sheet = partOf(file, entries, firstSheet(file, entries));
    if (sheet === null) throw new UnreadableSheet('no sheet');
    const strings = sharedStrings(partOf(file, entries, 'xl/sharedStrings.xml'));
    const [names = [], ...rows] = rowsOf(sheet, strings);
    const columns = Array.from(names, (name) =>
      String(name ?? '')
        .trim()
        .toLowerCase(),
    );
    return rows
      .filter((row) => row.some((value) => String(value).trim() !== ''))
      .map((row) =>
        Object.fromEntries(columns.map((name, index) => [name, foreignValue(name, row[index] ?? '')])),
      );
  } catch (error) {
    if (error instanceof UnreadableSheet) throw error;
    // Lengths that point outside of the file, broken or endless compressed data, dates beyond the calendar.
    throw new UnreadableSheet('not a readable spreadsheet', { cause: error });
  }
}

import type { Readable } from 'node:stream';
import type { Cell, Row, Sheet } from 'write-excel-file/node';
import { documentsTexts } from './documents.texts.ts';
import type {
  ColonneXlsx,
  Fait,
  LigneRegistre,
  ListeXlsxInput,
  Progress,
  RegistreXlsxInput,
  TypeCellule,
} from './types.ts';

/** Most characters that a cell holds. */
const MAX_CELL = 32_767;
const REPORT = 50;
const HEAD = { fontWeight: 'bold', backgroundColor: '#eef2f8', textColor: '#003087', wrap: true } as const;
const CONTENT_TYPES = { date: 'dd/mm/yyyy', dateHeure: 'dd/mm/yyyy hh:mm' } as const;

type SheetOfFile = Sheet<Buffer>;
type Value = string | number | null;

/** A text cell: always of type string, so that `=1+1` stays what was typed. `_x0041_` would be read as an escape. */
function text(value: string): Cell {
  const safe = value.slice(0, MAX_CELL).replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_');
  return { value: safe, type: String, wrap: true, alignVertical: 'top' };
}

/** A day or a wall-clock time as a real date; spreadsheets know no zone, so it is taken as it stands. */
function date(value: string, type: 'date' | 'dateHeure'): Cell {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(value)?.[0];
  const hour = /T(\d{2}:\d{2})/.exec(value)?.[1];
  const instant = new Date(`${day ?? ''}T${type === 'dateHeure' ? (hour ?? '00:00') : '00:00'}:00Z`);
  if (Number.isNaN(instant.getTime())) return text(value);
  return { value: instant, type: Date, format: CONTENT_TYPES[type], align: 'left', alignVertical: 'top' };
}

function cell(value: Value | undefined, type: TypeCellule): Cell {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return text(String(value));
    return { value, type: Number, alignVertical: 'top' };
  }
  if (type === 'date' || type === 'dateHeure') return date(value, type);
  const number = type === 'nombre' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? { value: number, type: Number, alignVertical: 'top' } : text(value);
}

/** A name that a spreadsheet accepts for a sheet: at most 31 characters, none of `[]/\:*?`, no quote at its ends. */
export function sheetName(name: string): string {
  const clean = name
    .replace(/[[\]/\\:*?\p{Cc}\s]+/gu, ' ')
    .replace(/^['\s]+|['\s]+$/g, '')
    .slice(0, 31)
    .trim();
  return clean === '' ? 'GEC' : clean;
}

function headRow(columns: readonly ColonneXlsx[]): Row {
  return columns.map(({ label }) => ({ value: label, type: String, ...HEAD }));
}

function about(title: string, facts: readonly Fait[]): SheetOfFile {
  return {
    sheet: title,
    columns: [{ width: 28 }, { width: 90 }],
    data: facts.map(({ label, value }) => [{ value: label, type: String, fontWeight: 'bold' }, text(value)]),
  };
}

async function toStream(sheets: SheetOfFile[]): Promise<Readable> {
  const { default: writeXlsxFile } = await import('write-excel-file/node');
  const buffer = await writeXlsxFile(sheets, { fontFamily: 'Calibri', fontSize: 11 }).toBuffer();
  const { Readable: Stream } = await import('node:stream');
  return Stream.from([buffer]);
}

async function workbook(
  input: { lang: 'fr' | 'en'; feuille: string; informations: readonly Fait[] },
  columns: readonly ColonneXlsx[],
  data: Row[],
): Promise<Readable> {
  const sheet: SheetOfFile = {
    sheet: sheetName(input.feuille),
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
    orientation: 'landscape',
    data: [headRow(columns), ...data],
  };
  let title = documentsTexts(input.lang).aboutSheet;
  if (title === sheet.sheet) title = `${title} 2`;
  return toStream(input.informations.length === 0 ? [sheet] : [sheet, about(title, input.informations)]);
}

/** Makes a list as a spreadsheet (ECMA-376): typed cells under a bold, frozen head; what was asked for on a second sheet. */
export async function makeListeXlsx(
  input: Omit<ListeXlsxInput, 'lignes'>,
  rows: AsyncIterable<readonly Value[]>,
  progress: Progress,
): Promise<Readable> {
  const data: Row[] = [];
  for await (const row of rows) {
    data.push(input.colonnes.map(({ type }, at) => cell(row[at], type)));
    if (data.length % REPORT === 0) progress(data.length, input.total ?? 0);
  }
  progress(data.length, input.total ?? data.length);
  return workbook(input, input.colonnes, data);
}

/** Makes the register of a period as a spreadsheet; cancelled numbers are struck through and bear their reason. */
export async function makeRegistreXlsx(
  input: Omit<RegistreXlsxInput, 'lignes'>,
  rows: AsyncIterable<LigneRegistre>,
  progress: Progress,
): Promise<Readable> {
  const t = documentsTexts(input.lang);
  const columns: ColonneXlsx[] = [
    { label: t.registerNumber, width: 18, type: 'texte' },
    { label: t.date, width: 12, type: 'date' },
    { label: input.correspondant, width: 36, type: 'texte' },
    { label: t.subject, width: 60, type: 'texte' },
    { label: t.reference, width: 22, type: 'texte' },
    { label: t.remarks, width: 32, type: 'texte' },
    { label: t.cancellation, width: 28, type: 'texte' },
  ];
  const data: Row[] = [];
  for await (const row of rows) {
    const values = [row.numero, row.date, row.correspondant, row.objet, row.reference, row.observations];
    const cells = [...values, row.annulation].map((value, at) => cell(value, columns[at]?.type ?? 'texte'));
    data.push(row.annulation === undefined ? cells : cells.map((one, at) => (at < 6 ? struck(one) : one)));
    if (data.length % REPORT === 0) progress(data.length, input.total ?? 0);
  }
  progress(data.length, input.total ?? data.length);
  return workbook(input, columns, data);
}

function struck(one: Cell): Cell {
  if (one === null || typeof one !== 'object' || !('value' in one)) return one;
  return { ...one, textDecoration: { strikethrough: true }, textColor: '#5b6675' };
}

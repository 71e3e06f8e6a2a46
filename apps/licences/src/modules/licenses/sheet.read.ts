import { inflateRawSync } from 'node:zlib';
import { readCsvRows, readXlsxRows, type Cell, type SheetRow } from '@gec/core/tableur';
import type { ForeignRow } from './import.read.ts';

const ROWS_MAX = 200_001;
const DAY_MS = 86_400_000;
/** Day zero of a spreadsheet's dates (ECMA-376 § 18.17.4.1, system 1900). */
const DAY_ZERO = Date.UTC(1899, 11, 30);
/** Spreadsheets know no later day than 9999-12-31. */
const DAY_END = 2_958_466;

/** Cells of date columns hold days since 1899-12-30 where their format does not say that they are dates. */
function foreignValue(column: string, value: Cell): Cell {
  const isDate = typeof value === 'number' && Math.abs(value) < DAY_END && /(_date|_at)$/.test(column);
  if (!isDate) return value;
  return new Date(DAY_ZERO + Math.round(value * DAY_MS)).toISOString();
}

/** Rows under a heading as objects, by the heading's names in lower case. */
function foreignRows([heading, ...rows]: readonly SheetRow[]): ForeignRow[] {
  const columns = (heading?.cellules ?? []).map((name) => String(name).trim().toLowerCase());
  return rows.map(({ cellules }) =>
    Object.fromEntries(columns.map((name, index) => [name, foreignValue(name, cellules[index] ?? '')])),
  );
}

/**
 * Reads the first sheet of a spreadsheet (XLSX) with a heading row, within the bounds of `@gec/core/tableur` and
 * 200 000 rows.
 *
 * @throws UnreadableSheet
 */
export function readXlsx(file: Buffer): ForeignRow[] {
  const inflate = (packed: Uint8Array, maxOutputLength: number) =>
    inflateRawSync(packed, { maxOutputLength });
  return foreignRows(readXlsxRows(file, { inflate, maxRows: ROWS_MAX }));
}

/**
 * Reads CSV with a heading line, within the same bounds.
 *
 * @returns one object a line, by the heading's names in lower case
 * @throws UnreadableSheet
 */
export function parseCsv(content: string): ForeignRow[] {
  return foreignRows(readCsvRows(content, { maxRows: ROWS_MAX }));
}

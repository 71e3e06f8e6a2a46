import { inflateRawSync } from 'node:zlib';
import {
  decodeText,
  readCsvRows,
  readXlsxRows,
  UnreadableSheet,
  type Cell,
  type SheetRow,
} from '@gec/core/tableur';
import type { TableReading } from './protocol.ts';

/** First bytes of the older binary formats of Office, and of a spreadsheet that wants a password. */
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
/** Digits of a number that a spreadsheet keeps; what lies behind is noise of its arithmetic. */
const DIGITS = 15;

function rowsOf(bytes: Buffer, maxRows: number): SheetRow[] {
  if (bytes.subarray(0, 8).equals(COMPOUND_FILE)) throw new UnreadableSheet('old-format');
  if (bytes.subarray(0, 4).toString('latin1') !== 'PK\x03\x04') {
    return readCsvRows(decodeText(bytes), { maxRows });
  }
  const inflate = (packed: Uint8Array, maxOutputLength: number) =>
    inflateRawSync(packed, { maxOutputLength });
  return readXlsxRows(bytes, { inflate, maxRows });
}

/** The text of a cell. The apostrophe goes that our own lists put before what would be a formula. */
const textOf = (cell: Cell | undefined): string =>
  typeof cell === 'number'
    ? String(Number(cell.toPrecision(DIGITS)))
    : (cell ?? '').trim().replace(/^'(?=[=+\-@])/, '');

/**
 * Reads a CSV file or a spreadsheet, whichever its first bytes are.
 *
 * @param maxRows rows under the heading at most
 */
export function readSheet(bytes: Buffer, maxRows: number): TableReading {
  try {
    const [heading, ...rows] = rowsOf(bytes, maxRows + 1);
    if (!heading || rows.length === 0) return { ok: false, code: 'empty', ligne: null };
    const entetes = heading.cellules.map(textOf);
    while (entetes.at(-1) === '') entetes.pop();
    const lignes = rows.map(({ ligne, cellules }) => ({
      ligne,
      valeurs: entetes.map((_, column) => textOf(cellules[column])),
    }));
    return { ok: true, entetes, lignes };
  } catch (error) {
    if (!(error instanceof UnreadableSheet)) throw error;
    return { ok: false, code: error.code, ligne: error.ligne };
  }
}

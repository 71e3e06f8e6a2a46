/** Why a table cannot be read. */
export type UnreadableCode =
  | 'broken' // not what its first bytes announce, or damaged
  | 'old-format' // an older binary format, or a file that wants a password
  | 'too-many-rows'
  | 'too-large' // a part would take more room than a list ever needs
  | 'open-quote'; // CSV: a quotation mark that nothing closes

/** A table that cannot be read; `code` says why, `ligne` (from 1, as a spreadsheet counts) where that is known. */
export class UnreadableSheet extends Error {
  override readonly name = 'UnreadableSheet';
  readonly code: UnreadableCode;
  readonly ligne: number | null;

  constructor(
    code: UnreadableCode,
    message: string = code,
    options: { ligne?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.ligne = options.ligne ?? null;
  }
}

/** A cell: text, or a number that is no date. */
export type Cell = string | number;

/** A row with something in it. `ligne` counts from 1 as the spreadsheet or an editor shows it. */
export interface SheetRow {
  readonly ligne: number;
  /** By column, from 0; what is empty is `''`. */
  readonly cellules: readonly Cell[];
}

/** Columns beyond this one are not read. */
export const COLUMNS_MAX = 200;

/** Whether a row has anything in it. */
export function isBlank(cells: readonly (Cell | undefined)[]): boolean {
  return cells.every((cell) => cell === undefined || String(cell).trim() === '');
}

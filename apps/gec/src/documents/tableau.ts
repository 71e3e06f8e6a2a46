import { INK, type Papier, type Style } from './papier.ts';

/** A column of a table: `width` in points. */
export interface Colonne {
  label: string;
  width: number;
  align?: 'left' | 'right' | 'center' | undefined;
  /** Most lines of a cell; the rest ends in an ellipsis. */
  maxLines: number;
  bold?: boolean;
}

/** A cell: its text, and whether it is struck through or set in red. */
export interface Cellule {
  text: string;
  struck?: boolean;
  alert?: boolean;
}

const PAD_X = 4;
const PAD_Y = 3.4;
const HEAD_STYLE = { font: 'Helvetica-Bold', size: 7.6, color: INK.blue } as const;

/** A table with hairlines between its rows, whose head comes back on every page. */
export class Tableau {
  readonly #papier: Papier;
  readonly #columns: readonly Colonne[];
  readonly #x: number;
  readonly #bottom: number;
  readonly #size: number;
  readonly #newPage: () => number;
  #y: number;

  /**
   * @param place left edge, top, lowest point that a row may reach, and size of the text (points)
   * @param newPage adds a page and returns where it begins
   */
  constructor(
    papier: Papier,
    columns: readonly Colonne[],
    place: { x: number; y: number; bottom: number; size: number },
    newPage: () => number,
  ) {
    this.#papier = papier;
    this.#columns = columns;
    this.#x = place.x;
    this.#y = place.y;
    this.#bottom = place.bottom;
    this.#size = place.size;
    this.#newPage = newPage;
    this.#head();
  }

  /** Where the page goes on under the table. */
  get y(): number {
    return this.#y;
  }

  /** Adds a row of one cell per column; a row is never broken over two pages. */
  row(cells: readonly Cellule[]): void {
    const papier = this.#papier;
    const set = this.#columns.map((column, at) => {
      const cell = cells[at] ?? { text: '' };
      const style: Style = {
        font: column.bold ? 'Helvetica-Bold' : 'Helvetica',
        size: this.#size,
        color: cell.alert ? INK.red : cell.struck ? INK.soft : INK.text,
        align: column.align,
      };
      const lines = papier.wrap(cell.text, column.width - 2 * PAD_X, style, column.maxLines);
      return { lines, style, cell, width: column.width - 2 * PAD_X };
    });
    const most = Math.max(1, ...set.map(({ lines }) => lines.length));
    const height = papier.lineHeight({ size: this.#size }, most) + 2 * PAD_Y;
    if (this.#y + height > this.#bottom) {
      this.#y = this.#newPage();
      this.#head();
    }
    let x = this.#x + PAD_X;
    set.forEach(({ lines, style, cell, width }, at) => {
      papier.lines(lines, x, this.#y + PAD_Y, width, style);
      if (cell.struck) papier.strike(lines, x, this.#y + PAD_Y, width, style);
      x += this.#columns[at]?.width ?? 0;
    });
    this.#y += height;
    papier.rule(this.#x, this.#y, this.#width(), INK.rule, 0.35);
  }

  #width(): number {
    return this.#columns.reduce((sum, column) => sum + column.width, 0);
  }

  #head(): void {
    const papier = this.#papier;
    const labels = this.#columns.map((column) =>
      papier.wrap(column.label, column.width - 2 * PAD_X, HEAD_STYLE, 2),
    );
    const most = Math.max(1, ...labels.map((lines) => lines.length));
    const height = papier.lineHeight(HEAD_STYLE, most) + 2 * PAD_Y + 1;
    papier.fill(this.#x, this.#y, this.#width(), height, INK.band);
    let x = this.#x + PAD_X;
    this.#columns.forEach((column, at) => {
      const style = { ...HEAD_STYLE, align: column.align };
      papier.lines(labels[at] ?? [], x, this.#y + PAD_Y + 0.5, column.width - 2 * PAD_X, style);
      x += column.width;
    });
    this.#y += height;
    papier.rule(this.#x, this.#y, this.#width(), INK.blue, 0.7);
  }
}

/** Widths in points out of shares of a line. */
export function shares(columns: readonly { width: number }[], line: number): number[] {
  const total = columns.reduce((sum, column) => sum + column.width, 0) || 1;
  return columns.map((column) => (column.width / total) * line);
}

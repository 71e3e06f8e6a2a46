import { winAnsi } from './winansi.ts';

/** Colours of the documents: one deep blue, greys, and the national colours as a hairline or a signal. */
export const INK = {
  text: '#1b2330',
  soft: '#5b6675',
  blue: '#003087',
  yellow: '#ffd700',
  red: '#ce1126',
  rule: '#c9d1dc',
  band: '#eef2f8',
} as const;

/** The two cuts of the one typeface; every PDF reader has them. */
export type Font = 'Helvetica' | 'Helvetica-Bold';

/** How a piece of text is set: size in points. */
export interface Style {
  font?: Font;
  size: number;
  color?: string;
  align?: 'left' | 'right' | 'center' | undefined;
  /** Space between letters (points). */
  spacing?: number;
}

/** Height of a line as a multiple of its size. */
const LEADING = 1.28;
/** How far a line is set below the top of its box, so that the white above and below it looks even (share of the size). */
const SINK = 0.13;
/** Where a line is struck through, from the top of its box (share of the size). */
const MIDDLE = 0.38 + SINK;

/** Millimetres in points. */
export function mm(millimetres: number): number {
  return (millimetres * 72) / 25.4;
}

/** How a document is set up: the size of its pages in points. */
export interface PaperSettings {
  width: number;
  height: number;
  title: string;
  author: string;
  lang: string;
}

/**
 * A PDF with our own setting of text: widths are measured once per word, lines are broken here, and nothing ever flows by
 * itself. PDFKit's own wrapping and tables take minutes for a register.
 */
export class Papier {
  readonly pdf: PDFKit.PDFDocument;
  readonly width: number;
  readonly height: number;
  readonly #widths = new Map<string, number>();
  #font: Font | undefined;
  #size = 0;
  #color = '';

  private constructor(pdf: PDFKit.PDFDocument, settings: PaperSettings) {
    this.pdf = pdf;
    this.width = settings.width;
    this.height = settings.height;
  }

  /** Starts a document with its first page. */
  static async create(settings: PaperSettings): Promise<Papier> {
    const { default: PDFDocument } = await import('pdfkit');
    const pdf = new PDFDocument({
      size: [settings.width, settings.height],
      margin: 0,
      bufferPages: true,
      lang: settings.lang,
      displayTitle: true,
      pdfVersion: '1.7',
      info: {
        Title: settings.title,
        Author: settings.author,
        Creator: 'GEC Mines',
        Producer: 'GEC Mines',
      },
    });
    return new Papier(pdf, settings);
  }

  /** Adds a page; colours and fonts start anew there. */
  addPage(): void {
    this.pdf.addPage();
    this.#font = undefined;
    this.#color = '';
  }

  /** Goes back to each page in turn, once all are made: for what needs the number of pages. */
  eachPage(draw: (number: number, total: number) => void): void {
    const { start, count } = this.pdf.bufferedPageRange();
    for (let at = 0; at < count; at++) this.onPage(start + at, () => draw(at + 1, count));
  }

  /** Draws on one page (from 0) that was made before. */
  onPage(index: number, draw: () => void): void {
    this.pdf.switchToPage(index);
    this.#font = undefined;
    this.#color = '';
    draw();
  }

  /** Width in points of a text that {@link winAnsi} has been through. */
  measure(text: string, { font = 'Helvetica', size, spacing = 0 }: Style): number {
    let units = 0;
    const words = text.split(' ');
    for (const word of words) units += this.#wordWidth(word, font);
    units += (words.length - 1) * this.#wordWidth(' ', font);
    return units * size + spacing * text.length;
  }

  /** Height in points of so many lines. */
  lineHeight(style: Style, lines = 1): number {
    return lines * style.size * LEADING;
  }

  /**
   * Breaks a text into lines no wider than `width`; a word that is wider by itself is cut. What does not fit into
   * `maxLines` ends in an ellipsis.
   */
  wrap(text: string, width: number, style: Style, maxLines = Infinity): string[] {
    const lines: string[] = [];
    for (const paragraph of winAnsi(text).split('\n')) {
      let line = '';
      for (const word of paragraph.split(/[ \t]+/)) {
        const longer = line === '' ? word : `${line} ${word}`;
        if (this.measure(longer, style) <= width) {
          line = longer;
          continue;
        }
        if (line !== '') lines.push(line);
        line = word;
        while (this.measure(line, style) > width && line.length > 1) {
          const fits = this.#fitting(line, width, style);
          lines.push(line.slice(0, fits));
          line = line.slice(fits);
        }
        if (lines.length > maxLines) return this.#cut(lines, width, style, maxLines);
      }
      lines.push(line);
    }
    return lines.length > maxLines ? this.#cut(lines, width, style, maxLines) : lines;
  }

  /** One line, cut with an ellipsis where it is too long. */
  fit(text: string, width: number, style: Style): string {
    return this.wrap(text.replace(/\s*\n\s*/g, ' '), width, style, 1)[0] ?? '';
  }

  /** Sets lines made by {@link wrap} (or safe text) with the top of the first at `y`; `width` serves the alignment. */
  lines(lines: readonly string[], x: number, y: number, width: number, style: Style): void {
    // Measuring may set the font to measure with, so it comes first.
    const lefts = lines.map((line) => this.#left(line, x, width, style));
    this.#use(style);
    const top = y + style.size * SINK;
    lines.forEach((line, at) => {
      if (line === '') return;
      const options = { lineBreak: false, characterSpacing: style.spacing ?? 0 };
      this.pdf.text(line, lefts[at] ?? x, top + at * style.size * LEADING, options);
    });
  }

  /** Sets a text, broken to `width`, and returns its height. */
  block(text: string, x: number, y: number, width: number, style: Style, maxLines = Infinity): number {
    const lines = this.wrap(text, width, style, maxLines);
    this.lines(lines, x, y, width, style);
    return this.lineHeight(style, lines.length);
  }

  /** A thin horizontal rule. */
  rule(x: number, y: number, width: number, color: string = INK.rule, weight = 0.5): void {
    this.pdf
      .moveTo(x, y)
      .lineTo(x + width, y)
      .lineWidth(weight)
      .stroke(color);
  }

  /** Strikes lines through that {@link lines} has set at the same place. */
  strike(lines: readonly string[], x: number, y: number, width: number, style: Style): void {
    lines.forEach((line, at) => {
      const middle = y + at * style.size * LEADING + style.size * MIDDLE;
      if (line !== '')
        this.rule(this.#left(line, x, width, style), middle, this.measure(line, style), INK.soft);
    });
  }

  /** A filled rectangle. */
  fill(x: number, y: number, width: number, height: number, color: string): void {
    this.pdf.rect(x, y, width, height).fill(color);
    this.#color = '';
  }

  #use({ font = 'Helvetica', size, color = INK.text }: Style): void {
    if (this.#font !== font) this.pdf.font(font);
    if (this.#size !== size || this.#font !== font) this.pdf.fontSize(size);
    if (this.#color !== color) this.pdf.fillColor(color);
    this.#font = font;
    this.#size = size;
    this.#color = color;
  }

  #left(line: string, x: number, width: number, style: Style): number {
    if (style.align === 'right') return x + width - this.measure(line, style);
    if (style.align === 'center') return x + (width - this.measure(line, style)) / 2;
    return x;
  }

  /** Width of a word at one point, kerning included. */
  #wordWidth(word: string, font: Font): number {
    const key = font === 'Helvetica' ? word : `\u0000${word}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      this.#use({ font, size: 100, color: this.#color || INK.text });
      width = this.pdf.widthOfString(word) / 100;
      // A register of years has more words than are worth keeping.
      if (this.#widths.size > 50_000) this.#widths.clear();
      this.#widths.set(key, width);
    }
    return width;
  }

  /** How many characters of a word fit, at least one. */
  #fitting(word: string, width: number, style: Style): number {
    let low = 1;
    let high = word.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.measure(word.slice(0, middle), style) <= width) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #cut(lines: string[], width: number, style: Style, maxLines: number): string[] {
    const kept = lines.slice(0, maxLines);
    let last = kept.pop() ?? '';
    while (last !== '' && this.measure(`${last}…`, style) > width) last = last.slice(0, -1).trimEnd();
    return [...kept, `${last.replace(/[\s.,;:]+$/, '')}…`];
  }
}

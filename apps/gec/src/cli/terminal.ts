import { createInterface } from 'node:readline/promises';
import { Writable, type Readable } from 'node:stream';
import { formatNumber, type Lang } from '@gec/core';

/** Where a command reads and writes. */
export interface Terminal {
  /** Writes text to standard output as it is. */
  write(text: string): void;
  /** Writes text to standard error as it is. */
  error(text: string): void;
  readonly input: Readable;
  /** Whether a person sits at the keyboard, and whether one sees what goes to standard error. */
  readonly inputIsTty: boolean;
  readonly errorIsTty: boolean;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    write: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    input: process.stdin,
    inputIsTty: process.stdin.isTTY,
    errorIsTty: process.stderr.isTTY,
  };
}

/** The first line of what is piped in, without its line break. Reads no more than a password can be long. */
export async function readLine(input: Readable, maxChars = 8_192): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += Buffer.isBuffer(chunk) ? chunk.toString('utf8') : String(chunk);
    if (text.includes('\n') || text.length > maxChars) break;
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}

/** Asks a question and reads the answer without showing it. */
export async function askHidden(terminal: Terminal, question: string): Promise<string> {
  terminal.error(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: terminal.input, output: silent, terminal: true });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    terminal.error('\n');
  }
}

/** Rows under headings, in columns as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

/** Data as JSON programs read it. */
export function json(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}

const BAR = 24;
const EVERY_MS = 100;

/** The text of a progress bar: `Vérification  ██████░░ 1 200 / 4 800`. */
export function bar(lang: Lang, label: string, done: number, total: number): string {
  const part = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(part * BAR);
  const figures = `${formatNumber(lang, done)} / ${formatNumber(lang, total)}`;
  return `${label}  ${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${figures}`;
}

/** Shows progress on one line of a terminal; writes nothing where nobody looks. */
export function progress(terminal: Terminal, lang: Lang, label: string) {
  let drawn = 0;
  const draw = (done: number, total: number) => terminal.error(`\r\u001B[2K${bar(lang, label, done, total)}`);
  return {
    /** To be called as often as one likes. */
    update(done: number, total: number): void {
      if (!terminal.errorIsTty) return;
      const now = performance.now();
      if (drawn > 0 && now - drawn < EVERY_MS && done < total) return;
      drawn = now;
      draw(done, total);
    },
    /** Leaves the line as it stands. */
    end(): void {
      if (drawn > 0) terminal.error('\n');
    },
  };
}

import type { Readable } from 'node:stream';
import { AppError, fill, formatBytes, formatNumber, type ErrorKind, type Lang } from '@gec/core';
import { AtelierError, type Atelier, type TableRow } from '../workers/atelier.ts';
import { tableurTexts } from './tableur.texts.ts';

/** A list as it was read. */
export interface Table {
  /** What the first row with something in it names, trimmed. */
  readonly entetes: readonly string[];
  /** Rows with something in them: line as a spreadsheet shows it, and one trimmed text a heading. */
  readonly lignes: readonly TableRow[];
}

/** How a list is read. */
export interface ReadTableOptions {
  /** Name of the file, for the messages. */
  readonly nom: string;
  readonly lang: Lang;
  /** Field of the form at which a refusal is shown; `fichier` by default. */
  readonly champ?: string;
  /** Rows under the heading at most; 2 000 by default. */
  readonly maxLignes?: number;
  /** Bytes at most; 2 MB by default. */
  readonly maxOctets?: number;
}

const MAX_LIGNES = 2_000;
const MAX_OCTETS = 2 * 1024 * 1024;

async function bytesOf(source: Readable | Uint8Array, max: number): Promise<Uint8Array[] | 'too-large'> {
  const pieces = source instanceof Uint8Array ? [source] : source;
  const kept: Uint8Array[] = [];
  let total = 0;
  for await (const piece of pieces as AsyncIterable<Uint8Array>) {
    total += piece.length;
    if (total > max) return 'too-large';
    kept.push(piece);
  }
  return kept;
}

/**
 * Reads a CSV file (`;`, `,` or tabs; UTF-8 with or without byte order mark, UTF-16, Windows-1252) or the first sheet
 * of an XLSX workbook, in a child of the atelier: a hostile file can do no harm there. Dates of a workbook come as
 * `2026-11-21` or `2026-11-21T14:05:00`.
 *
 * @throws AppError `invalid` or `too-large` (with the message at the field) when the file is refused, `unavailable` when
 *   the server has too much to do
 */
export async function readTable(
  atelier: Pick<Atelier, 'table'>,
  source: Readable | Uint8Array,
  options: ReadTableOptions,
): Promise<Table> {
  const { nom, lang, champ = 'fichier', maxLignes = MAX_LIGNES, maxOctets = MAX_OCTETS } = options;
  const t = tableurTexts(lang);
  const refuse = (
    kind: ErrorKind,
    code: string,
    text: string,
    values: Record<string, string> = {},
    cause?: unknown,
  ) => {
    const message = fill(text, { nom, ...values });
    return new AppError(kind, code, message, { fields: [{ field: champ, message }], cause });
  };
  const bytes = await bytesOf(source, maxOctets).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw refuse('invalid', 'TABLE_INTERRUPTED', t.interrompu, {}, cause);
  });
  if (bytes === 'too-large') {
    throw refuse('too-large', 'TABLE_TOO_LARGE', t.tropGros, { max: formatBytes(lang, maxOctets) });
  }
  const reading = await atelier.table(bytes, { maxRows: maxLignes }).catch((cause: unknown) => {
    const busy = cause instanceof AtelierError && (cause.code === 'busy' || cause.code === 'closed');
    throw busy ? refuse('unavailable', 'ATELIER_BUSY', t.occupe, {}, cause) : cause;
  });
  if (reading.ok) return reading;
  throw refuse('invalid', 'TABLE_UNREADABLE', t[reading.code], {
    max: formatNumber(lang, maxLignes),
    ligne: String(reading.ligne ?? ''),
  });
}

import type { UnreadableCode } from '@gec/core/tableur';
import type { DocumentName } from '../documents/types.ts';

/** Types of scan that are accepted, by content. */
export type ScanType = 'application/pdf' | 'image/png' | 'image/jpeg' | 'image/tiff';

/** Why a file is refused. */
export type InspectionCode =
  | 'unknown-type'
  | 'type-not-allowed'
  | 'encrypted'
  | 'broken'
  | 'too-large-image'
  | 'too-many-pages'
  | 'polyglot'
  | 'empty'
  | 'timeout';

/**
 * What a file is, by its content. `ext` is the extension that such content bears, so that the caller can say that a
 * file was renamed. `width` and `height` are those of the first page: points (1/72 inch) for a PDF, pixels as seen
 * (EXIF rotation applied) for an image.
 */
export type Inspection =
  | {
      ok: true;
      type: ScanType;
      ext: 'pdf' | 'png' | 'jpg' | 'tif';
      pages: number;
      width?: number;
      height?: number;
    }
  | { ok: false; code: InspectionCode };

/** A row under the heading: its line as a spreadsheet shows it (from 1), and one text a heading. */
export interface TableRow {
  ligne: number;
  valeurs: string[];
}

/** What a CSV file or a spreadsheet holds, or why it cannot be read (`ligne`: where, if that is known). */
export type TableReading =
  | { ok: true; entetes: string[]; lignes: TableRow[] }
  | { ok: false; code: UnreadableCode | 'empty'; ligne: number | null };

/** Formats of a page image. */
export type PageFormat = 'webp' | 'jpeg' | 'png';

/** Size and type of a rendered page image. */
export interface PageFacts {
  width: number;
  height: number;
  contentType: `image/${PageFormat}`;
}

/** What went wrong with a job. */
export type AtelierErrorCode =
  | 'timeout' // nothing came from the child (or from the source) within the limit; the child was killed
  | 'crashed' // the child died under the job
  | 'memory' // the child took more memory than allowed and was killed
  | 'aborted' // the caller gave up, or its input failed
  | 'too-big' // more input than any scan may have
  | 'broken' // the file cannot be read
  | 'encrypted' // the file wants a password
  | 'too-large-image' // a page has too many pixels
  | 'no-such-page'
  | 'unsupported' // the file is no PDF, PNG, JPEG or TIFF
  | 'busy' // too many jobs are waiting
  | 'closed' // the atelier is being stopped
  | 'failed'; // a fault of ours inside the child

/** A job that could not be done; `code` says why, the message is for the log only. */
export class AtelierError extends Error {
  readonly code: AtelierErrorCode;

  constructor(code: AtelierErrorCode, message: string = code, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AtelierError';
    this.code = code;
  }
}

/** What is asked of a child. The bytes of the file, or the rows of the document, follow in frames of their own. */
export type JobHeader =
  | { kind: 'inspect'; maxPages: number }
  | { kind: 'page'; page: number; width: number; format: PageFormat | undefined }
  | { kind: 'text'; maxChars: number }
  | { kind: 'table'; maxRows: number }
  | { kind: 'portrait'; side: number }
  | { kind: 'document'; name: DocumentName; data: unknown };

/** Messages from the server to a child. One job at a time: `job`, then data frames or `rows`, then `end`. */
export type ToChild =
  { t: 'job'; job: JobHeader } | { t: 'rows'; rows: unknown[] } | { t: 'end' } | { t: 'cancel' };

/**
 * Messages from a child. Each job is answered by exactly one `done` or `error`; `spent` asks for a fresh child, `rss` is the
 * resident memory of the child in bytes.
 */
export type FromChild =
  | { t: 'progress'; done: number; total: number }
  | { t: 'done'; result: unknown; spent: boolean; rss: number }
  | { t: 'error'; code: AtelierErrorCode; message: string; spent: boolean; rss: number };

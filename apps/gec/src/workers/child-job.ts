import { renderDocument } from '../documents/render.ts';
import type { Progress } from '../documents/types.ts';
import { encodePage } from './encode.ts';
import { renderImagePage } from './images.ts';
import { inspect, scanTypeOf } from './inspect.ts';
import { pdfText, renderPdfPage, withPdf } from './pdf.ts';
import { AtelierError, type FromChild, type JobHeader } from './protocol.ts';
import { renderPortrait } from './portrait.ts';
import { RowQueue } from './row-queue.ts';
import { readSheet } from './sheet.ts';

/** How a job ended, without the figures that the child adds. */
export type Outcome =
  Omit<Extract<FromChild, { t: 'done' }>, 'rss'> | Omit<Extract<FromChild, { t: 'error' }>, 'rss'>;

type SendBytes = (bytes: Uint8Array) => Promise<void>;

/** A job inside the child: gathers its input as frames come in, does the work, answers once. */
export class ChildJob {
  readonly #header: JobHeader;
  readonly #chunks: Buffer[] = [];
  readonly #rows = new RowQueue();
  readonly #whole: Promise<Buffer>;
  #wholeReady: (bytes: Buffer) => void = () => undefined;
  #wholeFailed: (error: Error) => void = () => undefined;

  constructor(header: JobHeader) {
    this.#header = header;
    this.#whole = new Promise((resolve, reject) => {
      this.#wholeReady = resolve;
      this.#wholeFailed = reject;
    });
    // A cancelled document never looks at the bytes.
    this.#whole.catch(() => undefined);
  }

  takeBytes(bytes: Buffer): void {
    this.#chunks.push(bytes);
  }

  takeRows(rows: unknown[]): void {
    this.#rows.push(rows);
  }

  /** The input is complete. */
  end(): void {
    this.#rows.end();
    const chunks = this.#chunks.splice(0);
    const [first] = chunks;
    this.#wholeReady(first && chunks.length === 1 ? first : Buffer.concat(chunks));
  }

  /** The server wants no answer any more. */
  cancel(): void {
    const error = new AtelierError('aborted');
    this.#rows.fail(error);
    this.#wholeFailed(error);
  }

  /** Does the work; never rejects. */
  async run(sendBytes: SendBytes, progress: Progress): Promise<Outcome> {
    try {
      return { t: 'done', result: await this.#work(sendBytes, progress), spent: false };
    } catch (error) {
      if (error instanceof AtelierError) {
        return { t: 'error', code: error.code, message: error.message, spent: false };
      }
      // Something that no library announces: a WebAssembly trap leaves its memory unusable, so the child goes.
      const message = error instanceof Error ? error.message : 'unknown';
      const ofTheFile = error instanceof WebAssembly.RuntimeError;
      return { t: 'error', code: ofTheFile ? 'broken' : 'failed', message, spent: true };
    }
  }

  async #work(sendBytes: SendBytes, progress: Progress): Promise<unknown> {
    const job = this.#header;
    switch (job.kind) {
      case 'inspect':
        return inspect(await this.#whole, job.maxPages);
      case 'page': {
        const bytes = await this.#whole;
        const pixels =
          (await this.#scanType(bytes)) === 'application/pdf'
            ? await withPdf(bytes, (document) => renderPdfPage(document, job.page, job.width))
            : await renderImagePage(bytes, job.page, job.width);
        const { image, contentType } = await encodePage(pixels, job.format);
        await sendBytes(image);
        return { width: pixels.width, height: pixels.height, contentType };
      }
      case 'text': {
        const bytes = await this.#whole;
        if ((await this.#scanType(bytes)) !== 'application/pdf') return undefined;
        const text = await withPdf(bytes, (document) => Promise.resolve(pdfText(document, job.maxChars)));
        await sendBytes(Buffer.from(text, 'utf8'));
        return undefined;
      }
      case 'portrait':
        await sendBytes(await renderPortrait(await this.#whole, job.side));
        return undefined;
      case 'table':
        await sendBytes(Buffer.from(JSON.stringify(readSheet(await this.#whole, job.maxRows)), 'utf8'));
        return undefined;
      case 'document':
        for await (const piece of renderDocument(job.name, job.data, this.#rows, progress))
          await sendBytes(piece);
        return undefined;
    }
  }

  async #scanType(bytes: Buffer): Promise<string> {
    const type = await scanTypeOf(bytes);
    if (!type.includes('/')) throw new AtelierError('unsupported', type);
    return type;
  }
}

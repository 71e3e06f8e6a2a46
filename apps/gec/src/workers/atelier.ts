import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { DocumentInputs, DocumentName } from '../documents/types.ts';
import type { AtelierLogger } from './child.ts';
import { DocumentStream } from './document-stream.ts';
import { Job } from './job.ts';
import { Lane } from './lane.ts';
import type { AtelierError, Inspection, JobHeader, PageFacts, PageFormat, TableReading } from './protocol.ts';

export type { AtelierLogger } from './child.ts';
export {
  AtelierError,
  type AtelierErrorCode,
  type Inspection,
  type InspectionCode,
  type PageFacts,
  type PageFormat,
  type ScanType,
  type TableReading,
  type TableRow,
} from './protocol.ts';

/**
 * The bytes of a file. Feed it from memory or from the store, not from the network: a job holds a child while it reads.
 * Bytes in memory are left alone until the job is over.
 */
export type FileInput = AsyncIterable<Uint8Array> | readonly Uint8Array[] | Readable;

/** A page as an image. */
export interface PageImage extends PageFacts {
  image: Buffer;
}

/** Everything that is heavy or dangerous, done in child processes that hold no key, no database and no file. */
export interface Atelier {
  /** Says what a file is and whether it may be registered. Rejects only for reasons that are not the file's. */
  inspect(
    input: FileInput,
    options?: { maxPages?: number; signal?: AbortSignal | undefined },
  ): Promise<Inspection>;
  /**
   * Renders one page of a PDF, TIFF, PNG or JPEG.
   *
   * @param options `page` from 1; `width` in pixels, at most 2000, never enlarged beyond an image's own; without `format`,
   *   the smaller of JPEG and grey PNG is chosen
   * @throws AtelierError `no-such-page`, `broken`, `encrypted`, `unsupported`, `too-large-image`, `timeout` …
   */
  page(
    input: FileInput,
    options: { page: number; width: number; format?: PageFormat; signal?: AbortSignal | undefined },
  ): Promise<PageImage>;
  /** The text layer of a PDF, pages separated by form feeds, cut after `maxChars`; empty for images. */
  text(input: FileInput, options: { maxChars: number; signal?: AbortSignal | undefined }): Promise<string>;
  /**
   * Makes a photograph of a person of a PNG, JPEG or WebP: upright, square, without anything that the camera added.
   *
   * @param options `side` in pixels
   * @returns a JPEG
   * @throws AtelierError `unsupported`, `broken`, `too-large-image`, `timeout` …
   */
  portrait(input: FileInput, options: { side: number; signal?: AbortSignal | undefined }): Promise<Buffer>;
  /**
   * The rows of a CSV file or of the first sheet of a spreadsheet (XLSX): what the first row names, and the others as
   * texts. Rejects only for reasons that are not the file's. Callers use `readTable` of `tableur/`.
   *
   * @param options `maxRows`: rows under the heading at most
   */
  table(
    input: FileInput,
    options: { maxRows: number; signal?: AbortSignal | undefined },
  ): Promise<TableReading>;
  /**
   * Makes a PDF or a spreadsheet. The rows in `data.lignes` may be an async iterable: they are pulled as the child
   * takes them. The stream fails with an AtelierError; destroying it, or the signal, stops the work.
   */
  document<N extends DocumentName>(
    name: N,
    data: DocumentInputs[N],
    options?: { onProgress?: (done: number, total: number) => void; signal?: AbortSignal | undefined },
  ): Readable;
  /** Process ids of the children that are alive now (for the metrics and the tests). */
  pids(): number[];
  /** Refuses waiting jobs, stops working ones, ends the children. */
  close(): Promise<void>;
}

/** How an atelier is set up. */
export interface AtelierOptions {
  /** Built child (`dist/atelier.js`), or its TypeScript source in tests and development. */
  script: string | URL;
  /** Children for inspections and previews, 1 (default) or 2. Exports have two of their own. */
  size?: number;
  /** Resident memory (MB) above which a child is killed. */
  memoryMb?: number;
  logger?: AtelierLogger | undefined;
  /** Longest silence (ms) of a child, or of the source that feeds it, by kind of job. */
  limits?: Partial<Record<JobHeader['kind'], number>>;
}

const LIMITS: Record<JobHeader['kind'], number> = {
  inspect: 20_000,
  page: 20_000,
  text: 60_000,
  table: 20_000,
  portrait: 20_000,
  document: 30_000,
};
const MAX_PAGES = 500;
const MAX_WIDTH = 2_000;
/** Rows of a table that somebody waits for. */
const SHORT_TABLE = 5_000;

/** Documents of one sheet are wanted at once; the others may be thousands of rows and go to the children for exports. */
const SHEETS: ReadonlySet<DocumentName> = new Set<DocumentName>(['fiche', 'etiquette']);

interface Submission {
  lane: Lane;
  header: JobHeader;
  input: FileInput;
  signal: AbortSignal | undefined;
  priority?: number;
}

/** Sets up an atelier whose child's place is known: only an entry of the program knows it, or a test. */
export type OpenAtelier = (options?: Omit<AtelierOptions, 'script'>) => Atelier;

/** Ateliers whose child is at `script` (a path or an address of a file, see {@link AtelierOptions}). */
export function atelierOf(script: AtelierOptions['script']): OpenAtelier {
  return (options) => createAtelier({ ...options, script });
}

/**
 * Sets up the child processes; none is started before there is work.
 *
 * @returns the atelier, to be closed with the program
 */
export function createAtelier(options: AtelierOptions): Atelier {
  const limits = { ...LIMITS, ...options.limits };
  const size = Math.min(Math.max(Math.trunc(options.size ?? 1), 1), 2);
  const settings = {
    script: typeof options.script === 'string' ? options.script : fileURLToPath(options.script),
    memoryMb: options.memoryMb ?? 768,
    logger: options.logger,
  };
  const prompt = new Lane(size, { ...settings, nice: 0 });
  const patient = new Lane(2, { ...settings, nice: 10 });

  function submit(work: Submission): Promise<{ result: unknown; bytes: Buffer }> {
    return new Promise((resolve, reject) => {
      const answer: Buffer[] = [];
      const job: Job = new Job({
        header: work.header,
        input: work.input,
        signal: work.signal,
        priority: work.priority ?? 0,
        limitMs: limits[work.header.kind],
        onData: (bytes) => answer.push(bytes) > 0,
        onDone: (result) => resolve({ result, bytes: Buffer.concat(answer) }),
        onError: (error) => reject(job.inputSent ? new FileFault(error) : error),
      });
      work.lane.submit(job);
    });
  }

  return {
    async inspect(input, { maxPages = MAX_PAGES, signal } = {}) {
      const header: JobHeader = { kind: 'inspect', maxPages };
      try {
        return (await submit({ lane: prompt, header, input, signal })).result as Inspection;
      } catch (error) {
        if (error instanceof FileFault) {
          const code = refusalOf(error.fault);
          if (code) return { ok: false, code };
        }
        throw faultOf(error);
      }
    },

    async page(input, { page, width, format, signal }) {
      const wanted = Math.min(Math.max(Math.trunc(width), 16), MAX_WIDTH);
      const header: JobHeader = { kind: 'page', page, width: wanted, format };
      const { result, bytes } = await submit({ lane: prompt, header, input, signal }).catch(rethrow);
      return { image: bytes, ...(result as PageFacts) };
    },

    async text(input, { maxChars, signal }) {
      const header: JobHeader = { kind: 'text', maxChars };
      const { bytes } = await submit({ lane: patient, header, input, signal, priority: 1 }).catch(rethrow);
      return bytes.toString('utf8');
    },

    async portrait(input, { side, signal }) {
      const header: JobHeader = { kind: 'portrait', side };
      return (await submit({ lane: prompt, header, input, signal }).catch(rethrow)).bytes;
    },

    async table(input, { maxRows, signal }) {
      const header: JobHeader = { kind: 'table', maxRows };
      // A long register must not keep the scans of the counter waiting.
      const lane = maxRows <= SHORT_TABLE ? prompt : patient;
      try {
        const { bytes } = await submit({ lane, header, input, signal });
        return JSON.parse(bytes.toString('utf8')) as TableReading;
      } catch (error) {
        const refusal = error instanceof FileFault ? refusalOf(error.fault) : undefined;
        if (!refusal) throw faultOf(error);
        return { ok: false, code: refusal === 'broken' ? 'broken' : 'too-large', ligne: null };
      }
    },

    document(name, data, { onProgress, signal } = {}) {
      const { lignes, ...rest } = { lignes: [], ...data };
      return new DocumentStream(
        {
          header: { kind: 'document', name, data: rest },
          input: lignes,
          signal,
          priority: 0,
          limitMs: limits.document,
          onProgress,
        },
        (job) => (SHEETS.has(name) ? prompt : patient).submit(job),
      );
    },

    pids: () => [...prompt.pids(), ...patient.pids()],

    async close() {
      await Promise.all([prompt.close(), patient.close()]);
    },
  };
}

/** A failure after the child had the whole file: the file is the likely cause. */
class FileFault extends Error {
  readonly fault: AtelierError;

  constructor(fault: AtelierError) {
    super(fault.message);
    this.fault = fault;
  }
}

function faultOf(error: unknown): unknown {
  return error instanceof FileFault ? error.fault : error;
}

function rethrow(error: unknown): never {
  throw faultOf(error);
}

/** What a person is told of a file under which a child was stuck, died or swelled; undefined: not the file's fault. */
function refusalOf(error: AtelierError): 'timeout' | 'broken' | 'too-large-image' | undefined {
  if (error.code === 'timeout') return 'timeout';
  if (error.code === 'crashed' || error.code === 'broken') return 'broken';
  if (error.code === 'memory') return 'too-large-image';
  return undefined;
}

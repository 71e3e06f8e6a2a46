/**
 * What an archive holds, as a tar stream (POSIX.1-2001), in this order:
 *
 *     debut.json                  what it is: program, instant, steps of the schema, engine, notes of the program
 *     tables/<table>/<n>.gz       rows, one JSON object a line, compressed
 *     fichiers/<path>             files as they lie in the store, sealed
 *     notes/<name>.json           small things that the program wants back
 *     sommes/<n>.txt              SHA-256 of the entries before it, one a line, every few thousand entries
 *     fin.json                    how many rows, files and bytes there are: an archive without it is not whole
 */
import { createHash } from 'node:crypto';
import { PassThrough, Transform, Writable, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import { extract, pack, type Pack } from 'tar-stream';
import { z } from 'zod';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import { ArchiveError } from './errors.ts';
import type { Opener, Recipient } from './keys.ts';

const compress = promisify<string, Buffer>(gzip);

/** Entries whose sums are written together. */
const SUMS = 5_000;
/** Bytes of one part of a table once unpacked, at most. */
const PART_MAX = 512 * 1024 * 1024;
/** Bytes of a small entry at most. */
const NOTE_MAX = 64 * 1024 * 1024;

/** One row, as JSON holds it. */
export type ArchiveRow = Record<string, string | number | boolean | null>;

const startShape = z.object({
  version: z.literal(1),
  programme: z.string(),
  cree: z.string(),
  /** Names of the steps of the schema, in order. */
  schema: z.array(z.string()),
  moteur: z.enum(['sqlite', 'postgres']),
});
/** What an archive says of itself at its beginning. */
export type ArchiveStart = z.output<typeof startShape>;

const summaryShape = z.object({
  /** Rows by table. */
  tables: z.record(z.string(), z.int().min(0)),
  fichiers: z.int().min(0),
  /** Bytes of the files. */
  octets: z.int().min(0),
  /** Files that rows name and that were not there (any more) when the archive was made. */
  absents: z.array(z.string()),
});
/** What an archive holds. */
export type ArchiveSummary = z.output<typeof summaryShape>;

/** A file for an archive. */
export interface ArchiveFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  open(): Promise<Readable>;
}

/** Where an archive comes from. */
export interface ArchiveSource {
  readonly start: Omit<ArchiveStart, 'version'>;
  /** Rows by table, in parts; the same table may come several times in a row. */
  tables(): AsyncIterable<{ table: string; rows: readonly ArchiveRow[] }>;
  /** Files; `null` for one that is not there any more. */
  files(): AsyncIterable<ArchiveFile | { readonly path: string; readonly size: null }>;
  notes?: Readonly<Record<string, unknown>>;
  /** Told after each part and each file: rows and files done. */
  progress?(done: { rows: number; files: number; bytes: number }): void;
}

/** Puts entries into a tar, with their sums. */
class Entries {
  readonly pack: Pack = pack();
  readonly #at: Date;
  #sums: string[] = [];
  #sheets = 0;

  constructor(at: Date) {
    this.#at = at;
  }

  async add(name: string, content: Buffer): Promise<void> {
    await this.#entry(name, content.length, async (entry) => {
      entry.end(content);
    });
    await this.#note(name, createHash('sha256').update(content).digest('hex'));
  }

  async addStream(name: string, size: number, content: Readable): Promise<void> {
    const hash = createHash('sha256');
    const summed = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await this.#entry(name, size, (entry) => pipeline(content, summed, entry));
    await this.#note(name, hash.digest('hex'));
  }

  async sums(): Promise<void> {
    if (this.#sums.length === 0) return;
    const content = Buffer.from(this.#sums.map((line) => `${line}\n`).join(''));
    this.#sums = [];
    const name = `sommes/${String(++this.#sheets).padStart(6, '0')}.txt`;
    await this.#entry(name, content.length, async (entry) => {
      entry.end(content);
    });
  }

  async #note(name: string, sum: string): Promise<void> {
    this.#sums.push(`${sum}  ${name}`);
    if (this.#sums.length >= SUMS) await this.sums();
  }

  #entry(name: string, size: number, write: (entry: Writable) => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      // A stream of `streamx`, which does all that a stream of Node does here.
      const entry: unknown = this.pack.entry({ name, size, mtime: this.#at, mode: 0o600 }, (error) =>
        error ? reject(error) : resolve(),
      );
      write(entry as Writable).catch(reject);
    });
  }
}

async function fill(entries: Entries, source: ArchiveSource): Promise<ArchiveSummary> {
  const summary: ArchiveSummary = { tables: {}, fichiers: 0, octets: 0, absents: [] };
  let rows = 0;
  const tell = () => source.progress?.({ rows, files: summary.fichiers, bytes: summary.octets });
  await entries.add('debut.json', Buffer.from(JSON.stringify({ ...source.start, version: 1 })));
  const parts = new Map<string, number>();
  for await (const part of source.tables()) {
    const n = (parts.get(part.table) ?? 0) + 1;
    parts.set(part.table, n);
    const lines = part.rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    await entries.add(`tables/${part.table}/${String(n).padStart(6, '0')}.gz`, await compress(lines));
    summary.tables[part.table] = (summary.tables[part.table] ?? 0) + part.rows.length;
    rows += part.rows.length;
    tell();
  }
  for await (const file of source.files()) {
    if (file.size === null) {
      summary.absents.push(file.path);
      continue;
    }
    await entries.addStream(`fichiers/${file.path}`, file.size, await file.open());
    summary.fichiers += 1;
    summary.octets += file.size;
    tell();
  }
  for (const [name, note] of Object.entries(source.notes ?? {})) {
    await entries.add(`notes/${name}.json`, Buffer.from(JSON.stringify(note)));
  }
  await entries.sums();
  await entries.add('fin.json', Buffer.from(JSON.stringify(summary)));
  return summary;
}

/**
 * Writes an archive as a stream, in memory that does not grow with it.
 *
 * @param recipients who can open it, at least one
 * @param destination ended when the archive is whole; what was written before an error is not an archive
 * @returns what it holds
 */
export async function writeArchive(
  source: ArchiveSource,
  recipients: readonly Recipient[],
  destination: Writable,
): Promise<ArchiveSummary> {
  const { programme, cree } = source.start;
  const { start, seal } = await sealEnvelope({ programme, cree }, recipients);
  const entries = new Entries(new Date(cree));
  const through = new PassThrough();
  through.write(start);
  const sealed = pipeline(entries.pack, seal, through, destination);
  const filled = fill(entries, source).then(
    (summary) => {
      entries.pack.finalize();
      return summary;
    },
    (error: Error) => {
      entries.pack.destroy(error);
      throw error;
    },
  );
  const [made, written] = await Promise.allSettled([filled, sealed]);
  if (made.status === 'rejected') throw made.reason;
  if (written.status === 'rejected') throw written.reason;
  return made.value;
}

/** What is done with the parts of an archive as they come; each is awaited before the next one. */
export interface ArchiveReader {
  start?(start: ArchiveStart): Promise<void> | void;
  rows?(table: string, rows: readonly ArchiveRow[]): Promise<void>;
  /** All of `content` must be read. */
  file?(path: string, size: number, content: Readable): Promise<void>;
  note?(name: string, note: unknown): Promise<void> | void;
  progress?(done: { rows: number; files: number; bytes: number }): void;
}

/** A path of a file of ours: no way out of the store. */
const SAFE_PATH = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._/-]{1,300}$/;

async function unpackRows(content: Buffer): Promise<ArchiveRow[]> {
  const gunzip = createGunzip({ maxOutputLength: PART_MAX });
  gunzip.end(content);
  const text = (await buffer(gunzip)).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ArchiveRow);
}

/**
 * Reads an archive from end to end, and compares everything in it with what it says of itself. What `reader` was given
 * counts only once this has returned.
 *
 * @throws ArchiveError; what `reader` throws
 */
export async function readArchive(
  source: Readable,
  opener: Opener,
  reader: ArchiveReader = {},
): Promise<{ start: ArchiveStart; summary: ArchiveSummary }> {
  const { content } = await openEnvelope(source, opener);
  const seen: ArchiveSummary = { tables: {}, fichiers: 0, octets: 0, absents: [] };
  const sums: string[] = [];
  let start: ArchiveStart | null = null;
  let summary: ArchiveSummary | null = null;
  let rows = 0;
  const damaged = (what: string, cause?: unknown) =>
    new ArchiveError('damaged', `the archive is damaged: ${what}`, { cause });
  const small = async (stream: Readable, size: number): Promise<Buffer> => {
    if (size > NOTE_MAX) throw damaged('an entry is too large');
    return buffer(stream);
  };
  const parsed = <T>(shape: z.ZodType<T>, bytes: Buffer, name: string): T => {
    try {
      return shape.parse(JSON.parse(bytes.toString('utf8')));
    } catch (cause) {
      throw damaged(name, cause);
    }
  };

  async function take(name: string, size: number, stream: Readable): Promise<void> {
    if (name.startsWith('sommes/')) {
      const told = (await small(stream, size)).toString('utf8').split('\n').filter(Boolean);
      if (told.length !== sums.length || told.some((line, at) => line !== sums[at])) throw damaged('sums');
      sums.length = 0;
      return;
    }
    const hash = createHash('sha256');
    const summed = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const plain = stream.pipe(summed);
    stream.once('error', (error) => summed.destroy(error));
    if (name === 'debut.json') {
      start = parsed(startShape, await small(plain, size), name);
      await reader.start?.(start);
    } else if (start === null) {
      throw damaged('it has no beginning');
    } else if (name.startsWith('tables/')) {
      const table = name.split('/')[1] ?? '';
      const part = await unpackRows(await small(plain, size));
      await reader.rows?.(table, part);
      seen.tables[table] = (seen.tables[table] ?? 0) + part.length;
      rows += part.length;
    } else if (name.startsWith('fichiers/')) {
      const path = name.slice('fichiers/'.length);
      if (!SAFE_PATH.test(path)) throw damaged('a path leads out of the store');
      if (reader.file) await reader.file(path, size, plain);
      else plain.resume();
      seen.fichiers += 1;
      seen.octets += size;
    } else if (name.startsWith('notes/')) {
      const note = parsed(z.unknown(), await small(plain, size), name);
      await reader.note?.(name.slice('notes/'.length, -'.json'.length), note);
    } else if (name === 'fin.json') {
      summary = parsed(summaryShape, await small(plain, size), name);
    } else throw damaged(`${name} is unknown`);
    if (!summed.readableEnded) await pipeline(summed, discard());
    sums.push(`${hash.digest('hex')}  ${name}`);
    reader.progress?.({ rows, files: seen.fichiers, bytes: seen.octets });
  }

  const entries = extract();
  const flowing = pipeline(content, entries);
  try {
    for await (const entry of entries) {
      await take(entry.header.name, entry.header.size ?? 0, entry as unknown as Readable);
    }
    await flowing;
  } catch (error) {
    content.destroy();
    await flowing.catch(() => undefined);
    if (error instanceof Error && /tar|TamperedError|cut|altered/i.test(`${error.name} ${error.message}`)) {
      throw error instanceof ArchiveError ? error : damaged(error.message, error);
    }
    throw error;
  }
  const [begun, told] = [start as ArchiveStart | null, summary as ArchiveSummary | null];
  if (!begun || !told) throw damaged('it is not whole');
  seen.absents = told.absents;
  if (JSON.stringify(sorted(told)) !== JSON.stringify(sorted(seen))) throw damaged('something is missing');
  return { start: begun, summary: told };
}

function sorted({ tables, ...rest }: ArchiveSummary): object {
  const names = Object.keys(tables).sort();
  return { tables: names.map((name) => [name, tables[name]]), ...rest };
}

function discard(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

import { randomBytes } from 'node:crypto';
import { mkdir, opendir, readFile, rename, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@gec/core';
import { TamperedError, UnknownKeyError, type FileCipher } from '@gec/crypto';
import { removeFile, shredFile, systemCode } from './durable.ts';
import { isPath } from './file-store.ts';

/** What a picture is of: a file of the store, a page from 1, a width in pixels. */
export interface PreviewKey {
  readonly path: string;
  readonly page: number;
  readonly width: number;
}

/** A picture with its facts. */
export interface Preview {
  readonly image: Buffer;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

/** Pictures of pages, sealed on disk, so that a page is rendered once. Losing one costs a moment, nothing else. */
export interface PreviewCache {
  /** The picture, from the disk or from `render`; those who ask at the same time wait for one rendering. */
  get(key: PreviewKey, render: () => Promise<Preview>): Promise<Preview>;
  /** Destroys the pictures of a file. */
  drop(path: string): Promise<void>;
  /** Takes the longest unused pictures away until nine tenths of the bound are left; answers how many went. */
  sweep(): Promise<number>;
}

/** How a cache is set up. */
export interface PreviewCacheOptions {
  /** Folder of its own; made when missing. */
  dir: string;
  files: FileCipher;
  clock: Clock;
  /** Bytes on disk at most, apart from what is written between two sweeps. 512 MB unless said otherwise. */
  maxBytes?: number;
}

interface CachedFile {
  path: string;
  size: number;
  usedAt: number;
}

const MAX_BYTES = 512 * 1024 * 1024;
/** Being used is noted at most once in this time (ms): a note is a write. */
const TOUCH_MS = 10 * 60_000;

/** The facts in one line of JSON, then the bytes of the picture. */
function encode({ image, ...facts }: Preview): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(facts)}\n`), image]);
}

function decode(bytes: Buffer): Preview {
  const end = bytes.indexOf(0x0a);
  const facts = JSON.parse(bytes.toString('utf8', 0, end)) as Omit<Preview, 'image'>;
  return { ...facts, image: bytes.subarray(end + 1) };
}

/** Makes a cache of page pictures in a folder. */
export function createPreviewCache(options: PreviewCacheOptions): PreviewCache {
  const { dir, files, clock, maxBytes = MAX_BYTES } = options;
  const underWay = new Map<string, Promise<Preview>>();
  let written = 0;
  let sweeping: Promise<number> | undefined;

  function folderOf(path: string): string {
    if (!isPath(path)) throw new TypeError('not a path of the file store');
    return join(dir, path);
  }
  const fileOf = ({ path, page, width }: PreviewKey) => join(folderOf(path), `${page}-${width}`);
  const sealedAs = ({ path, page, width }: PreviewKey) => `preview/${path}/${page}-${width}`;

  async function read(key: PreviewKey): Promise<Preview | null> {
    const file = fileOf(key);
    try {
      const preview = decode(files.openBuffer(sealedAs(key), await readFile(file)));
      void noteUse(file);
      return preview;
    } catch (error) {
      // Cut short by a crash, or sealed with a key that is gone: it is made again.
      if (error instanceof TamperedError || error instanceof UnknownKeyError) return null;
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  async function noteUse(file: string): Promise<void> {
    const now = clock.now();
    try {
      const { mtimeMs } = await stat(file);
      if (now.getTime() - mtimeMs > TOUCH_MS) await utimes(file, now, now);
    } catch {
      // Swept meanwhile, or a read-only disk: the picture was read all the same.
    }
  }

  async function write(key: PreviewKey, preview: Preview): Promise<void> {
    const file = fileOf(key);
    const partial = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const sealed = files.sealBuffer(sealedAs(key), encode(preview));
      await writeFile(partial, sealed, { mode: 0o600, flag: 'wx' });
      const now = clock.now();
      await utimes(partial, now, now);
      await rename(partial, file);
      written += sealed.length;
    } catch {
      // A full disk must not keep anybody from reading: the picture is shown and not kept.
      await removeFile(partial).catch(() => undefined);
    }
    if (written > maxBytes / 10) void sweep().catch(() => undefined);
  }

  async function* cached(folder: string, depth = 3): AsyncIterable<CachedFile> {
    try {
      for await (const entry of await opendir(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && depth > 0) yield* cached(path, depth - 1);
        else if (entry.isFile()) {
          const { size, mtimeMs } = await stat(path);
          yield { path, size, usedAt: mtimeMs };
        }
      }
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }

  async function sweepNow(): Promise<number> {
    written = 0;
    const all: CachedFile[] = [];
    let total = 0;
    for await (const file of cached(dir)) {
      all.push(file);
      total += file.size;
    }
    if (total <= maxBytes) return 0;
    all.sort((a, b) => a.usedAt - b.usedAt);
    let gone = 0;
    for (const file of all) {
      if (total <= maxBytes * 0.9) break;
      await removeFile(file.path);
      // The folder goes with its last picture; one that is not empty refuses, which is fine.
      await rmdir(dirname(file.path)).catch(() => undefined);
      total -= file.size;
      gone += 1;
    }
    return gone;
  }

  function sweep(): Promise<number> {
    sweeping ??= sweepNow().finally(() => {
      sweeping = undefined;
    });
    return sweeping;
  }

  return {
    get(key, render) {
      const id = sealedAs(key);
      let answer = underWay.get(id);
      if (!answer) {
        answer = (async () => {
          const known = await read(key);
          if (known) return known;
          const made = await render();
          await write(key, made);
          return made;
        })().finally(() => underWay.delete(id));
        underWay.set(id, answer);
      }
      return answer;
    },

    async drop(path) {
      const folder = folderOf(path);
      // What is being rendered now would be kept after all.
      const waiting = [...underWay].filter(([id]) => id.startsWith(`preview/${path}/`));
      await Promise.allSettled(waiting.map(([, answer]) => answer));
      for await (const file of cached(folder, 0)) await shredFile(file.path);
      await rmdir(folder).catch((error: unknown) => {
        if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTEMPTY') throw error;
      });
    },

    sweep,
  };
}

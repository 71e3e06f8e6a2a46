import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';

/** A file of the store, as `list` tells it. */
export interface StoredFile {
  readonly path: string;
  /** When its last byte was written. */
  readonly modifiedAt: Date;
  /** Bytes as stored, that is sealed. */
  readonly size: number;
}

/**
 * Where sealed files are kept. It knows nothing of keys: what it is given is sealed already, and the path that
 * `newPath` answers is the `fileId` that seals it. A disk and an object store can both do all of this: a file is there
 * whole or not at all, never changes, and never moves.
 */
export interface FileStore {
  /** A random path that no file bears. */
  newPath(): string;
  /**
   * Keeps a file. When it resolves, bytes and name survive a power cut; when it rejects, nothing is left.
   *
   * @param path from `newPath`
   * @param source the bytes, sealed, as they come or all of them (some megabytes at most then); each chunk is the
   *   store's from then on, which frees its memory
   * @param check looks at what was written before the file bears its name, while it is made durable; `stored` opens the
   *   sealed bytes. What it throws refuses the file.
   * @returns bytes stored
   * @throws AppError `unavailable` STORAGE_FULL; whatever source and check throw
   */
  put(
    path: string,
    source: AsyncIterable<Uint8Array> | readonly Uint8Array[],
    check?: (stored: () => Readable) => Promise<void>,
  ): Promise<{ bytes: number }>;
  /** The sealed bytes. @throws AppError `unavailable` FILE_MISSING when there is no such file */
  open(path: string): Promise<Readable>;
  exists(path: string): Promise<boolean>;
  /** Bytes as stored; null when there is no such file. */
  size(path: string): Promise<number | null>;
  /** Takes a file away; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Takes a file away for good, its bytes overwritten as far as the medium allows; harmless when repeated. */
  destroy(path: string): Promise<void>;
  /** Every file, in no particular order, while others come and go. */
  list(): AsyncIterable<StoredFile>;
  /** Takes away what puts left behind that were cut short before that instant (by a crash); answers how many. */
  sweepPartial(before: Date): Promise<number>;
}

/** The only form of a path: two levels of folders that spread the files, and the name that they are taken from. */
const PATH = /^([0-9a-f]{2})\/([0-9a-f]{2})\/\1\2[0-9a-f]{28}$/;

/** Files that go into a folder before the next one is begun: making a folder durable costs more than a file. */
const FILES_PER_FOLDER = 256;

/**
 * Makes paths that name nothing yet: a random folder that is used for some hundred files, and 112 random bits.
 *
 * @returns a function that answers a new path at each call
 */
export function createPaths(): () => string {
  let folder = '';
  let left = 0;
  return () => {
    if (left === 0) {
      folder = randomBytes(2).toString('hex');
      left = FILES_PER_FOLDER;
    }
    left -= 1;
    const name = folder + randomBytes(14).toString('hex');
    return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
  };
}

/** Whether a text has the form of a path; nothing else ever reaches the disk. */
export function isPath(path: string): boolean {
  return PATH.test(path);
}

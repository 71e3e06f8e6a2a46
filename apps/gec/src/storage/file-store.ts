import { randomBytes } from 'node:crypto';

/** A file of the store, as `list` tells it. */
export interface StoredFile {
  readonly path: string;
  /** When its last byte was written. */
  readonly modifiedAt: Date;
  /** Bytes as stored, that is sealed. */
  readonly size: number;
}

/** Bytes to keep: a stream, or anything that yields them. */
export type FileSource = AsyncIterable<Uint8Array>;

/**
 * Where sealed files are kept. It knows nothing of keys: what it is given is sealed already, and the path that
 * `newPath` answers is the `fileId` that seals it. A disk and an object store can both do all of this: a put is seen
 * whole or not at all, paths never change, and nothing is ever changed in place.
 */
export interface FileStore {
  /** A random path that no file bears. */
  newPath(): string;
  /**
   * Keeps a file. When it resolves, the bytes and the name survive a power cut; when it rejects, nothing is left.
   *
   * @param path from `newPath`
   * @param written called when every byte can be read back through `open`'s promise of the same put, before it is durable
   * @returns bytes stored
   * @throws AppError `unavailable` STORAGE_FULL; whatever the source throws
   */
  put(path: string, source: FileSource): Promise<{ bytes: number }>;
  /** The sealed bytes. @throws AppError `unavailable` FILE_MISSING when there is no such file */
  open(path: string): Promise<AsyncIterable<Uint8Array> & NodeJS.ReadableStream>;
  exists(path: string): Promise<boolean>;
  /** Takes a file away; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Takes a file away for good, its bytes overwritten as far as the medium allows it; harmless when repeated. */
  destroy(path: string): Promise<void>;
  /** Every file, in no particular order, while others come and go. */
  list(): AsyncIterable<StoredFile>;
  /** Takes away what puts left behind that a crash cut short before that instant; answers how many. */
  sweepPartial(before: Date): Promise<number>;
}

/** The only form that a path has: two levels of folders that spread the files, and the name they are taken from. */
const PATH = /^([0-9a-f]{2})\/([0-9a-f]{2})\/\1\2[0-9a-f]{28}$/;

/** A path that names nothing yet: 128 random bits. */
export function randomPath(): string {
  const name = randomBytes(16).toString('hex');
  return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
}

/** Whether a text is a path of a store; nothing else ever reaches the disk. */
export function isPath(path: string): boolean {
  return PATH.test(path);
}

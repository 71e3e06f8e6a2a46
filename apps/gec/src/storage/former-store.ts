import { AppError } from '@gec/core';
import type { FileStore } from './file-store.ts';

/**
 * Two stores while files move from one to the other: everything new goes to `present`, what is not there yet is read
 * from `former`, and what goes away goes away from both.
 */
export function createMovingStore(present: FileStore, former: FileStore): FileStore {
  const isMissing = (error: unknown): boolean => error instanceof AppError && error.code === 'FILE_MISSING';
  return {
    newPath: () => present.newPath(),
    put: (path, source, check) => present.put(path, source, check),
    async open(path) {
      try {
        return await present.open(path);
      } catch (error) {
        if (!isMissing(error)) throw error;
        return former.open(path);
      }
    },
    size: async (path) => (await present.size(path)) ?? (await former.size(path)),
    exists: async (path) => (await present.exists(path)) || (await former.exists(path)),
    async remove(path) {
      await Promise.all([present.remove(path), former.remove(path)]);
    },
    async destroy(path) {
      await Promise.all([present.destroy(path), former.destroy(path)]);
    },
    async *list() {
      yield* present.list();
      for await (const file of former.list()) if (!(await present.exists(file.path))) yield file;
    },
    sweepPartial: async (before) =>
      (await present.sweepPartial(before)) + (await former.sweepPartial(before)),
  };
}

/** How a move of files stands. */
export interface Moved {
  /** Files copied now, and bytes. */
  readonly copied: number;
  readonly bytes: number;
  /** Files that were there already. */
  readonly there: number;
}

/**
 * Copies every file that the present store lacks, compares its size, then takes it away from the former one. It can be
 * interrupted and begun again.
 *
 * @param options.keep leaves the files in the former store
 * @throws what a store throws; an Error when a copy is not as long as its source
 */
export async function moveFiles(
  former: FileStore,
  present: FileStore,
  options: { keep?: boolean; progress?: (files: number, bytes: number) => void } = {},
): Promise<Moved> {
  let [copied, bytes, there] = [0, 0, 0];
  for await (const { path, size } of former.list()) {
    const known = await present.size(path);
    if (known === size) there += 1;
    else {
      const source = await former.open(path).catch((error: unknown) => {
        // Destroyed since it was listed.
        if (error instanceof AppError && error.code === 'FILE_MISSING') return null;
        throw error;
      });
      if (!source) continue;
      if (known !== null) await present.remove(path);
      await present.put(path, source as AsyncIterable<Uint8Array>);
      const written = await present.size(path);
      if (written !== size) throw new Error(`the copy of ${path} has ${written} bytes instead of ${size}`);
      copied += 1;
      bytes += size;
    }
    if (!options.keep) await former.remove(path);
    options.progress?.(copied + there, bytes);
  }
  return { copied, bytes, there };
}

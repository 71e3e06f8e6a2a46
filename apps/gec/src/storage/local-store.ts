import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, opendir, rename, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@gec/core';
import { removeFile, shredFile, syncFolder, systemCode, writeAll } from './durable.ts';
import { createPaths, isPath, type FileStore, type StoredFile } from './file-store.ts';
import { storageTexts } from './storage.texts.ts';

/** How a local store is set up. */
export interface LocalStoreOptions {
  /** Folder of its own; made when missing. */
  dir: string;
}

/** Puts that are under way; a folder that no path can name. */
const PARTIAL = 'partial';
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Names in a folder, or none when it is gone. */
async function* namesIn(folder: string): AsyncIterable<string> {
  try {
    for await (const entry of await opendir(folder)) yield entry.name;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

async function statOf(path: string) {
  return stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
}

/**
 * A store in a folder of this machine (or on a disk that several machines share). A file is written under another
 * name, synced, given its name, and its folder synced; only this program's account may read it.
 */
export function createLocalFileStore({ dir }: LocalStoreOptions): FileStore {
  // The store does not know who asks: services word these errors again in the person's language, by their code.
  const texts = storageTexts('fr');
  const partialDir = join(dir, PARTIAL);
  /** Folders whose own names this process knows to be durable. */
  const durable = new Set<string>();

  function absolute(path: string): string {
    if (!isPath(path)) throw new TypeError('not a path of the file store');
    return join(dir, path);
  }

  function worded(error: unknown): unknown {
    if (!FULL.has(systemCode(error))) return error;
    return new AppError('unavailable', 'STORAGE_FULL', texts.plein, { cause: error });
  }

  async function openPartial(path: string): Promise<FileHandle> {
    try {
      return await open(path, 'wx', FILE_MODE);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      await mkdir(partialDir, { recursive: true, mode: FOLDER_MODE });
      return open(path, 'wx', FILE_MODE);
    }
  }

  /** Moves a written file to its name and makes that name durable. */
  async function name(partial: string, path: string): Promise<void> {
    const target = join(dir, path);
    const leaf = dirname(target);
    try {
      await rename(partial, target);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      await mkdir(leaf, { recursive: true, mode: FOLDER_MODE });
      await rename(partial, target);
    }
    // A folder may have been made a moment ago, here or by another process: its name has to last as well.
    const folders = durable.has(leaf) ? [leaf] : [leaf, dirname(leaf), dir];
    await Promise.all(folders.map(syncFolder));
    durable.add(leaf);
  }

  return {
    newPath: createPaths(),

    async put(path, source, check) {
      const target = absolute(path);
      const partial = join(partialDir, `${randomBytes(12).toString('hex')}.part`);
      let handle: FileHandle | undefined;
      let named = false;
      try {
        handle = await openPartial(partial);
        const bytes = await writeAll(handle, source);
        const outcomes = await Promise.allSettled([
          handle.sync(),
          check?.(() => createReadStream(partial, { highWaterMark: 128 * 1024 })),
        ]);
        for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
        await handle.close();
        named = true;
        await name(partial, path);
        return { bytes };
      } catch (error) {
        await handle?.close().catch(() => undefined);
        await removeFile(partial);
        if (named) await removeFile(target);
        throw worded(error);
      }
    },

    async open(path) {
      const target = absolute(path);
      try {
        return (await open(target, 'r')).createReadStream({ highWaterMark: 128 * 1024 });
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
        throw new AppError('unavailable', 'FILE_MISSING', texts.illisible, { cause: error });
      }
    },

    async exists(path) {
      return access(absolute(path)).then(
        () => true,
        () => false,
      );
    },

    remove: (path) => removeFile(absolute(path)),
    destroy: (path) => shredFile(absolute(path)),

    async *list(): AsyncIterable<StoredFile> {
      for await (const first of namesIn(dir)) {
        if (!/^[0-9a-f]{2}$/.test(first)) continue;
        for await (const second of namesIn(join(dir, first))) {
          for await (const file of namesIn(join(dir, first, second))) {
            const path = `${first}/${second}/${file}`;
            const facts = isPath(path) ? await statOf(join(dir, path)) : null;
            if (facts) yield { path, modifiedAt: facts.mtime, size: facts.size };
          }
        }
      }
    },

    async sweepPartial(before) {
      let swept = 0;
      for await (const file of namesIn(partialDir)) {
        const path = join(partialDir, file);
        const facts = await statOf(path);
        if (!facts || facts.mtime >= before) continue;
        await removeFile(path);
        swept += 1;
      }
      return swept;
    },
  };
}

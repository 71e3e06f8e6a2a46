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

  /** The folder of a file, made when missing, to be synced once the file has its name in it. */
  async function openFolder(path: string): Promise<FileHandle> {
    try {
      return await open(path, 'r');
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      await mkdir(path, { recursive: true, mode: FOLDER_MODE });
      return open(path, 'r');
    }
  }

  /** Makes the names that lead to a file durable. */
  async function syncNames(leaf: string, folder: FileHandle): Promise<void> {
    // A folder may have been made a moment ago, here or by another process: its name has to last as well.
    const above = durable.has(leaf) ? [] : [dirname(leaf), dir];
    await Promise.all([folder.sync(), ...above.map(syncFolder)]);
    durable.add(leaf);
  }

  return {
    newPath: createPaths(),

    async put(path, source, check) {
      const target = absolute(path);
      const partial = join(partialDir, `${randomBytes(12).toString('hex')}.part`);
      const leaf = dirname(target);
      const opened: FileHandle[] = [];
      let named = false;
      try {
        const handle = await openPartial(partial);
        opened.push(handle);
        const bytes = await writeAll(handle, source);
        // Each of these is a turn in a queue, so what can be done at the same time is.
        const [folder, ...outcomes] = await Promise.allSettled([
          openFolder(leaf),
          handle.sync(),
          check?.(() => createReadStream(partial, { highWaterMark: 128 * 1024 })),
        ]);
        if (folder.status === 'rejected') throw folder.reason;
        opened.push(folder.value);
        for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
        named = true;
        await rename(partial, target);
        await syncNames(leaf, folder.value);
        return { bytes };
      } catch (error) {
        await removeFile(partial);
        if (named) await removeFile(target);
        throw worded(error);
      } finally {
        // What was to be on the medium is there: nobody waits for this, and there is nothing left in it that could fail.
        for (const handle of opened) void handle.close().catch(() => undefined);
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

    size: async (path) => (await statOf(absolute(path)))?.size ?? null,

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

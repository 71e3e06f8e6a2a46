import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where the sealed local file is kept: a file, a row of a database… Its content is of no use to anybody else. */
export interface LicenceStorage {
  /** The content, or null when nothing was kept yet. */
  load(): Promise<string | null>;
  /**
   * Keeps a new content in place of the one that was loaded.
   *
   * @param previous what the new content was made from; when something else is kept by now, nothing is done
   * @returns whether it was kept
   */
  save(content: string, previous: string | null): Promise<boolean>;
}

/**
 * Keeps the local file on disk, readable by the program's account alone. A crash leaves the old content or the new one.
 * For one process; several processes need a storage that compares and replaces in one step, such as a database row.
 *
 * @param path where; its folder must exist
 */
export function fileStorage(path: string): LicenceStorage {
  async function load(): Promise<string | null> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }
  return {
    load,
    async save(content, previous) {
      if ((await load()) !== previous) return false;
      const draft = `${path}.${randomBytes(6).toString('hex')}`;
      try {
        const file = await open(draft, 'wx', 0o600);
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      const folder = await open(dirname(path), 'r');
      await folder.sync().finally(() => folder.close());
      return true;
    },
  };
}

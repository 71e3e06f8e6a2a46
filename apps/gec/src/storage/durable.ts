import { randomFillSync } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';

/** The `code` of a system error, or the empty text. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Makes the names in a folder survive a power cut (a name belongs to its folder, not to the file). */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all of a chunk: a write may take a part of it only. */
export async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let from = 0;
  while (from < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, from, chunk.length - from);
    from += bytesWritten;
  }
}

/** Takes a file away; one that is not there is no error. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/**
 * Overwrites a file with random bytes, waits until they are on the medium, then removes it. Nothing if it is not there.
 *
 * This is the best that a program can do, and it is not much: the controller of an SSD, a copy-on-write file system
 * (btrfs, ZFS), a journal of data, a snapshot or a backup may all keep the old blocks. What they keep is sealed; it
 * becomes unreadable for good only when the file keys are changed and the old generation is destroyed.
 */
export async function shredFile(path: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r+');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const noise = Buffer.allocUnsafe(Math.min(64 * 1024, Math.max(size, 1)));
    for (let at = 0; at < size; at += noise.length) {
      randomFillSync(noise);
      await handle.write(noise, 0, Math.min(noise.length, size - at), at);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await removeFile(path);
}

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

/** Bytes that are gathered before they are written: a write costs more than its bytes. */
const BATCH_BYTES = 256 * 1024;

/** Writes all of some chunks, one after the other: a write may take a part of them only. */
async function writeBatch(handle: FileHandle, chunks: readonly Uint8Array[], size: number): Promise<void> {
  const { bytesWritten } = await handle.writev([...chunks]);
  if (bytesWritten === size) return;
  let rest = Buffer.concat(chunks).subarray(bytesWritten);
  while (rest.length > 0) rest = rest.subarray((await handle.write(rest)).bytesWritten);
}

/**
 * Gives back the memory of a chunk that nobody needs any more, where the chunk is all of it. The garbage collector hardly
 * sees memory outside its heap: left to it, fifty files that are written at once would hold a hundred megabytes for
 * nothing, and it would look through the whole heap for every few megabytes that passed.
 */
export function free(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.byteLength) buffer.transfer(0);
}

/**
 * Writes all that a source gives, in batches, or at once where all of it is in memory; the chunks are freed. Answers how
 * many bytes there were.
 */
export async function writeAll(
  handle: FileHandle,
  source: AsyncIterable<Uint8Array> | readonly Uint8Array[],
): Promise<number> {
  let total = 0;
  let size = 0;
  let batch: Uint8Array[] = [];
  const flush = async (): Promise<void> => {
    await writeBatch(handle, batch, size);
    batch.forEach(free);
    total += size;
    size = 0;
    batch = [];
  };
  if (!(Symbol.asyncIterator in source)) {
    batch = [...source];
    size = batch.reduce((bytes, chunk) => bytes + chunk.length, 0);
    await flush();
    return total;
  }
  for await (const chunk of source) {
    batch.push(chunk);
    size += chunk.length;
    if (size >= BATCH_BYTES) await flush();
  }
  if (size > 0) await flush();
  return total;
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

import { accessSync, constants, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own, removed by `remove()` (or by `await using`). */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
  remove(): Promise<void>;
}

/** Files in memory, where Linux offers them. */
const MEMORY = '/dev/shm';
/** Bytes that a run of all tests may take there, with a wide margin. */
const MEMORY_ROOM = 4 * 1024 ** 3;

/**
 * Where databases go that live for one test: in memory where there is room for a whole run, since making and dropping
 * a thousand of them on a disk takes longer than the tests themselves; else the system's temporary directory.
 */
export function fastDirectory(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= MEMORY_ROOM ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/**
 * Creates an empty directory of its own.
 *
 * @param prefix beginning of its name, to recognise a leftover
 * @param base the directory that it is made in
 * @returns its absolute path and how to remove it with all that is in it
 */
export async function tempDir(prefix = 'gec-test-', base = tmpdir()): Promise<TempDir> {
  const path = await mkdtemp(join(base, prefix));
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 3 });
  return { path, remove, [Symbol.asyncDispose]: remove };
}

/**
 * A TCP port of the loopback interface that nothing listens on at this moment. Prefer port 0 where the program under
 * test can report the port it got: between this answer and its use, another process may take the port.
 *
 * @returns a port number between 1024 and 65535
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('The system gave no port'));
      });
    });
  });
}

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory of its own, removed by `remove()` (or by `await using`). */
export interface TempDir extends AsyncDisposable {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Creates an empty directory below the system's temporary directory.
 *
 * @param prefix beginning of its name, to recognise a leftover
 * @returns its absolute path and how to remove it with all that is in it
 */
export async function tempDir(prefix = 'gec-test-'): Promise<TempDir> {
  const path = await mkdtemp(join(tmpdir(), prefix));
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

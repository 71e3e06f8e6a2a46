import { close, fdatasync, fsyncSync, openSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** What was committed may not be on the medium, and whether it is can no longer be told but by starting again. */
export class SyncError extends Error {
  readonly code = 'GEC_SYNC_FAILED';

  constructor(cause: unknown) {
    super('the log of the database could not be made durable', { cause });
    this.name = 'SyncError';
  }
}

/** Makes a file durable. */
export type SyncFile = (fd: number) => Promise<void>;

const dataSync: SyncFile = promisify(fdatasync);

/**
 * Makes commits of SQLite last, beside the thread that runs the program: SQLite itself would stop everything for as long
 * as the medium takes. What several people commit while the medium is busy is made durable together.
 *
 * SQLite with `synchronous = full` writes its log and syncs it; with `normal` it only writes it, in the same order and
 * with the same checksums. Syncing the log afterwards, before anybody is told, gives the same promise.
 */
export class WalSync {
  readonly #path: string;
  readonly #sync: SyncFile;
  readonly #onFailure: (error: SyncError) => void;
  #fd: number | null = null;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #failed: SyncError | null = null;

  /**
   * @param database path of the database file itself, not of a link to it: the log is beside the file
   * @param onFailure told once when a sync has failed
   * @param sync only tests give their own
   */
  constructor(
    database: string,
    onFailure: (error: SyncError) => void = () => undefined,
    sync: SyncFile = dataSync,
  ) {
    this.#path = `${database}-wal`;
    this.#onFailure = onFailure;
    this.#sync = sync;
  }

  /** Throws once a sync has failed: the system may have dropped what it could not write, and says so only once. */
  check(): void {
    if (this.#failed) throw this.#failed;
  }

  /**
   * Resolves when everything that was committed before the call is on the medium.
   *
   * @throws SyncError
   */
  wait(): Promise<void> {
    if (!this.#running && !this.#next) return this.#begin();
    // The sync that is under way may have begun before the last commit: the one after it serves all who ask meanwhile.
    return (this.#next ??= Promise.resolve(this.#running)
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.#begin();
      }));
  }

  /** Resolves when what others wait for is on the medium, at once when nobody does. @throws SyncError */
  async settled(): Promise<void> {
    await (this.#next ?? this.#running);
    // What was read may have been part of a sync that had failed before this was asked.
    this.check();
  }

  /** Waits for what is under way, and closes the log. */
  async close(): Promise<void> {
    await this.settled().catch(() => undefined);
    if (this.#fd !== null) await promisify(close)(this.#fd);
    this.#fd = null;
  }

  #begin(): Promise<void> {
    const running = this.#once().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    return (this.#running = running);
  }

  async #once(): Promise<void> {
    this.check();
    try {
      await this.#sync((this.#fd ??= this.#open()));
    } catch (error) {
      const first = this.#failed === null;
      this.#failed ??= new SyncError(error);
      if (first) this.#onFailure(this.#failed);
      throw this.#failed;
    }
  }

  /** Opens the log, once there is one, and makes its name last. It keeps its place for as long as the database is open. */
  #open(): number {
    const fd = openSync(this.#path, 'r+');
    const folder = openSync(dirname(this.#path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
    return fd;
  }
}

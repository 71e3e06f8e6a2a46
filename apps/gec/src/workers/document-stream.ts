import { Readable } from 'node:stream';
import { Job, type JobSettings } from './job.ts';

/** Bytes of a finished document that wait here for a slow client, so that the child is free for the next one. */
const BUFFER = 1024 * 1024;

/** The bytes of a document while a child makes them. Destroying the stream gives the work up. */
export class DocumentStream extends Readable {
  readonly #job: Job;

  /**
   * @param settings the job without its ends, which are this stream
   * @param submit hands the job to a lane
   */
  constructor(settings: Omit<JobSettings, 'onData' | 'onDone' | 'onError'>, submit: (job: Job) => void) {
    super({ highWaterMark: BUFFER });
    this.#job = new Job({
      ...settings,
      onData: (bytes) => this.push(bytes),
      onDone: () => this.push(null),
      onError: (error) => this.destroy(error),
    });
    submit(this.#job);
  }

  override _read(): void {
    this.#job.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#job.cancel('aborted', error ?? undefined);
    callback(error);
  }
}

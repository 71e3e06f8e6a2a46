import { Readable } from 'node:stream';
import type { AtelierChild } from './child.ts';
import { controlFrame, dataFrames } from './frames.ts';
import { AtelierError, type AtelierErrorCode, type FromChild, type JobHeader } from './protocol.ts';

/** Time that a child has to put down a cancelled job before it is killed (ms). */
const CANCEL_GRACE_MS = 1_000;
/** Time that a consumer may leave an answer unread before the job is given up (ms). */
const SLOW_CONSUMER_MS = 120_000;
/** Rows of a document per frame. */
const ROWS_PER_FRAME = 50;
/** Most bytes of a file that a child is given. */
const MAX_INPUT = 128 * 1024 * 1024;

/** What a job is made of, apart from what the child is told. */
export interface JobSettings {
  header: JobHeader;
  /** Bytes of a file, or rows of a document. */
  input: AsyncIterable<unknown> | Iterable<unknown>;
  /** Longest silence (ms) on both sides before the child is taken for stuck and killed. */
  limitMs: number;
  /** 0 first. */
  priority: number;
  signal: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Takes a piece of the answer; false: hold back until {@link Job.resume}. */
  onData(bytes: Buffer): boolean;
  onDone(result: unknown): void;
  onError(error: AtelierError): void;
}

/** One piece of work: waits in a lane, runs on a child, and tells its caller exactly once how it ended. */
export class Job {
  readonly settings: JobSettings;
  /** Called when the child is free again (or gone), which may be after the caller was told. */
  onReleased: (spent: boolean, rss: number) => void = () => undefined;
  /** Called when the job is given up before a child took it. */
  onDropped: () => void = () => undefined;

  /** Whether all of the input was sent: a crash from then on is the file's doing. */
  inputSent = false;

  #child: AtelierChild | undefined;
  #told = false;
  #released = false;
  #paused = false;
  #timer: NodeJS.Timeout | undefined;
  #stopListening: () => void = () => undefined;

  constructor(settings: JobSettings) {
    this.settings = settings;
    this.#listenToCaller();
  }

  /** Whether the caller was told the outcome already. */
  get over(): boolean {
    return this.#told;
  }

  /** Gives the job up: in the queue at once, in a child after a short grace. */
  cancel(code: AtelierErrorCode, cause?: unknown): void {
    if (this.#told) return;
    this.#fail(new AtelierError(code, code, { cause }));
    const child = this.#child;
    if (!child) {
      this.onDropped();
      return;
    }
    child.send({ t: 'cancel' });
    child.resume();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => child.kill(), CANCEL_GRACE_MS);
  }

  /** The consumer wants more of the answer. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#child?.resume();
    this.#arm();
  }

  /** Runs the job on a child that has nothing else to do. */
  start(child: AtelierChild): void {
    this.#child = child;
    child.onFrame = (frame) => {
      if (frame.kind === 'data') this.#take(frame.bytes);
      else this.#hear(frame.message as FromChild);
    };
    child.onMemory = () => this.#fail(new AtelierError('memory'));
    child.onExit = (reason) => {
      this.#fail(new AtelierError('crashed', `child ended: ${reason}`));
      this.#release(true, 0);
    };
    this.#arm();
    void this.#sendInput(child);
  }

  #listenToCaller(): void {
    const { signal, input } = this.settings;
    const giveUp = () => this.cancel('aborted', signal?.reason);
    const failed = (cause: unknown) => this.cancel('aborted', cause);
    signal?.addEventListener('abort', giveUp, { once: true });
    // A stream may fail while the job still waits: without a listener that would end the server.
    if (input instanceof Readable) input.on('error', failed);
    this.#stopListening = () => signal?.removeEventListener('abort', giveUp);
    if (signal?.aborted) queueMicrotask(giveUp);
    else if (input instanceof Readable && input.destroyed) queueMicrotask(() => failed(input.errored));
  }

  async #sendInput(child: AtelierChild): Promise<void> {
    const { header, input } = this.settings;
    const iterator: AsyncIterator<unknown> | Iterator<unknown> =
      Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input[Symbol.iterator]();
    try {
      await child.write(controlFrame({ t: 'job', job: header }));
      if (header.kind === 'document') await this.#sendRows(child, iterator);
      else await this.#sendBytes(child, iterator);
      if (this.#told) return;
      this.inputSent = true;
      child.send({ t: 'end' });
      this.#arm();
    } catch (cause) {
      this.cancel(cause instanceof AtelierError ? cause.code : 'aborted', cause);
    } finally {
      if (!this.inputSent) this.#closeInput(iterator);
    }
  }

  async #sendBytes(child: AtelierChild, iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
    let total = 0;
    for (;;) {
      const next = await iterator.next();
      if (next.done || this.#told) return;
      if (!(next.value instanceof Uint8Array)) throw new TypeError('A file is given as bytes');
      total += next.value.length;
      if (total > MAX_INPUT) throw new AtelierError('too-big');
      await child.write(...dataFrames(next.value));
      if (this.#told) return;
      this.#arm();
    }
  }

  async #sendRows(child: AtelierChild, iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
    let rows: unknown[] = [];
    for (;;) {
      const next = await iterator.next();
      if (this.#told) return;
      if (!next.done) rows.push(next.value);
      if (rows.length >= ROWS_PER_FRAME || (next.done && rows.length > 0)) {
        await child.write(controlFrame({ t: 'rows', rows }));
        rows = [];
        this.#arm();
      }
      if (next.done || this.#told) return;
    }
  }

  #closeInput(iterator: AsyncIterator<unknown> | Iterator<unknown>): void {
    const { input } = this.settings;
    if (input instanceof Readable) input.destroy();
    // The job is over for its caller: how its source closes changes nothing any more.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }

  #take(bytes: Buffer): void {
    if (this.#told) return;
    if (!this.settings.onData(bytes)) {
      this.#paused = true;
      this.#child?.pause();
    }
    this.#arm();
  }

  #hear(message: FromChild): void {
    switch (message.t) {
      case 'progress':
        if (!this.#told) this.settings.onProgress?.(message.done, message.total);
        this.#arm();
        return;
      case 'done':
        this.#tell(() => this.settings.onDone(message.result));
        break;
      case 'error':
        this.#fail(new AtelierError(message.code, message.message));
        break;
    }
    this.#release(message.spent, message.rss);
  }

  /** Starts the clock anew: something moved. */
  #arm(): void {
    if (this.#told || this.#released) return;
    clearTimeout(this.#timer);
    const child = this.#child;
    this.#timer = setTimeout(
      () => {
        this.#fail(new AtelierError('timeout'));
        child?.kill();
      },
      this.#paused ? SLOW_CONSUMER_MS : this.settings.limitMs,
    );
  }

  #fail(error: AtelierError): void {
    this.#tell(() => this.settings.onError(error));
    const { input } = this.settings;
    if (input instanceof Readable && !this.inputSent) input.destroy();
  }

  #tell(how: () => void): void {
    if (this.#told) return;
    this.#told = true;
    clearTimeout(this.#timer);
    this.#stopListening();
    how();
  }

  #release(spent: boolean, rss: number): void {
    if (this.#released) return;
    this.#released = true;
    clearTimeout(this.#timer);
    this.#child?.resume();
    this.onReleased(spent, rss);
  }
}

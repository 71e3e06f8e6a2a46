import { Transform, type TransformCallback } from 'node:stream';

/**
 * Cuts what passes through into chunks of one size and hands each to `convert`, saying which is the last. A chunk is
 * held back until more bytes follow it or the stream ends, so one chunk waits here and at most one in the outgoing
 * queue, however large the buffers that arrive.
 */
export abstract class ChunkedTransform extends Transform {
  readonly #pending: Buffer;
  #filled = 0;
  #resume: (() => boolean) | null = null;

  /** @param size bytes of a full chunk */
  constructor(size: number) {
    super({ highWaterMark: 64 * 1024 });
    this.#pending = Buffer.allocUnsafeSlow(size);
  }

  /** Turns one chunk into the pieces that go out. `chunk` is used again afterwards and must not be kept. */
  protected abstract convert(chunk: Buffer, last: boolean): readonly Buffer[];

  override _transform(data: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#consume(data, 0, done);
  }

  override _flush(done: TransformCallback): void {
    try {
      for (const out of this.convert(this.#pending.subarray(0, this.#filled), true)) this.push(out);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  }

  override _read(size: number): void {
    const resume = this.#resume;
    this.#resume = null;
    // A reader that asked is not asked again before something is pushed: when what was left over gave nothing, the
    // next write has to be let in now, or both sides would wait for ever.
    if (resume === null || !resume()) super._read(size);
  }

  /** Takes in `data` from an offset on, as far as the reader follows; says whether anything was pushed. */
  #consume(data: Buffer, from: number, done: TransformCallback): boolean {
    let offset = from;
    let pushed = false;
    try {
      while (offset < data.length) {
        if (this.#filled === this.#pending.length) {
          const pieces = this.convert(this.#pending, false);
          this.#filled = 0;
          pushed = true;
          let more = true;
          for (const out of pieces) more = this.push(out);
          if (!more) {
            // The reader is behind: go on when it asks, instead of converting a whole large buffer ahead of it.
            const next = offset;
            this.#resume = () => this.#consume(data, next, done);
            return pushed;
          }
        }
        const copied = data.copy(this.#pending, this.#filled, offset);
        this.#filled += copied;
        offset += copied;
      }
    } catch (error) {
      done(error as Error);
      return true;
    }
    done();
    return pushed;
  }
}

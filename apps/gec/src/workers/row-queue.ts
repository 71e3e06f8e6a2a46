/** Rows of a document between the pipe that brings them and the layout that takes them. */
export class RowQueue implements AsyncIterable<unknown> {
  #rows: unknown[] = [];
  #ended = false;
  #error: Error | undefined;
  #wake: () => void = () => undefined;

  push(rows: unknown[]): void {
    for (const row of rows) this.#rows.push(row);
    this.#wake();
  }

  /** No more rows. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Whoever takes rows gets this error instead of the next one. */
  fail(error: Error): void {
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      if (this.#error) throw this.#error;
      const rows = this.#rows;
      this.#rows = [];
      yield* rows;
      if (this.#error || this.#rows.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

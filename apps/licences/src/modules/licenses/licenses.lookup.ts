interface Waiting<T> {
  resolve(found: T | null): void;
  reject(error: unknown): void;
}

/** Keys of one statement at most. */
export const LOOKUP_MAX = 200;

/** Statements under way at once: what is asked meanwhile gathers, so that the busier it is, the more one answers. */
const LANES = 2;

/**
 * Makes a look-up by key that answers all questions of one turn of the event loop with one statement: under load the
 * database is asked once for many requests. What is found and what is not takes the same way.
 *
 * @param query asks the database for the rows of these digests, in any order
 * @param digestOfRow the digest of a row
 * @param convert what the caller wants of a row
 * @returns a function that gives what belongs to a key, or null
 */
export function createLookup<Row, T>(
  query: (digests: string[]) => Promise<Row[]>,
  digestOfRow: (row: Row) => string,
  convert: (row: Row) => T,
): (digest: string) => Promise<T | null> {
  let waiting = new Map<string, Waiting<T>[]>();
  let scheduled = false;
  let busy = 0;

  async function answer(asked: Map<string, Waiting<T>[]>): Promise<void> {
    try {
      const rows = await query([...asked.keys()]);
      const found = new Map(rows.map((row) => [digestOfRow(row), row]));
      for (const [digest, callers] of asked) {
        const row = found.get(digest);
        for (const caller of callers) caller.resolve(row === undefined ? null : convert(row));
      }
    } catch (error) {
      for (const callers of asked.values()) for (const caller of callers) caller.reject(error);
    }
  }

  /** Takes what waits, the most of one statement at once. */
  function next(): Map<string, Waiting<T>[]> {
    const asked = waiting;
    if (asked.size <= LOOKUP_MAX) {
      waiting = new Map();
      return asked;
    }
    const entries = [...asked];
    waiting = new Map(entries.slice(LOOKUP_MAX));
    return new Map(entries.slice(0, LOOKUP_MAX));
  }

  async function lane(): Promise<void> {
    scheduled = false;
    if (busy === LANES) return;
    busy++;
    while (waiting.size > 0) await answer(next());
    busy--;
  }

  return (digest) =>
    new Promise((resolve, reject) => {
      const callers = waiting.get(digest) ?? [];
      callers.push({ resolve, reject });
      waiting.set(digest, callers);
      if (scheduled || busy === LANES) return;
      scheduled = true;
      setImmediate(() => void lane());
    });
}

interface Waiting<T> {
  resolve(found: T | null): void;
  reject(error: unknown): void;
}

/** Keys of one statement at most. */
export const LOOKUP_MAX = 200;

/**
 * Makes a look-up by key that answers all questions of one turn of the event loop with one statement: under load the
 * database is asked once for many requests. What is found and what is not takes the same way.
 *
 * @param query asks the database for the rows of these digests, in any order
 * @param digestOfRow the digest of a row
 * @param convert what the caller wants of a row
 * @param digestOf the digest of a key
 * @returns a function that gives what belongs to a key, or null
 */
export function createLookup<Row, T>(
  query: (digests: string[]) => Promise<Row[]>,
  digestOfRow: (row: Row) => string,
  convert: (row: Row) => T,
  digestOf: (key: string) => string,
): (key: string) => Promise<T | null> {
  let waiting = new Map<string, Waiting<T>[]>();
  let scheduled = false;

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

  function flush(): void {
    scheduled = false;
    const entries = [...waiting];
    waiting = new Map();
    for (let from = 0; from < entries.length; from += LOOKUP_MAX) {
      void answer(new Map(entries.slice(from, from + LOOKUP_MAX)));
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      const digest = digestOf(key);
      const callers = waiting.get(digest) ?? [];
      callers.push({ resolve, reject });
      waiting.set(digest, callers);
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    });
}

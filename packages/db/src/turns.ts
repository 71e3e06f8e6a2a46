/** Everything was taken for longer than one waits for it. SQLSTATE 53300: whoever asks may come again later. */
export class AllTakenError extends Error {
  override readonly name = 'AllTakenError';
  readonly code = '53300';
}

/** Waits for a place, in the order of asking. @returns what gives it back, once. @throws AllTakenError */
export type TakeTurn = () => Promise<() => void>;

/**
 * So many places that are lent out.
 *
 * @param patienceMs how long one waits for a place at most, in milliseconds
 */
export function createTurns(places: number, patienceMs: number): TakeTurn {
  // A set keeps the order of asking, and whoever gives up leaves it from anywhere.
  const waiting = new Set<() => void>();
  let free = places;

  function lend(): () => void {
    let lent = true;
    return () => {
      if (!lent) return;
      lent = false;
      const [next] = waiting;
      // A place is handed over, never put back first: nobody who comes later can take it in between.
      if (next) next();
      else free += 1;
    };
  }

  return async () => {
    if (free > 0) free -= 1;
    else {
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => {
          clearTimeout(timer);
          waiting.delete(called);
        };
        const called = (): void => {
          leave();
          resolve();
        };
        const timer = setTimeout(() => {
          leave();
          reject(new AllTakenError(`all ${places} connections were taken for ${patienceMs} ms`));
        }, patienceMs);
        waiting.add(called);
      });
    }
    return lend();
  };
}

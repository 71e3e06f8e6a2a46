/** Lets so many pieces of work run at once; the others wait in order, holding nothing but their place. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a gate for `places` pieces of work at once. */
export function createGate(places: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    // A place is handed over, never put back first: nobody who comes later can take it in between.
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

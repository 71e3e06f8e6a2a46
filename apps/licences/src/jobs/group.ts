interface Waiting<T, R> {
  readonly item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Lets what is asked for in the same moment be done together: while one group is being worked on, the next one
 * gathers. Nothing waits longer than the work before it. When a group fails, each of its items is tried alone, so
 * that one cannot spoil the others.
 *
 * @param options.work does a group and gives a result for each item, in the same order
 * @param options.size items of one group at most
 * @param options.lanes groups under way at once
 */
export function createGroup<T, R>(options: {
  work(items: readonly T[]): Promise<readonly R[]>;
  size: number;
  lanes: number;
}): (item: T) => Promise<R> {
  const queue: Waiting<T, R>[] = [];
  let busy = 0;

  async function run(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await options.work(group.map(({ item }) => item));
      group.forEach(({ resolve }, index) => resolve(results[index]!));
    } catch (error) {
      if (group.length > 1) for (const one of group) await run([one]);
      else group[0]?.reject(error);
    }
  }

  async function lane(): Promise<void> {
    busy++;
    while (queue.length > 0) await run(queue.splice(0, options.size));
    busy--;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (busy < options.lanes) void lane();
    });
}

import type { Logger } from 'pino';

/** Something to be done again and again, that may fail and is then done again. */
export interface UpkeepTask {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<unknown>;
}

/**
 * Runs tasks in the background, each at its own pace and never twice at once. With several processes each of them
 * does so: tasks are such that doing them twice does no harm.
 */
export function createUpkeep({
  tasks,
  logger,
  onRun,
}: {
  tasks: readonly UpkeepTask[];
  logger: Logger;
  /** Told after each run how it ended; what it throws is logged and changes nothing. */
  onRun?: (task: UpkeepTask, error: unknown) => Promise<void>;
}) {
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Map<string, Promise<void>>();
  let stopped = false;

  function schedule(task: UpkeepTask): void {
    if (stopped) return;
    // Spread over a tenth of the pace, so that processes started together do not work together.
    const delay = task.everyMs * (0.9 + Math.random() * 0.2);
    const timer = setTimeout(() => {
      const work = task
        .run()
        .then(() => null)
        .catch((error: unknown) => {
          logger.warn({ err: error, task: task.name }, 'upkeep failed; trying again later');
          return error;
        })
        .then((error) => onRun?.(task, error))
        .catch((error: unknown) => logger.warn({ err: error, task: task.name }, 'upkeep was not noted'))
        .finally(() => {
          running.delete(task.name);
          schedule(task);
        });
      running.set(task.name, work);
    }, delay);
    timer.unref();
    timers.set(task.name, timer);
  }

  return {
    start(): void {
      for (const task of tasks) schedule(task);
    },
    async stop(): Promise<void> {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}

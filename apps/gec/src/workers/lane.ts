import { AtelierChild, type ChildSettings } from './child.ts';
import type { Job } from './job.ts';

/** A child without work leaves after this long (ms). */
const IDLE_MS = 5 * 60_000;
/**
 * A child is replaced after this many jobs, so that a slow leak in a library never matters. Not sooner: a new one takes
 * a third of a second of processor time, a job three milliseconds; one that has grown goes at once.
 */
const MAX_JOBS = 2_000;
/** Jobs that may wait; beyond it the server is overrun and says so. */
const MAX_WAITING = 500;

/** Some children that share one queue: lower priority numbers first, then first come, first served. */
export class Lane {
  readonly #settings: ChildSettings;
  readonly #size: number;
  readonly #waiting: Job[] = [];
  readonly #idle: AtelierChild[] = [];
  readonly #children = new Set<AtelierChild>();
  readonly #running = new Map<AtelierChild, Job>();
  readonly #leaving = new Map<AtelierChild, NodeJS.Timeout>();
  #closed = false;

  /** @param size most children at once; they are started when there is work */
  constructor(size: number, settings: ChildSettings) {
    this.#size = size;
    this.#settings = settings;
  }

  /** Process ids of the children that are alive. */
  pids(): number[] {
    return [...this.#children].flatMap((child) => (child.pid === undefined ? [] : [child.pid]));
  }

  /** Queues a job; it is refused with `busy` or `closed` where it cannot be taken. */
  submit(job: Job): void {
    if (this.#closed) job.cancel('closed');
    else if (this.#waiting.length >= MAX_WAITING) job.cancel('busy');
    if (job.over) return;
    job.onDropped = () => {
      const at = this.#waiting.indexOf(job);
      if (at >= 0) this.#waiting.splice(at, 1);
    };
    const after = this.#waiting.findIndex((other) => other.settings.priority > job.settings.priority);
    this.#waiting.splice(after < 0 ? this.#waiting.length : after, 0, job);
    this.#next();
  }

  /** Refuses what waits, kills what works (a child holds nothing that could be lost), and resolves when all are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of [...this.#waiting, ...this.#running.values()]) job.cancel('closed');
    const gone = [...this.#children].map((child) => {
      // An idle child does not keep the server alive; the wait for its end must.
      child.setBusy(true);
      child.kill();
      return child.gone;
    });
    await Promise.all(gone);
  }

  #next(): void {
    while (this.#waiting.length > 0 && !this.#closed) {
      const child = this.#idle.pop() ?? (this.#children.size < this.#size ? this.#hire() : undefined);
      if (!child) return;
      const job = this.#waiting.shift();
      if (job) this.#run(child, job);
    }
  }

  #hire(): AtelierChild {
    const child = new AtelierChild(this.#settings);
    this.#children.add(child);
    return child;
  }

  #run(child: AtelierChild, job: Job): void {
    clearTimeout(this.#leaving.get(child));
    this.#leaving.delete(child);
    this.#running.set(child, job);
    child.setBusy(true);
    job.onReleased = (spent, rss) => {
      this.#running.delete(child);
      child.jobs++;
      this.#putBack(
        child,
        spent || child.jobs >= MAX_JOBS || rss > (this.#settings.memoryMb * 1024 * 1024) / 2,
      );
      this.#next();
    };
    job.start(child);
  }

  #putBack(child: AtelierChild, replace: boolean): void {
    child.onFrame = () => undefined;
    child.onMemory = () => undefined;
    // Whoever closes the lane waits for its children, so they must keep the program alive until then.
    if (!this.#closed) child.setBusy(false);
    if (replace) {
      this.#forget(child);
      child.kill();
      return;
    }
    child.onExit = () => {
      this.#forget(child);
      this.#next();
    };
    this.#idle.push(child);
    this.#leaving.set(
      child,
      setTimeout(() => {
        this.#forget(child);
        child.end();
      }, IDLE_MS).unref(),
    );
  }

  #forget(child: AtelierChild): void {
    this.#children.delete(child);
    clearTimeout(this.#leaving.get(child));
    this.#leaving.delete(child);
    const at = this.#idle.indexOf(child);
    if (at >= 0) this.#idle.splice(at, 1);
  }
}

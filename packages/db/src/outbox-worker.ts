import { randomUUID } from 'node:crypto';
import type { Clock } from '@gec/core';
import { sql, type Kysely } from 'kysely';
import type { Database } from './database.ts';
import {
  PermanentFailure,
  type FailedJob,
  type OutboxHandler,
  type OutboxJob,
  type OutboxTables,
} from './outbox.ts';

const MAX_ATTEMPTS = 8;
const LEASE_MS = 5 * 60_000;
const BATCH = 10;

/** Delay before the next attempt: 5 s, 20 s, 80 s … up to an hour. */
function backoffMs(attempts: number): number {
  return Math.min(5_000 * 4 ** (attempts - 1), 3_600_000);
}

/** Runs waiting jobs, in any number of processes at once. */
export interface OutboxWorker {
  /** Looks for work from now on, every `pollMs` and whenever `wake` is called. */
  start(): void;
  /** Says that a job was just committed. */
  wake(): void;
  /** Runs every job that is due now and returns how many ran; for tests and the command line. */
  drain(): Promise<number>;
  /** Jobs that failed for good, newest first. */
  failed(limit?: number): Promise<FailedJob[]>;
  /** Gives a failed job another series of attempts. */
  retry(id: number): Promise<void>;
  /** How many jobs wait, and how many failed for good. */
  counts(): Promise<{ pending: number; failed: number }>;
  /** Finishes the job at hand, lets the others wait for the next start, and stops. */
  stop(): Promise<void>;
}

/** What an outbox worker needs. */
export interface OutboxWorkerOptions<T> {
  database: Database<T>;
  clock: Clock;
  handlers: Readonly<Record<string, OutboxHandler>>;
  onError(error: unknown, job: OutboxJob): void;
  pollMs?: number;
  /** How often a kind of job is tried; 8 times (about two hours and a half) for those not named. */
  maxAttempts?: Readonly<Record<string, number>>;
}

/** Makes a worker; it does nothing until it is started or drained. */
export function createOutboxWorker<T extends OutboxTables>(options: OutboxWorkerOptions<T>): OutboxWorker {
  const { database, clock, handlers } = options;
  const kysely = database.kysely as unknown as Kysely<OutboxTables>;
  const owner = randomUUID();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<number> | undefined;
  let stopped = false;

  async function claim(): Promise<OutboxJob[]> {
    const now = clock.now();
    const lease = new Date(now.getTime() + LEASE_MS).toISOString();
    const nowText = now.toISOString();
    const { rows } = await sql<{ id: number; kind: string; payload: string; attempts: number }>`
      update outbox set state = 'running', attempts = attempts + 1, lease_until = ${lease}, lease_owner = ${owner}
      where id in (
        select id from outbox
        where (state = 'pending' and run_at <= ${nowText}) or (state = 'running' and lease_until < ${nowText})
        order by run_at, id limit ${BATCH} ${database.dialect.skipLocked})
      returning id, kind, payload, attempts`.execute(kysely);
    return rows
      .map((row) => ({ ...row, payload: JSON.parse(row.payload) as unknown }))
      .sort((a, b) => a.id - b.id);
  }

  /** Renews the lease of a job that has waited long behind others. @returns false when another process has taken it */
  async function hold(job: OutboxJob, claimedAt: number): Promise<boolean> {
    const now = clock.now().getTime();
    if (now - claimedAt < LEASE_MS / 2) return true;
    const { numUpdatedRows } = await kysely
      .updateTable('outbox')
      .set({ lease_until: new Date(now + LEASE_MS).toISOString() })
      .where('id', '=', job.id)
      .where('lease_owner', '=', owner)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** Lets jobs wait again that were claimed and not begun. */
  async function giveBack(jobs: readonly OutboxJob[]): Promise<void> {
    if (jobs.length === 0) return;
    await kysely
      .updateTable('outbox')
      .set((eb) => ({
        state: 'pending' as const,
        attempts: eb('attempts', '-', 1),
        lease_until: null,
        lease_owner: null,
      }))
      .where(
        'id',
        'in',
        jobs.map(({ id }) => id),
      )
      .where('lease_owner', '=', owner)
      .execute();
  }

  async function finish(job: OutboxJob, error: unknown): Promise<void> {
    const mine = (eb: Kysely<OutboxTables>) =>
      eb.updateTable('outbox').where('id', '=', job.id).where('lease_owner', '=', owner);
    if (error === undefined) {
      await kysely.deleteFrom('outbox').where('id', '=', job.id).where('lease_owner', '=', owner).execute();
      return;
    }
    const limit = options.maxAttempts?.[job.kind] ?? MAX_ATTEMPTS;
    const forGood = error instanceof PermanentFailure || job.attempts >= limit;
    await mine(kysely)
      .set({
        state: forGood ? 'failed' : 'pending',
        run_at: new Date(clock.now().getTime() + backoffMs(job.attempts)).toISOString(),
        lease_until: null,
        lease_owner: null,
        last_error: error instanceof Error ? error.message.slice(0, 500) : String(error).slice(0, 500),
      })
      .execute();
  }

  async function run(job: OutboxJob): Promise<void> {
    let failure: unknown;
    try {
      const handler = handlers[job.kind];
      if (!handler) throw new Error(`no handler for ${job.kind}`);
      await handler(job);
    } catch (error) {
      failure = error ?? new Error('unknown');
      options.onError(error, job);
    }
    await finish(job, failure);
  }

  async function pass(): Promise<number> {
    let count = 0;
    for (;;) {
      const claimedAt = clock.now().getTime();
      const jobs = stopped ? [] : await claim();
      if (jobs.length === 0) return count;
      for (const [at, job] of jobs.entries()) {
        if (stopped) {
          await giveBack(jobs.slice(at));
          return count;
        }
        if (!(await hold(job, claimedAt))) continue;
        await run(job);
        count++;
      }
    }
  }

  function schedule(delay: number): void {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (running) return;
      running = pass()
        .catch((error: unknown) => {
          options.onError(error, { id: 0, kind: 'outbox', payload: null, attempts: 0 });
          return 0;
        })
        .finally(() => {
          running = undefined;
          schedule(options.pollMs ?? 2_000);
        });
    }, delay);
    timer.unref();
  }

  return {
    start: () => schedule(0),
    wake: () => schedule(0),
    async drain() {
      await running;
      return pass();
    },
    async failed(limit = 100) {
      const rows = await kysely
        .selectFrom('outbox')
        .selectAll()
        .where('state', '=', 'failed')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        payload: JSON.parse(row.payload) as unknown,
        attempts: row.attempts,
        lastError: row.last_error,
        createdAt: row.created_at,
      }));
    },
    async retry(id) {
      await kysely
        .updateTable('outbox')
        .set({ state: 'pending', attempts: 0, run_at: clock.now().toISOString() })
        .where('id', '=', id)
        .where('state', '=', 'failed')
        .execute();
      schedule(0);
    },
    async counts() {
      const rows = await kysely
        .selectFrom('outbox')
        .select(['state', (eb) => eb.fn.countAll<number>().as('n')])
        .groupBy('state')
        .execute();
      const of = (failed: boolean) =>
        rows
          .filter((row) => (row.state === 'failed') === failed)
          .reduce((sum, row) => sum + Number(row.n), 0);
      return { pending: of(false), failed: of(true) };
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

import { randomUUID } from 'node:crypto';
import type { Clock } from '@gec/core';
import { sql, type Generated, type Kysely, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { ColumnTypes } from './types.ts';

/** A side effect that a business transaction wants, and that happens after it, at least once. */
export interface OutboxTable {
  id: Generated<number>;
  kind: string;
  payload: string;
  state: 'pending' | 'running' | 'failed';
  attempts: number;
  run_at: string;
  lease_until: string | null;
  lease_owner: string | null;
  last_error: string | null;
  created_at: string;
}

interface Tables {
  outbox: OutboxTable;
}

/** The table of waiting side effects. Done ones are removed; what failed for good stays for the administrator. */
export function outboxTables(t: ColumnTypes): string[] {
  return [
    `create table outbox (
      id ${t.id}, kind text not null, payload ${t.text} not null, state text not null, attempts integer not null,
      run_at ${t.timestamp} not null, lease_until ${t.timestamp}, lease_owner text, last_error text,
      created_at ${t.timestamp} not null)`,
    `create index outbox_due on outbox(state, run_at)`,
  ];
}

/** What a handler is given. Handlers are idempotent: after a crash the same job comes again. */
export interface OutboxJob {
  readonly id: number;
  readonly kind: string;
  readonly payload: unknown;
  readonly attempts: number;
}

export type OutboxHandler = (job: OutboxJob) => Promise<void>;

/** A job as an administrator sees it when it failed for good. */
export interface FailedJob extends OutboxJob {
  readonly lastError: string | null;
  readonly createdAt: string;
}

/** What waits in the outbox, as an administrator sees it. */
export interface OutboxState {
  /** Jobs that wait for their first or next attempt. */
  readonly pending: number;
  /** Jobs that a process works on now. */
  readonly running: number;
  readonly failed: number;
  /** Since when the job that is due longest waits (ISO 8601, UTC); null when none is due. */
  readonly dueSince: string | null;
}

/** Thrown by a handler whose job no further attempt can save: it fails for good at once. */
export class PermanentFailure extends Error {
  override readonly name = 'PermanentFailure';
}

const MAX_ATTEMPTS = 8;
const LEASE_MS = 5 * 60_000;
const BATCH = 10;

/** Delay before the next attempt: 5 s, 20 s, 80 s … up to an hour. */
function backoffMs(attempts: number): number {
  return Math.min(5_000 * 4 ** (attempts - 1), 3_600_000);
}

/**
 * Puts a job into the outbox within the caller's transaction.
 *
 * @param payload JSON value; it is stored in clear, so it names rows by id and carries no content of letters
 * @param runAt instant from which the job may run; now if left out
 */
export async function enqueue<T extends Tables>(
  trx: Transaction<T>,
  clock: Clock,
  kind: string,
  payload: unknown,
  runAt?: string,
): Promise<void> {
  const now = clock.now().toISOString();
  await (trx as unknown as Kysely<Tables>)
    .insertInto('outbox')
    .values({
      kind,
      payload: JSON.stringify(payload),
      state: 'pending',
      attempts: 0,
      run_at: runAt ?? now,
      lease_until: null,
      lease_owner: null,
      last_error: null,
      created_at: now,
    })
    .execute();
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

const on = <T extends Tables>(db: Kysely<T> | Transaction<T>): Kysely<Tables> =>
  db as unknown as Kysely<Tables>;

/** What waits in the outbox at an instant (ISO 8601, UTC). */
export async function outboxState<T extends Tables>(db: Kysely<T>, now: string): Promise<OutboxState> {
  const rows = await on(db)
    .selectFrom('outbox')
    .select(['state', (eb) => eb.fn.countAll<number>().as('n')])
    .groupBy('state')
    .execute();
  const due = await on(db)
    .selectFrom('outbox')
    .select('run_at')
    .where('state', '=', 'pending')
    .where('run_at', '<=', now)
    .orderBy('run_at')
    .limit(1)
    .executeTakeFirst();
  const count = (state: OutboxTable['state']) => Number(rows.find((row) => row.state === state)?.n ?? 0);
  return {
    pending: count('pending'),
    running: count('running'),
    failed: count('failed'),
    dueSince: due?.run_at ?? null,
  };
}

/**
 * Gives a job that failed for good another series of attempts, from now on.
 *
 * @returns the job, or null when there is no such failed job (any more)
 */
export async function retryJob<T extends Tables>(
  trx: Transaction<T>,
  clock: Clock,
  id: number,
): Promise<{ kind: string } | null> {
  const row = await on(trx)
    .updateTable('outbox')
    .set({ state: 'pending', attempts: 0, run_at: clock.now().toISOString() })
    .where('id', '=', id)
    .where('state', '=', 'failed')
    .returning('kind')
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Gives a job that failed for good up. What its payload names is the business of whoever calls.
 *
 * @returns the job, or null when there is no such failed job (any more)
 */
export async function abandonJob<T extends Tables>(
  trx: Transaction<T>,
  id: number,
): Promise<{ kind: string; payload: unknown } | null> {
  const row = await on(trx)
    .deleteFrom('outbox')
    .where('id', '=', id)
    .where('state', '=', 'failed')
    .returning(['kind', 'payload'])
    .executeTakeFirst();
  return row ? { kind: row.kind, payload: JSON.parse(row.payload) as unknown } : null;
}

/** Makes a worker; it does nothing until it is started or drained. */
export function createOutboxWorker<T extends Tables>(options: OutboxWorkerOptions<T>): OutboxWorker {
  const { database, clock, handlers } = options;
  const kysely = database.kysely as unknown as Kysely<Tables>;
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
    const mine = (eb: Kysely<Tables>) =>
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

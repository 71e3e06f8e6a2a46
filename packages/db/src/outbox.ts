import type { Clock } from '@gec/core';
import type { Generated, Kysely, Transaction } from 'kysely';
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

/** What the functions of the outbox need of a database. */
export interface OutboxTables {
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

/**
 * Puts a job into the outbox within the caller's transaction.
 *
 * @param payload JSON value; it is stored in clear, so it names rows by id and carries no content of letters
 * @param runAt instant from which the job may run; now if left out
 */
export async function enqueue<T extends OutboxTables>(
  trx: Transaction<T>,
  clock: Clock,
  kind: string,
  payload: unknown,
  runAt?: string,
): Promise<void> {
  const now = clock.now().toISOString();
  await (trx as unknown as Kysely<OutboxTables>)
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

const on = <T extends OutboxTables>(db: Kysely<T> | Transaction<T>): Kysely<OutboxTables> =>
  db as unknown as Kysely<OutboxTables>;

/** What waits in the outbox at an instant (ISO 8601, UTC). */
export async function outboxState<T extends OutboxTables>(db: Kysely<T>, now: string): Promise<OutboxState> {
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
export async function retryJob<T extends OutboxTables>(
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
export async function abandonJob<T extends OutboxTables>(
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

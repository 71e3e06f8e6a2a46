import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { Trx } from '../../context.ts';
import type { LicenceTables } from '../../db/schema.ts';
import type { PreparedEntry } from '../journal/journal.schema.ts';
import type { ActivationRows, NewActivation } from './activation.rows.ts';

/** A key to be taken: the licence as it was seen, and what it becomes. */
export interface KeyTaking {
  readonly id: number;
  readonly seq: number;
  readonly duration_days: number;
  readonly used_at: string;
  readonly expires_at: string;
}

const TAKING_COLUMNS = {
  id: 'bigint',
  seq: 'integer',
  duration_days: 'integer',
  used_at: 'timestamptz',
  expires_at: 'timestamptz',
};

/** What is written of a new activation; its other columns are about its later life. */
const KEPT_COLUMNS = {
  public_id: 'text',
  license_id: 'bigint',
  domain_fingerprint: 'text',
  fingerprint_digest: 'text',
  activation_date: 'timestamptz',
  expiration_date: 'timestamptz',
  ip_address: 'text',
  client_info: 'text',
  installation: 'text',
  installation_jwk: 'text',
  fingerprint_parts: 'text',
  certificate: 'text',
  lease_expires_at: 'timestamptz',
  sync_counter: 'bigint',
};
const ENTRY_COLUMNS = {
  id: 'bigint',
  action: 'text',
  details: 'text',
  at: 'timestamptz',
  ip: 'text',
  actor: 'text',
  license_id: 'bigint',
  mac: 'text',
};

/** The SQL that decides who gets a key. */
export function createTakingRepo({ engine, dialect }: Database<LicenceTables>, { toRow }: ActivationRows) {
  /** The rows of keys, locked in the order of their ids: two processes then never wait for each other. */
  const held = (takings: readonly KeyTaking[]) =>
    engine === 'sqlite'
      ? sql``
      : sql`with held as materialized (
          select id from licenses where id = any(${takings.map(({ id }) => id)}::bigint[])
          order by id for update)`;

  /** The one statement that decides who gets a key. */
  function update(takings: readonly KeyTaking[]) {
    const isHeld = engine === 'sqlite' ? sql`` : sql`and licenses.id in (select id from held)`;
    return sql`update licenses
      set is_used = true, used_date = v.used_at, expires_at = v.expires_at, seq = licenses.seq + 1
      from ${dialect.records(TAKING_COLUMNS, takings)}
      where licenses.id = v.id and licenses.is_used = false and licenses.is_active = true
        and licenses.seq = v.seq and licenses.duration_days = v.duration_days ${isHeld}
      returning licenses.id as id`;
  }

  return {
    /**
     * Takes keys that nobody has: the one statement that decides, for each key, between any number of rivals.
     *
     * @param takings the licences as their callers have seen them (a change in between makes a caller look again), each
     * licence once
     * @returns the ids of the licences that are the callers'
     */
    async take(trx: Trx, takings: readonly KeyTaking[]): Promise<ReadonlySet<number>> {
      const { rows } = await sql<{ id: number }>`${held(takings)} ${update(takings)}`.execute(trx);
      return new Set(rows.map(({ id }) => id));
    },

    /**
     * As `take`, and writes the activations and journal entries of the keys that were taken in the same statement
     * (PostgreSQL only): one question to the server, and atomic by itself.
     */
    async takeAtOnce(
      executor: Pick<Trx, 'getExecutor'>,
      takings: readonly KeyTaking[],
      activations: readonly NewActivation[],
      entries: readonly PreparedEntry[],
    ): Promise<ReadonlySet<number>> {
      const kept = dialect.records(
        KEPT_COLUMNS,
        activations.map((activation) => toRow(activation)),
      );
      const noted = dialect.records(ENTRY_COLUMNS, entries);
      const { rows } = await sql<{ id: number }>`
        ${held(takings)}, taken as (${update(takings)}),
        kept as (
          insert into license_activations (${sql.raw(Object.keys(KEPT_COLUMNS).join(', '))})
          select v.* from ${kept} join taken on taken.id = v.license_id),
        noted as (
          insert into journal (${sql.raw(Object.keys(ENTRY_COLUMNS).join(', '))})
          select v.* from ${noted} join taken on taken.id = v.license_id)
        select id from taken`.execute(executor as Trx);
      return new Set(rows.map(({ id }) => id));
    },

    /** Writes activations, one statement for all. */
    async insert(trx: Trx, activations: readonly NewActivation[]): Promise<void> {
      await trx
        .insertInto('license_activations')
        .values(activations.map((activation) => toRow(activation)))
        .execute();
    },
  };
}

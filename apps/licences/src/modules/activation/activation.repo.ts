import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Fingerprint } from '@gec/licence-client';
import { sql, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { LicenceTables, LicenseActivationTable, LicenseState } from '../../db/schema.ts';
import type { PreparedEntry } from '../journal/journal.repo.ts';
import type { Activation } from './activation.schema.ts';

type Row = Selectable<LicenseActivationTable>;

/** Decisions of one signed list at most; whoever is further behind asks again. */
const REVOCATIONS = 500;

/** An activation ready to be written. */
export interface NewActivation {
  readonly publicId: string;
  readonly licenseId: number;
  readonly fingerprint: string;
  readonly activatedAt: string;
  readonly expiresAt: string;
  readonly ip: string;
  readonly clientInfo: string | null;
  readonly installation: string;
  readonly installationJwk: string | null;
  readonly parts: Fingerprint | null;
  readonly certificate: string;
  readonly leaseExpiresAt: string;
}

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

/** What a synchronisation leaves behind. */
export interface SyncState {
  readonly at: string;
  readonly counter: number;
  readonly receiptHash: string;
  readonly requestHash: string;
  readonly answer: string;
  readonly certificate: string;
  readonly leaseExpiresAt: string;
  readonly reviewUntil: string | null;
  readonly reviewParts: Fingerprint | null;
  readonly parts: Fingerprint | null;
}

const json = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));
const text = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

function toActivation(row: Omit<Row, 'domain_fingerprint'>): Activation {
  return {
    id: row.id,
    publicId: row.public_id,
    licenseId: row.license_id,
    fingerprintDigest: row.fingerprint_digest,
    activatedAt: row.activation_date,
    expiresAt: row.expiration_date,
    ip: row.ip_address,
    clientInfo: row.client_info,
    installation: row.installation,
    installationJwk: row.installation_jwk,
    parts: json(row.fingerprint_parts),
    certificate: row.certificate,
    leaseExpiresAt: row.lease_expires_at,
    releasedAt: row.released_at,
    releaseReason: row.release_reason,
    lastSyncAt: row.last_sync_at,
    syncCounter: row.sync_counter,
    lastReceiptHash: row.last_receipt_hash,
    lastRequestHash: row.last_request_hash,
    lastAnswer: row.last_answer,
    reviewUntil: row.review_until,
    reviewParts: json(row.review_parts),
  };
}

/** The SQL of the activations. */
export function createActivationRepo({ kysely, engine, dialect }: Database<LicenceTables>, keyring: Keyring) {
  const place = (publicId: string) => ({
    table: 'license_activations',
    column: 'domain_fingerprint',
    id: publicId,
  });
  const digestOf = (fingerprint: string): string =>
    keyring.index.digest('activation.fingerprint', fingerprint);

  const toRow = (activation: NewActivation) => ({
    public_id: activation.publicId,
    license_id: activation.licenseId,
    domain_fingerprint: keyring.fields.seal(place(activation.publicId), activation.fingerprint),
    fingerprint_digest: digestOf(activation.fingerprint),
    activation_date: activation.activatedAt,
    expiration_date: activation.expiresAt,
    ip_address: activation.ip,
    // Neither PostgreSQL's text nor its JSON holds what is no Unicode text, or U+0000.
    client_info: activation.clientInfo?.toWellFormed().replaceAll('\0', '') ?? null,
    installation: activation.installation,
    installation_jwk: activation.installationJwk,
    fingerprint_parts: text(activation.parts),
    certificate: activation.certificate,
    lease_expires_at: activation.leaseExpiresAt,
    released_at: null,
    release_reason: null,
    last_sync_at: null,
    sync_counter: 0,
    last_receipt_hash: null,
    last_request_hash: null,
    last_answer: null,
    review_until: null,
    review_parts: null,
  });

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
    digestOf,

    /** The activation in force of a licence, or null. With an id that no licence has it takes the same time. */
    async open(licenseId: number, trx: Pick<Trx, 'selectFrom'> = kysely): Promise<Activation | null> {
      const row = await trx
        .selectFrom('license_activations')
        .selectAll()
        .where('license_id', '=', licenseId)
        .where('released_at', 'is', null)
        .executeTakeFirst();
      return row ? toActivation(row) : null;
    },

    /** Every activation of a licence, newest first, with the opened fingerprints. */
    async ofLicense(licenseId: number): Promise<(Activation & { fingerprint: string })[]> {
      const rows = await kysely
        .selectFrom('license_activations')
        .selectAll()
        .where('license_id', '=', licenseId)
        .orderBy('id', 'desc')
        .execute();
      return rows.map((row) => ({
        ...toActivation(row),
        fingerprint: keyring.fields.open(place(row.public_id), row.domain_fingerprint),
      }));
    },

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

    /** The latest activation of a licence by an installation, in force or not. */
    async ofInstallation(licenseId: number, installation: string): Promise<Activation | null> {
      const row = await kysely
        .selectFrom('license_activations')
        .selectAll()
        .where('license_id', '=', licenseId)
        .where('installation', '=', installation)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? toActivation(row) : null;
    },

    /** Keeps a certificate that was made without a synchronisation. */
    async keepCertificate(trx: Trx, id: number, certificate: string, leaseExpiresAt: string): Promise<void> {
      await trx
        .updateTable('license_activations')
        .set({ certificate, lease_expires_at: leaseExpiresAt })
        .where('id', '=', id)
        .execute();
    },

    /** Licences that ended between two instants, with their public ids. */
    ended: (from: string, until: string): Promise<{ id: number; public_id: string; key_hint: string }[]> =>
      kysely
        .selectFrom('licenses')
        .select(['id', 'public_id', 'key_hint'])
        .where('expires_at', '>', from)
        .where('expires_at', '<=', until)
        .limit(1_000)
        .execute(),

    /** Moves the mark up to which ends of licences were told, if nobody else did. @returns whether it was us */
    async moveMark(trx: Trx, name: string, from: number | null, to: number): Promise<boolean> {
      if (from === null) {
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('counter')
          .values({ name, value: to })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        return numInsertedOrUpdatedRows === 1n;
      }
      const { numUpdatedRows } = await trx
        .updateTable('counter')
        .set({ value: to })
        .where('name', '=', name)
        .where('value', '=', from)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async mark(name: string): Promise<number | null> {
      const row = await kysely
        .selectFrom('counter')
        .select('value')
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.value ?? null;
    },

    /** Counts one more certificate of a licence, if none was made meanwhile. @returns whether that is so */
    async nextSeq(trx: Trx, licenseId: number, seq: number): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('licenses')
        .set({ seq: seq + 1 })
        .where('id', '=', licenseId)
        .where('seq', '=', seq)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Keeps a synchronisation, if no other one of the same installation came in between. */
    async keepSync(trx: Trx, activation: Activation, sync: SyncState): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('license_activations')
        .set({
          last_sync_at: sync.at,
          sync_counter: sync.counter,
          last_receipt_hash: sync.receiptHash,
          last_request_hash: sync.requestHash,
          last_answer: sync.answer,
          certificate: sync.certificate,
          lease_expires_at: sync.leaseExpiresAt,
          review_until: sync.reviewUntil,
          review_parts: text(sync.reviewParts),
          fingerprint_parts: text(sync.parts),
        })
        .where('id', '=', activation.id)
        .where('released_at', 'is', null)
        .where(
          'last_receipt_hash',
          activation.lastReceiptHash === null ? 'is' : '=',
          activation.lastReceiptHash,
        )
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Ends an activation and frees its key; the end of the licence stays where it was. */
    async release(trx: Trx, activation: Activation, at: string, reason: string): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable('license_activations')
        .set({ released_at: at, release_reason: reason, review_until: null, review_parts: null })
        .where('id', '=', activation.id)
        .where('released_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      await trx
        .updateTable('licenses')
        .set({ is_used: false, used_date: null })
        .where('id', '=', activation.licenseId)
        .execute();
      return true;
    },

    /** Ends a review: the new parts count from now on, or the old ones stay. */
    async endReview(trx: Trx, activation: Activation, accepted: boolean): Promise<void> {
      const parts = accepted && activation.reviewParts ? activation.reviewParts : activation.parts;
      await trx
        .updateTable('license_activations')
        .set({ review_until: null, review_parts: null, fingerprint_parts: text(parts) })
        .where('id', '=', activation.id)
        .execute();
    },

    /** Installations whose review ended without a decision. */
    async overdueReviews(now: string): Promise<Activation[]> {
      const rows = await kysely
        .selectFrom('license_activations')
        .selectAll()
        .where('review_until', '<', now)
        .where('released_at', 'is', null)
        .limit(500)
        .execute();
      return rows.map(toActivation);
    },

    /** Decisions about licences after an epoch, and the newest epoch. */
    async revocationsSince(epoch: number): Promise<{
      epoch: number;
      entries: { license_id: string; state: LicenseState; reason: string | null; at: string }[];
    }> {
      const rows = await kysely
        .selectFrom('revocation')
        .select(['epoch', 'public_id as license_id', 'state', 'reason', 'at'])
        .where('epoch', '>', epoch)
        .orderBy('epoch')
        .limit(REVOCATIONS)
        .execute();
      const entries = rows.map(({ epoch: _epoch, ...entry }) => entry);
      return { epoch: rows.at(-1)?.epoch ?? epoch, entries };
    },

    /** The newest epoch of decisions. */
    async epoch(): Promise<number> {
      const row = await kysely
        .selectFrom('counter')
        .select('value')
        .where('name', '=', 'revocation')
        .executeTakeFirst();
      return row?.value ?? 0;
    },
  };
}

export type ActivationRepo = ReturnType<typeof createActivationRepo>;

import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Fingerprint } from '@gec/licence-client';
import type { Trx } from '../../context.ts';
import type { LicenceTables, LicenseState } from '../../db/schema.ts';
import { createActivationRows, jsonText, toActivation } from './activation.rows.ts';
import type { Activation } from './activation.schema.ts';
import { createTakingRepo } from './activation.taking.repo.ts';

/** Decisions of one signed list at most; whoever is further behind asks again. */
const REVOCATIONS = 500;

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

/** The SQL of the activations. */
export function createActivationRepo(database: Database<LicenceTables>, keyring: Keyring) {
  const { kysely } = database;
  const activationRows = createActivationRows(keyring);
  const { place, digestsOf } = activationRows;

  return {
    ...createTakingRepo(database, activationRows),
    digestsOf,

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
          review_parts: jsonText(sync.reviewParts),
          fingerprint_parts: jsonText(sync.parts),
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
        .set({ review_until: null, review_parts: null, fingerprint_parts: jsonText(parts) })
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

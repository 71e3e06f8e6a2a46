import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Trx } from '../../context.ts';
import type { LicenceTables, LicenseState } from '../../db/schema.ts';
import { SELECTED, toLicense } from './licenses.rows.ts';
import type { Batch, License } from './licenses.schema.ts';

/** A key ready to be stored. */
export interface NewLicense {
  readonly key: string;
  /** Where it was chosen beforehand, because a certificate names it. */
  readonly publicId?: string;
  readonly durationDays: number;
  readonly durationLabel: string;
  readonly owner: string | null;
  readonly createdDate: string;
  readonly isActive?: boolean;
  readonly isUsed?: boolean;
  readonly usedDate?: string | null;
  readonly expiresAt?: string | null;
  readonly published?: boolean;
  /** Certificates made so far. */
  readonly seq?: number;
}

/** Rows of one INSERT: SQLite takes 32 766 parameters. */
const INSERT_ROWS = 500;

/** The SQL that makes and changes licences; what writes does so in the transaction of a use case. */
export function createLicenseChangesRepo(
  { dialect, kysely }: Pick<Database<LicenceTables>, 'dialect' | 'kysely'>,
  keyring: Keyring,
  { digestOf, digestsOf }: { digestOf: (key: string) => string; digestsOf: (key: string) => string[] },
) {
  const place = (id: number) => ({ table: 'licenses', column: 'license_key', id });
  return {
    async insertBatch(trx: Trx, batch: Omit<Batch, 'id'>): Promise<number> {
      const id = await dialect.nextId(trx, 'batch');
      await trx
        .insertInto('batch')
        .values({
          id,
          label: batch.label,
          owner: batch.owner,
          source: batch.source,
          size: batch.size,
          created_at: batch.createdAt,
          created_by: batch.createdBy,
        })
        .execute();
      return id;
    },

    /** Stores keys of a batch. @returns their ids, in the order given */
    async insertKeys(
      trx: Trx,
      batchId: number,
      keys: readonly NewLicense[],
      onProgress?: (done: number) => void,
    ): Promise<number[]> {
      const all: number[] = [];
      for (let from = 0; from < keys.length; from += INSERT_ROWS) {
        const part = keys.slice(from, from + INSERT_ROWS);
        const ids = await dialect.nextIds(trx, 'licenses', part.length);
        const rows = part.map((license, index) => {
          const id = ids[index]!;
          return {
            id,
            public_id: license.publicId ?? randomUUID(),
            license_key: keyring.fields.seal(place(id), license.key),
            key_digest: digestOf(license.key),
            key_hint: license.key.slice(-4),
            duration_days: license.durationDays,
            duration_label: license.durationLabel,
            is_active: license.isActive ?? true,
            is_used: license.isUsed ?? false,
            used_date: license.usedDate ?? null,
            created_date: license.createdDate,
            batch_id: batchId,
            owner: license.owner,
            published: license.published ?? false,
            expires_at: license.expiresAt ?? null,
            state: 'active' as const,
            state_reason: null,
            state_changed_at: null,
            seq: license.seq ?? 0,
            extension_days: 0,
          };
        });
        await trx.insertInto('licenses').values(rows).execute();
        all.push(...ids);
        onProgress?.(all.length);
        // Whoever watches must be told before all is done, and other requests must not wait for all of it.
        await setImmediate();
      }
      return all;
    },

    /** Counts keys that came to a batch after it was made. */
    async growBatch(trx: Trx, id: number, by: number): Promise<void> {
      await trx
        .updateTable('batch')
        .set((eb) => ({ size: eb('size', '+', by) }))
        .where('id', '=', id)
        .execute();
    },

    /** Waits until no other import is under way, and keeps others waiting until the transaction ends. */
    async takeImportTurn(trx: Trx): Promise<void> {
      await trx
        .insertInto('counter')
        .values({ name: 'import-turn', value: 1 })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet((eb) => ({ value: eb('counter.value', '+', 1) })),
        )
        .execute();
    },

    /** Which of these keys are here without that note. */
    async unflagged(keys: readonly string[]): Promise<string[]> {
      const found: string[] = [];
      for (let from = 0; from < keys.length; from += INSERT_ROWS) {
        const some = keys.slice(from, from + INSERT_ROWS);
        const byDigest = new Map(
          some.flatMap((key) => digestsOf(key).map((digest) => [digest, key] as const)),
        );
        const rows = await kysely
          .selectFrom('licenses')
          .select('key_digest')
          .where('key_digest', 'in', [...byDigest.keys()])
          .where('published', '=', false)
          .execute();
        found.push(...rows.map((row) => byDigest.get(row.key_digest)!));
      }
      return found;
    },

    /** Notes of keys that are here already that they were made public. @returns of how many that was not known */
    async flagPublished(trx: Trx, keys: readonly string[]): Promise<number> {
      let flagged = 0;
      for (let from = 0; from < keys.length; from += INSERT_ROWS) {
        const { numUpdatedRows } = await trx
          .updateTable('licenses')
          .set({ published: true })
          .where('key_digest', 'in', keys.slice(from, from + INSERT_ROWS).flatMap(digestsOf))
          .where('published', '=', false)
          .executeTakeFirst();
        flagged += Number(numUpdatedRows);
      }
      return flagged;
    },

    /** Licences of a batch in the order of their ids, after an id. */
    async ofBatch(trx: Trx, batchId: number, after: number, size: number): Promise<License[]> {
      const rows = await trx
        .selectFrom('licenses')
        .select(SELECTED)
        .where('batch_id', '=', batchId)
        .where('id', '>', after)
        .orderBy('id')
        .limit(size)
        .execute();
      return rows.map(toLicense);
    },

    /** Published keys that nobody used and that still work. */
    async publishedAvailable(trx: Trx): Promise<License[]> {
      const rows = await trx
        .selectFrom('licenses')
        .select(SELECTED)
        .where('published', '=', true)
        .where('is_used', '=', false)
        .where('is_active', '=', true)
        .execute();
      return rows.map(toLicense);
    },

    async setState(
      trx: Trx,
      id: number,
      change: { state: LicenseState; reason: string | null; at: string },
    ): Promise<void> {
      await trx
        .updateTable('licenses')
        .set({
          state: change.state,
          is_active: change.state === 'active',
          state_reason: change.reason,
          state_changed_at: change.at,
        })
        .where('id', '=', id)
        .execute();
    },

    /** Adds days; an activation in force ends later, too. */
    async extend(trx: Trx, license: License, days: number): Promise<void> {
      const later = (instant: string) => new Date(Date.parse(instant) + days * 86_400_000).toISOString();
      const expiresAt = license.expiresAt === null ? null : later(license.expiresAt);
      await trx
        .updateTable('licenses')
        .set((eb) => ({
          duration_days: eb('duration_days', '+', days),
          extension_days: eb('extension_days', '+', days),
          expires_at: expiresAt,
        }))
        .where('id', '=', license.id)
        .execute();
      if (expiresAt === null) return;
      await trx
        .updateTable('license_activations')
        .set({ expiration_date: expiresAt })
        .where('license_id', '=', license.id)
        .where('released_at', 'is', null)
        .execute();
    },

    /** Writes what was decided of a licence under the next epoch. */
    async addRevocation(
      trx: Trx,
      license: License,
      change: { state: LicenseState; reason: string | null; at: string },
    ): Promise<void> {
      // The row lock of the counter lets epochs commit in their order: whoever asks for a delta misses none.
      const { value } = await trx
        .insertInto('counter')
        .values({ name: 'revocation', value: 1 })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet((eb) => ({ value: eb('counter.value', '+', 1) })),
        )
        .returning('value')
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('revocation')
        .values({
          epoch: value,
          license_id: license.id,
          public_id: license.publicId,
          state: change.state,
          reason: change.reason,
          at: change.at,
        })
        .execute();
    },

    /** Removes every key, activation and what hangs on them. Journal, accounts and signing keys stay. */
    async removeAll(trx: Trx): Promise<{ licenses: number; activations: number }> {
      await trx.deleteFrom('alert').where('license_id', 'is not', null).execute();
      await trx.deleteFrom('revocation').execute();
      const activations = await trx.deleteFrom('license_activations').executeTakeFirst();
      const licenses = await trx.deleteFrom('licenses').executeTakeFirst();
      await trx.deleteFrom('batch').execute();
      return { licenses: Number(licenses.numDeletedRows), activations: Number(activations.numDeletedRows) };
    },
  };
}

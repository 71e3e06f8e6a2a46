import { randomUUID } from 'node:crypto';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { CompiledQuery, sql, type ExpressionBuilder, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { BatchTable, LicenceTables, LicenseState, LicenseTable } from '../../db/schema.ts';
import { createLookup } from './licenses.lookup.ts';
import type { Batch, ExportedLicense, License, LicenseFilters, LicenseStatus } from './licenses.schema.ts';

type Row = Selectable<LicenseTable>;
type Where = ExpressionBuilder<LicenceTables, 'licenses'>;

/** A key ready to be stored. */
export interface NewLicense {
  readonly key: string;
  readonly durationDays: number;
  readonly durationLabel: string;
  readonly owner: string | null;
  readonly createdDate: string;
  readonly isActive?: boolean;
  readonly isUsed?: boolean;
  readonly usedDate?: string | null;
  readonly expiresAt?: string | null;
  readonly published?: boolean;
}

const SELECTED = [
  'id',
  'public_id',
  'key_hint',
  'duration_days',
  'duration_label',
  'is_active',
  'is_used',
  'used_date',
  'created_date',
  'batch_id',
  'owner',
  'published',
  'expires_at',
  'state',
  'state_reason',
  'state_changed_at',
  'seq',
  'extension_days',
] as const;

type LookupRow = Pick<Row, (typeof SELECTED)[number] | 'key_digest'>;

/** Rows of one INSERT: SQLite takes 32 766 parameters. */
const INSERT_ROWS = 500;

function toLicense(row: Pick<Row, (typeof SELECTED)[number]>): License {
  return {
    id: row.id,
    publicId: row.public_id,
    keyHint: row.key_hint,
    durationDays: row.duration_days,
    durationLabel: row.duration_label,
    isActive: row.is_active,
    isUsed: row.is_used,
    usedDate: row.used_date,
    createdDate: row.created_date,
    batchId: row.batch_id,
    owner: row.owner,
    published: row.published,
    expiresAt: row.expires_at,
    state: row.state,
    stateReason: row.state_reason,
    stateChangedAt: row.state_changed_at,
    seq: row.seq,
    extensionDays: row.extension_days,
  };
}

function toBatch(row: Selectable<BatchTable>): Batch {
  return {
    id: row.id,
    label: row.label,
    owner: row.owner,
    source: row.source,
    size: row.size,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

function ofStatus(eb: Where, status: LicenseStatus, now: string) {
  const active = eb('state', '=', 'active');
  switch (status) {
    case 'suspended':
    case 'revoked':
      return eb('state', '=', status);
    case 'available':
      return eb.and([active, eb('is_used', '=', false), eb('is_active', '=', true)]);
    case 'inactive':
      return eb.and([active, eb('is_used', '=', false), eb('is_active', '=', false)]);
    case 'expired':
      return eb.and([active, eb('is_used', '=', true), eb('expires_at', '<=', now)]);
    case 'used':
      return eb.and([
        active,
        eb('is_used', '=', true),
        eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]),
      ]);
  }
}

/** The SQL of the keys. */
export function createLicensesRepo(database: Database<LicenceTables>, keyring: Keyring) {
  const { kysely, dialect, engine } = database;
  // Always the same text, whatever the number of digests: compiled and prepared once.
  const lookupSql = `select ${[...SELECTED, 'key_digest'].join(', ')} from licenses where key_digest ${
    engine === 'sqlite' ? 'in (select value from json_each(?))' : '= any($1::text[])'
  }`;
  const digestOf = (key: string): string => keyring.index.digest('license.key', key);
  const place = (id: number) => ({ table: 'licenses', column: 'license_key', id });

  function filtered(filters: LicenseFilters, now: string) {
    let query = kysely.selectFrom('licenses');
    const { search, label, status, batchId, published } = filters;
    if (label !== undefined) query = query.where('duration_label', '=', label);
    if (batchId !== undefined) query = query.where('batch_id', '=', batchId);
    if (published !== undefined) query = query.where('published', '=', published);
    if (status !== undefined) query = query.where((eb) => ofStatus(eb, status, now));
    if (search !== undefined && search !== '') {
      const key = search.replace(/[\s-]/g, '').toUpperCase();
      const pattern = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
      query = query.where((eb) =>
        eb.or([
          eb('key_digest', '=', digestOf(key)),
          eb('key_hint', '=', key),
          eb('public_id', '=', search.trim().toLowerCase()),
          sql<boolean>`lower(owner) like ${pattern} escape '\\'`,
        ]),
      );
    }
    return query;
  }

  return {
    digestOf,

    /** The licence of a key, or null; many look-ups at once become one statement. */
    findByKey: createLookup(
      async (digests) => {
        const parameter = engine === 'sqlite' ? JSON.stringify(digests) : digests;
        const { rows } = await kysely.executeQuery<LookupRow>(CompiledQuery.raw(lookupSql, [parameter]));
        return rows;
      },
      (row) => row.key_digest,
      (row) => toLicense(row),
      digestOf,
    ),

    async find(id: number, trx: Pick<Trx, 'selectFrom'> = kysely): Promise<License | null> {
      const row = await trx.selectFrom('licenses').select(SELECTED).where('id', '=', id).executeTakeFirst();
      return row ? toLicense(row) : null;
    },

    async findByPublicId(publicId: string): Promise<License | null> {
      const row = await kysely
        .selectFrom('licenses')
        .select(SELECTED)
        .where('public_id', '=', publicId)
        .executeTakeFirst();
      return row ? toLicense(row) : null;
    },

    /** Opens the key of one licence. */
    async keyOf(id: number): Promise<string | null> {
      const row = await kysely
        .selectFrom('licenses')
        .select('license_key')
        .where('id', '=', id)
        .executeTakeFirst();
      return row ? keyring.fields.open(place(id), row.license_key) : null;
    },

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
            public_id: randomUUID(),
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
            seq: 0,
            extension_days: 0,
          };
        });
        await trx.insertInto('licenses').values(rows).execute();
        all.push(...ids);
        onProgress?.(all.length);
      }
      return all;
    },

    /** Which of these keys are known already. */
    async known(keys: readonly string[]): Promise<Set<string>> {
      const byDigest = new Map(keys.map((key) => [digestOf(key), key]));
      const digests = [...byDigest.keys()];
      const found = new Set<string>();
      for (let from = 0; from < digests.length; from += INSERT_ROWS) {
        const rows = await kysely
          .selectFrom('licenses')
          .select('key_digest')
          .where('key_digest', 'in', digests.slice(from, from + INSERT_ROWS))
          .execute();
        for (const row of rows) found.add(byDigest.get(row.key_digest)!);
      }
      return found;
    },

    async setBatchSize(trx: Trx, id: number, size: number): Promise<void> {
      await trx.updateTable('batch').set({ size }).where('id', '=', id).execute();
    },

    /** A page of licences, newest first; `before` is the id of the last one of the page before. */
    async page(filters: LicenseFilters, size: number, now: string, before?: number): Promise<License[]> {
      let query = filtered(filters, now).select(SELECTED).orderBy('id', 'desc').limit(size);
      if (before !== undefined) query = query.where('id', '<', before);
      return (await query.execute()).map(toLicense);
    },

    /** How many licences the filters let through, counted up to `cap`. */
    async count(filters: LicenseFilters, now: string, cap: number): Promise<number> {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from (${filtered(filters, now)
          .select(sql<number>`1`.as('one'))
          .limit(cap)}) as capped`.execute(kysely);
      return rows[0]?.n ?? 0;
    },

    /** Opened keys in the order of their ids, after an id, for exports. */
    async exportPage(
      filters: LicenseFilters,
      now: string,
      after: number,
      size: number,
    ): Promise<ExportedLicense[]> {
      const rows = await filtered(filters, now)
        .select([...SELECTED, 'license_key'])
        .where('id', '>', after)
        .orderBy('id')
        .limit(size)
        .execute();
      return rows.map((row) => ({
        ...toLicense(row),
        key: keyring.fields.open(place(row.id), row.license_key),
      }));
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

    async batches(limit = 200): Promise<Batch[]> {
      const rows = await kysely.selectFrom('batch').selectAll().orderBy('id', 'desc').limit(limit).execute();
      return rows.map(toBatch);
    },

    async findBatch(id: number): Promise<Batch | null> {
      const row = await kysely.selectFrom('batch').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? toBatch(row) : null;
    },

    /** Counts by label, use and state. */
    counts: (): Promise<{ label: string; days: number; is_used: boolean; is_active: boolean; n: number }[]> =>
      kysely
        .selectFrom('licenses')
        .select([
          'duration_label as label',
          sql<number>`min(duration_days)`.as('days'),
          'is_used',
          'is_active',
          sql<number>`count(*)`.as('n'),
        ])
        .groupBy(['duration_label', 'is_used', 'is_active'])
        .execute(),

    /** Ends of licences in force, by day, between two instants. */
    expiries: (from: string, before: string): Promise<{ day: string; n: number }[]> => {
      const day = sql<string>`substr(cast(expires_at as text), 1, 10)`;
      return kysely
        .selectFrom('licenses')
        .select([day.as('day'), sql<number>`count(*)`.as('n')])
        .where('expires_at', '>=', from)
        .where('expires_at', '<', before)
        .groupBy(day)
        .orderBy('day')
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

import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { CompiledQuery, sql, type ExpressionBuilder, type Selectable } from 'kysely';
import type { Trx } from '../../context.ts';
import type { LicenceTables, LicenseTable } from '../../db/schema.ts';
import { createLicenseChangesRepo } from './changes.repo.ts';
import { createFiguresRepo } from './figures.repo.ts';
import { createLookup, LOOKUP_MAX } from './licenses.lookup.ts';
import { SELECTED, toLicense } from './licenses.rows.ts';
import type { ExportedLicense, License, LicenseFilters, LicenseStatus } from './licenses.schema.ts';

type Where = ExpressionBuilder<LicenceTables, 'licenses'>;

type LookupRow = Pick<Selectable<LicenseTable>, (typeof SELECTED)[number] | 'key_digest'>;

/** Keys of one look-up by key: the lengths of the lists that SQLite is given. */
const LOOKUP_SIZES = [1, 4, 16, 64, LOOKUP_MAX];
/** Digests of one look-up at most: SQLite takes 32 766 parameters. */
const DIGESTS = 500;

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
  const { kysely, engine } = database;
  const lookupSql = `select ${[...SELECTED, 'key_digest'].join(', ')} from licenses where key_digest`;
  // Few texts for any number of digests: prepared once. SQLite has no arrays, and lists are faster than its JSON.
  const lookups = LOOKUP_SIZES.map((size) => ({
    size,
    sql: `${lookupSql} in (${Array<string>(size).fill('?').join(', ')})`,
  }));

  /** The look-up of some digests; on SQLite the last one fills up what its list has too many places for. */
  function lookupOf(digests: readonly string[]): CompiledQuery<LookupRow> {
    const list = engine === 'sqlite' && lookups.find(({ size }) => size >= digests.length);
    if (!list) return CompiledQuery.raw(`${lookupSql} = any($1::text[])`, [digests]);
    const filled = Array.from({ length: list.size }, (_, index) => digests[index] ?? digests.at(-1));
    return CompiledQuery.raw(list.sql, filled);
  }

  const digestOf = (key: string): string => keyring.index.digest('license.key', key);
  const digestsOf = (key: string): string[] => keyring.index.digests('license.key', key);
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
          eb('key_digest', 'in', digestsOf(key)),
          eb('key_hint', '=', key),
          eb('public_id', '=', search.trim().toLowerCase()),
          sql<boolean>`lower(owner) like ${pattern} escape '\\'`,
        ]),
      );
    }
    return query;
  }

  const byDigest = createLookup(
    async (digests) => (await kysely.executeQuery(lookupOf(digests))).rows,
    (row) => row.key_digest,
    (row) => toLicense(row),
  );

  return {
    ...createLicenseChangesRepo(database, keyring, { digestOf, digestsOf }),
    ...createFiguresRepo(database),
    digestOf,

    /** The licence of a key, or null; many look-ups at once become one statement. */
    async findByKey(key: string): Promise<License | null> {
      const [current = '', ...former] = digestsOf(key);
      const found = await byDigest(current);
      for (const digest of found ? [] : former) {
        // It may have come under the digest in force between two looks.
        const other = (await byDigest(digest)) ?? (await byDigest(current));
        if (other) return other;
      }
      return found;
    },

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

    /** Which of these keys are known already. */
    async known(keys: readonly string[], trx: Pick<Trx, 'selectFrom'> = kysely): Promise<Set<string>> {
      const keyOfDigest = new Map(
        keys.flatMap((key) => digestsOf(key).map((digest) => [digest, key] as const)),
      );
      const digests = [...keyOfDigest.keys()];
      const found = new Set<string>();
      for (let from = 0; from < digests.length; from += DIGESTS) {
        const rows = await trx
          .selectFrom('licenses')
          .select('key_digest')
          .where('key_digest', 'in', digests.slice(from, from + DIGESTS))
          .execute();
        for (const row of rows) found.add(keyOfDigest.get(row.key_digest)!);
      }
      return found;
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
  };
}

export type LicensesRepo = ReturnType<typeof createLicensesRepo>;

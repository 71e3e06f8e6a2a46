import { openDatabase, type Database } from '@gec/db';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVersionedCache } from './cache.ts';
import type { GecTables } from './db/schema.ts';
import { createTestBase, type TestBase } from './test/harness.ts';
import { migrated } from './test/migrated.ts';

describeEachDatabase('versioned cache', (open, engine) => {
  let base: TestBase;
  let other: Database<GecTables>;
  let now = 0;

  /** A cache of the name of department `ADM`, and how often it was read. */
  function cacheOn(database: Database<GecTables>) {
    const reads = { n: 0 };
    const cache = createVersionedCache({
      database,
      name: 'essai',
      async load(via) {
        reads.n += 1;
        const row = await via
          .selectFrom('departement')
          .select('nom')
          .where('code', '=', 'ADM')
          .executeTakeFirst();
        return row?.nom;
      },
      elapsed: () => now,
    });
    return { cache, reads };
  }

  async function rename(
    database: Database<GecTables>,
    bump: ReturnType<typeof cacheOn>['cache'],
    nom: string,
  ) {
    return database.transaction(async (trx) => {
      await trx.updateTable('departement').set({ nom }).where('code', '=', 'ADM').execute();
      return bump.bump(trx);
    });
  }

  beforeAll(async () => {
    const { url } = await open(migrated);
    base = await createTestBase(url);
    other = openDatabase<GecTables>(url);
  });
  afterAll(async () => {
    await other.close();
    await base.close();
  });

  it('reads once, and again only when another process says that something changed', async () => {
    const here = cacheOn(base.database);
    const there = cacheOn(other);
    await rename(other, there.cache, 'Un');
    expect(await Promise.all([here.cache.get(), here.cache.get(), here.cache.get()])).toEqual([
      'Un',
      'Un',
      'Un',
    ]);
    expect(here.reads.n).toBe(1);

    await rename(other, there.cache, 'Deux');
    now += 999;
    expect(await here.cache.get()).toBe('Un');
    now += 1;
    expect(await here.cache.get()).toBe('Deux');
    expect(here.reads.n).toBe(2);

    now += 5_000;
    expect(await here.cache.get()).toBe('Deux');
    expect(here.reads.n).toBe(2);
  });

  it('gives a transaction its own changes, and gives them to nobody else before it commits', async () => {
    const { cache } = cacheOn(base.database);
    const before = await cache.get();
    await expect(
      base.database.transaction(async (trx) => {
        await trx.updateTable('departement').set({ nom: 'Provisoire' }).where('code', '=', 'ADM').execute();
        await cache.bump(trx);
        expect(await cache.get(trx)).toBe('Provisoire');
        if (engine === 'postgres') {
          now += 2_000;
          expect(await cache.get()).toBe(before);
        }
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    now += 2_000;
    expect(await cache.get()).toBe(before);
  });

  it('forgets at once what this process changed', async () => {
    const { cache } = cacheOn(base.database);
    await cache.get();
    const version = await rename(base.database, cache, 'Trois');
    cache.invalidate();
    expect(await cache.getVersioned()).toEqual({ value: 'Trois', version });
  });

  it('does not keep a reading that began before the change', async () => {
    const { cache } = cacheOn(base.database);
    const early = cache.get();
    cache.invalidate();
    await early;
    await rename(base.database, cache, 'Quatre');
    cache.invalidate();
    expect(await cache.get()).toBe('Quatre');
  });
});

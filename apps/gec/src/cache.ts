import type { Database } from '@gec/db';
import type { Kysely } from 'kysely';
import type { Trx } from './context.ts';
import type { GecTables } from './db/schema.ts';

/** What reads a cached thing: the open connections, or the transaction of a use case. */
export type Via = Kysely<GecTables> | Trx;

/** Something small that is read at every request and changes a few times a year. */
export interface VersionedCache<V> {
  /**
   * The thing as it stood at most `maxAgeMs` ago, whichever process changed it. Inside a transaction its `trx` must
   * be given: SQLite has one connection, so that waiting for another one inside a transaction would never end.
   */
  get(trx?: Trx): Promise<V>;
  /** As `get`, with the version that was read, for optimistic locks. */
  getVersioned(trx?: Trx): Promise<{ value: V; version: number }>;
  /**
   * Says, in the transaction that changes the thing, that it changed. On PostgreSQL the row lock makes those who
   * change it take turns. @returns the new version
   */
  bump(trx: Trx): Promise<number>;
  /** Forgets what is kept in this process; called after the transaction that changed it. */
  invalidate(): void;
}

/** What a cache is made of. */
export interface VersionedCacheOptions<V> {
  database: Database<GecTables>;
  /** Row of `version_cache`. */
  name: string;
  load(via: Via): Promise<V>;
  /** Milliseconds for which what is kept is given without asking for its version; 1000 by default. */
  maxAgeMs?: number;
  /** Milliseconds that only go forward; tests give their own. */
  elapsed?: () => number;
}

interface Kept<V> {
  value: V;
  version: number;
  checkedAt: number;
}

/**
 * Keeps something in the process and notices, by a counter in the database that is read at most once a second, when
 * any process changed it. The counter is read before the thing, so what is kept is never older than its version says.
 */
export function createVersionedCache<V>(options: VersionedCacheOptions<V>): VersionedCache<V> {
  const { database, name, load, maxAgeMs = 1_000, elapsed = () => performance.now() } = options;
  let kept: Kept<V> | null = null;
  let reading: Promise<Kept<V>> | null = null;
  // What began before an invalidation must not be kept after it.
  let generation = 0;

  async function readVersion(via: Via): Promise<number> {
    const row = await via
      .selectFrom('version_cache')
      .select('version')
      .where('nom', '=', name)
      .executeTakeFirst();
    return row?.version ?? 0;
  }

  async function read(via: Via): Promise<Kept<V>> {
    const checkedAt = elapsed();
    const version = await readVersion(via);
    if (kept && kept.version === version) return { ...kept, checkedAt };
    return { value: await load(via), version, checkedAt };
  }

  function refresh(): Promise<Kept<V>> {
    if (reading) return reading;
    const begun = generation;
    const mine = read(database.kysely)
      .then((fresh) => {
        if (begun === generation) kept = fresh;
        return fresh;
      })
      .finally(() => {
        if (reading === mine) reading = null;
      });
    reading = mine;
    return mine;
  }

  async function current(trx?: Trx): Promise<Kept<V>> {
    // A transaction reads for itself: it may see its own changes, which nobody else may, and it must not wait for a
    // reading that waits for its connection.
    if (trx) return read(trx);
    if (kept && elapsed() - kept.checkedAt < maxAgeMs) return kept;
    return refresh();
  }

  return {
    get: async (trx) => (await current(trx)).value,
    async getVersioned(trx) {
      const { value, version } = await current(trx);
      return { value, version };
    },
    async bump(trx) {
      const row = await trx
        .insertInto('version_cache')
        .values({ nom: name, version: 1 })
        .onConflict((conflict) =>
          conflict.column('nom').doUpdateSet((eb) => ({ version: eb('version_cache.version', '+', 1) })),
        )
        .returning('version')
        .executeTakeFirstOrThrow();
      return row.version;
    },
    invalidate() {
      generation += 1;
      kept = null;
      reading = null;
    },
  };
}

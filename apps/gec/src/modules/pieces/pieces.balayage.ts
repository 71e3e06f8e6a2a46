import type { Base } from '../../context.ts';
import type { FileStore } from '../../storage/file-store.ts';
import type { PreviewCache } from '../../storage/preview-cache.ts';
import type { createPiecesRepo } from './pieces.repo.ts';

/** What a sweep took away. */
export interface BilanBalayage {
  /** Files that a crash cut short while they were written. */
  partiels: number;
  /** Files that no row names. */
  orphelins: number;
  /** Files that were sent and never given to a letter. */
  abandonnes: number;
  /** Pictures of pages beyond the bound of the cache. */
  apercus: number;
}

interface BalayageDeps extends Pick<Base, 'database' | 'clock'> {
  store: FileStore;
  previews: PreviewCache;
  repo: ReturnType<typeof createPiecesRepo>;
  destroy: (chemins: readonly string[]) => Promise<void>;
  heldByDrafts: () => Promise<ReadonlySet<string>>;
}

const HEURE_MS = 60 * 60_000;
/** A file is written in minutes, even over a slow link; nothing that is still being written is this old. */
const PARTIEL_MS = 6 * HEURE_MS;
/** Time that passes between a file and the commit of its row is seconds; a day forgives clocks that differ. */
const ORPHELIN_MS = 24 * HEURE_MS;
const ABANDON_MS = 7 * 24 * HEURE_MS;
const LOT = 200;

/** Takes away what nothing and nobody needs any more. May be cut short at any moment and run again. */
export async function balayer(deps: BalayageDeps): Promise<BilanBalayage> {
  const { database, clock, store, previews, repo, destroy } = deps;
  const now = clock.now().getTime();
  const ago = (ms: number) => new Date(now - ms);

  const partiels = await store.sweepPartial(ago(PARTIEL_MS));

  let abandonnes = 0;
  const held = await deps.heldByDrafts();
  const before = ago(ABANDON_MS).toISOString();
  for (let after = ''; ;) {
    const ids = await repo.staleTeleversements(before, LOT, after);
    if (ids.length === 0) break;
    after = ids.at(-1) ?? after;
    const stale = ids.filter((id) => !held.has(id));
    // Row first: a file without a row is an orphan that the next sweep finds; the other way round must never be.
    const chemins = await database.transaction((trx) => repo.dropTeleversements(trx, stale));
    await destroy(chemins);
    abandonnes += chemins.length;
  }

  let orphelins = 0;
  let lot: string[] = [];
  const sweepLot = async (): Promise<void> => {
    const named = await repo.cheminsConnus(lot);
    const orphans = lot.filter((path) => !named.has(path));
    lot = [];
    await destroy(orphans);
    orphelins += orphans.length;
  };
  const old = ago(ORPHELIN_MS);
  for await (const file of store.list()) {
    if (file.modifiedAt >= old) continue;
    lot.push(file.path);
    if (lot.length >= LOT) await sweepLot();
  }
  await sweepLot();

  return { partiels, orphelins, abandonnes, apercus: await previews.sweep() };
}

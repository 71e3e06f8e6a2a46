import type { Compte } from './recherche.moteur.ts';
import type { Selection } from './recherche.visible.repo.ts';

const GARDES = 500;

/**
 * Remembers counts for a moment, so that paging and typing do not count the same letters again and again. This
 * process's own changes are seen once they are committed (on PostgreSQL a count that runs meanwhile may be kept for
 * `duree`), those of others when `duree` has passed. The key holds the actor's
 * principals: nobody is given another's count.
 *
 * @param duree milliseconds
 * @param elapsed milliseconds that only go forward
 */
export function createComptes(duree: number, elapsed: () => number = () => performance.now()) {
  const gardes = new Map<string, { compte: Compte; at: number }>();
  let generation = 0;
  return {
    /** Names a count, as the data stands now. */
    cle(selection: Selection): string {
      const { filtres, cles, plage, termes } = selection;
      const { dateRedactionFrom, dateRedactionTo, search } = filtres;
      return JSON.stringify([generation, cles, plage, termes, dateRedactionFrom, dateRedactionTo, search]);
    },
    lire(cle: string): Compte | null {
      const garde = gardes.get(cle);
      return garde && elapsed() - garde.at < duree ? garde.compte : null;
    },
    garder(cle: string, compte: Compte): Compte {
      if (gardes.size >= GARDES) gardes.clear();
      gardes.set(cle, { compte, at: elapsed() });
      return compte;
    },
    /** Something changed: what was counted before counts no more, nor what is being counted. */
    oublier(): void {
      generation += 1;
      gardes.clear();
    },
  };
}

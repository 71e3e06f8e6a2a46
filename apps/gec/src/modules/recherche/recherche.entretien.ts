import { setImmediate } from 'node:timers/promises';
import type { Database } from '@gec/db';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { Moteur } from './recherche.moteur.ts';
import type { RechercheRepo } from './recherche.repo.ts';
import type { Indexable } from './recherche.termes.ts';

/** Told after every batch: letters done, letters in all. */
export type Avancement = (fait: number, total: number) => void;

/** What a comparison of index and letters found. */
export interface Controle {
  readonly lettres: number;
  /** `courrier.ordre` of letters that the index does not hold, or holds with a word or filter missing. */
  readonly incomplets: readonly number[];
  /** Entries of the index that no letter (or a deleted one) stands for. */
  readonly superflus: readonly number[];
}

const LOT = 200;

/** Building the index anew and comparing it with the letters. Whoever writes to the database could hide a letter from it. */
export function createEntretien(database: Database<GecTables>, moteur: Moteur, repo: RechercheRepo) {
  /**
   * Walks the register in batches. `lot` gets the letters of a part and the entries of the index in that part; parts
   * follow each other without a gap, the last one ends with the register's end.
   */
  async function parcourir<V extends Via>(
    dans: <R>(work: (via: V) => Promise<R>) => Promise<R>,
    ecrire: boolean,
    avancement: Avancement,
    lot: (via: V, docs: readonly Indexable[], entrees: readonly number[]) => Promise<void>,
  ): Promise<number> {
    const total = await repo.nombre(database.kysely);
    const FIN = Number.MAX_SAFE_INTEGER;
    const DEBUT = Number.MIN_SAFE_INTEGER;
    let min = DEBUT;
    let fait = 0;
    for (let dernier = false; !dernier;) {
      const depuis = min;
      const lire = async (via: V) => {
        const docs = await repo.indexables(via, { min: depuis, max: FIN }, LOT, ecrire);
        const complet = docs.length < LOT;
        const max = complet ? FIN : (docs.at(-1)?.ordre ?? FIN) + 1;
        const entrees: number[] = [];
        for (let de = depuis; ;) {
          const suite = await moteur.entrees(via, { min: de, max }, LOT * 5);
          entrees.push(...suite);
          if (suite.length < LOT * 5) break;
          de = (suite.at(-1) ?? max) + 1;
        }
        await lot(via, docs, entrees);
        return { n: docs.length, max, complet };
      };
      const { n, max, complet } = await dans(lire);
      fait += n;
      min = max;
      dernier = complet;
      avancement(fait, Math.max(fait, total));
      await setImmediate();
    }
    return fait;
  }

  return {
    /**
     * Computes the whole index anew, in short transactions, while the program runs: searches stay complete meanwhile.
     *
     * @returns letters indexed and superfluous entries taken out
     */
    async rebuild(avancement: Avancement = () => undefined): Promise<{ lettres: number; superflus: number }> {
      let lettres = 0;
      let superflus = 0;
      await parcourir<Trx>(database.transaction, true, avancement, async (via, docs, entrees) => {
        const vivants = docs.filter((doc) => !doc.isDeleted);
        const attendus = new Set(vivants.map((doc) => doc.ordre));
        const enTrop = entrees.filter((ordre) => !attendus.has(ordre));
        await moteur.effacer(via, enTrop);
        await moteur.ecrireTous(via, vivants);
        lettres += vivants.length;
        superflus += enTrop.length;
      });
      return { lettres, superflus };
    },

    /** Compares the index with the letters and changes nothing. */
    async check(avancement: Avancement = () => undefined): Promise<Controle> {
      const incomplets: number[] = [];
      const superflus: number[] = [];
      let lettres = 0;
      // Of the primary, and once: what is found is gathered here.
      const lire = <R>(work: (via: Via) => Promise<R>) => work(database.kysely);
      await parcourir<Via>(lire, false, avancement, async (via, docs, entrees) => {
        const vivants = docs.filter((doc) => !doc.isDeleted);
        const attendus = new Set(vivants.map((doc) => doc.ordre));
        superflus.push(...entrees.filter((ordre) => !attendus.has(ordre)));
        incomplets.push(...(await moteur.incomplets(via, vivants)));
        lettres += vivants.length;
      });
      return { lettres, incomplets, superflus };
    },
  };
}

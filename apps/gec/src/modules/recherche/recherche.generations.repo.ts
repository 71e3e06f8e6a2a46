import { indexSide, type IndexGeneration, type IndexSide, type Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { GecTables } from '../../db/schema.ts';
import type { Limites, Moteur } from './recherche.moteur.ts';
import { createPostgresMoteur } from './recherche.postgres.repo.ts';
import { createSqliteMoteur } from './recherche.sqlite.repo.ts';

/** Where each side keeps its entries. */
const TABLES: Readonly<Record<IndexSide, string>> = { a: 'courrier_recherche', b: 'courrier_recherche_b' };

/** The index of the engine, and each of its generations by itself. */
export interface Generations {
  /** Reads the generation in force and writes every one, so that a change of generation misses no letter. */
  readonly moteur: Moteur;
  /** One that is still to be filled; null unless a renewal of the index key is under way. */
  suivante(): { readonly kid: string; readonly moteur: Moteur } | null;
  /** The side that no generation uses; null while both do. */
  libre(): Moteur | null;
}

/**
 * The index of the engine in its generations. While the key of the index is renewed there are two, side by side, each
 * in a table of its own and complete by itself: nothing is ever looked for in both.
 */
export function createGenerations(
  database: Database<GecTables>,
  keyring: Keyring,
  limites: Limites,
): Generations {
  const create = database.engine === 'sqlite' ? createSqliteMoteur : createPostgresMoteur;
  const made = new Map<string, Moteur>();

  const de = (generation: IndexGeneration): Moteur => {
    let moteur = made.get(generation.kid);
    if (moteur === undefined) {
      moteur = create(database, generation, TABLES[indexSide(generation.kid)], limites);
      made.set(generation.kid, moteur);
    }
    return moteur;
  };
  const toutes = (): Moteur[] => {
    const generations = keyring.index.generations();
    // Those that were forgotten, with the words that they remember.
    const kids = new Set(generations.map(({ kid }) => kid));
    for (const kid of made.keys()) if (!kids.has(kid)) made.delete(kid);
    return generations.map(de);
  };
  const courant = (): Moteur => de(keyring.index.generations()[0]!);
  const { parAuteur, table, lire, verrou } = courant();

  return {
    moteur: {
      limites,
      parAuteur,
      table,
      lire,
      verrou,
      async ecrire(trx, doc) {
        for (const moteur of toutes()) await moteur.ecrire(trx, doc);
      },
      async ecrireTous(trx, docs) {
        for (const moteur of toutes()) await moteur.ecrireTous(trx, docs);
      },
      async effacer(trx, ordres) {
        for (const moteur of toutes()) await moteur.effacer(trx, ordres);
      },
      async preparer(trx) {
        for (const moteur of toutes()) await moteur.preparer(trx);
      },
      async vider(trx) {
        for (const moteur of toutes()) await moteur.vider(trx);
      },
      portion: (via, demande, portion, compter) => courant().portion(via, demande, portion, compter),
      compterTout: (via, demande) => courant().compterTout(via, demande),
      parmi: (via, termes, ordres) => courant().parmi(via, termes, ordres),
      incomplets: (via, docs) => courant().incomplets(via, docs),
      entrees: (via, plage, limite) => courant().entrees(via, plage, limite),
      sansEntree: (ordre) => courant().sansEntree(ordre),
      manquants: (via) => courant().manquants(via),
      vide: (via) => courant().vide(via),
    },
    suivante() {
      const [, autre] = keyring.index.generations();
      return autre ? { kid: autre.kid, moteur: de(autre) } : null;
    },
    libre() {
      const [seule, autre] = keyring.index.generations();
      if (!seule || autre) return null;
      const side = indexSide(seule.kid) === 'a' ? 'b' : 'a';
      return create(database, seule, TABLES[side], limites);
    },
  };
}

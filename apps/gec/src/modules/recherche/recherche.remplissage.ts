import type { Database, Resealer } from '@gec/db';
import type { GecTables } from '../../db/schema.ts';
import type { Generations } from './recherche.generations.repo.ts';
import type { RechercheRepo } from './recherche.repo.ts';

const LOT = 100;

/**
 * Fills the generation of the index that is to come, while letters are registered, changed and looked for: whoever
 * writes, writes both by then, and letters are read under a lock.
 */
export function createRemplissage(
  database: Database<GecTables>,
  { suivante, libre }: Generations,
  repo: RechercheRepo,
) {
  /** The generation for which the whole register was gone through: from then on only what is missing is written. */
  let parcouru = '';

  const remplir: Resealer = {
    count: async () => (await suivante()?.moteur.manquants(database.kysely)) ?? 0,
    step: (cursor, save) =>
      database.quickTransaction(async (trx) => {
        const cible = suivante();
        if (!cible) return { cursor: null, done: 0, unreadable: 0 };
        const depuis = cursor === null ? 0 : Number(cursor);
        const manque = parcouru === cible.kid ? cible.moteur.sansEntree : null;
        if (cursor === null && manque === null) await cible.moteur.preparer(trx);
        const { docs, illisibles, suite } = await repo.aRemplir(trx, depuis, LOT, manque);
        await cible.moteur.ecrireTous(trx, docs);
        if (suite === null) parcouru = cible.kid;
        const step = {
          cursor: suite === null ? null : String(suite),
          done: docs.length,
          unreadable: illisibles,
        };
        await save(trx, step);
        return step;
      }),
  };

  return {
    remplir,
    /**
     * Empties the side that no generation uses, where a former one has left its entries.
     *
     * @returns whether there was anything
     */
    async nettoyer(): Promise<boolean> {
      const reste = libre();
      if (!reste || (await reste.vide(database.kysely))) return false;
      await database.transaction((trx) => reste.vider(trx));
      return true;
    },
  };
}

import { createVersionedCache } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import { referentielsRepo } from './referentiels.repo.ts';
import type { Statut, TypeCourrierSortant } from './referentiels.schema.ts';

/** The lists that letters choose from, cached for at most a second. */
export function createReferentielsService({ database }: Pick<Base, 'database'>) {
  const cache = createVersionedCache({ database, name: 'referentiels', load: referentielsRepo.all });

  return {
    /**
     * The statuts, in order; those out of use too, since letters still bear them.
     *
     * @param trx must be given inside a transaction
     */
    async statuts(trx?: Trx): Promise<readonly Statut[]> {
      return (await cache.get(trx)).statuts;
    },

    /** The types de courrier sortant, in order; those out of use too. @param trx as for `statuts` */
    async typesSortants(trx?: Trx): Promise<readonly TypeCourrierSortant[]> {
      return (await cache.get(trx)).types;
    },

    /**
     * Writes the defaults of the specification into lists that are empty; harmless when called again, by any number
     * of processes.
     */
    async seed(trx: Trx): Promise<void> {
      if (await referentielsRepo.seed(trx)) await cache.bump(trx);
    },
  };
}

export type ReferentielsService = ReturnType<typeof createReferentielsService>;

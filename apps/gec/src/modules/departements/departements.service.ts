import { createVersionedCache } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import { departementsRepo } from './departements.repo.ts';
import type { Departement } from './departements.schema.ts';

/** The departments of the office, cached for at most a second. */
export function createDepartementsService({ database }: Pick<Base, 'database'>) {
  const cache = createVersionedCache({ database, name: 'departements', load: departementsRepo.all });

  return {
    /**
     * Every department, by name; those that were closed too, since letters still name them.
     *
     * @param trx must be given inside a transaction
     */
    list: (trx?: Trx): Promise<readonly Departement[]> => cache.get(trx),

    /** The department of an id, or `null`. */
    async byId(id: number, trx?: Trx): Promise<Departement | null> {
      return (await cache.get(trx)).find((departement) => departement.id === id) ?? null;
    },

    /** The department of a code such as `SG`, however it is written, or `null`. */
    async byCode(code: string, trx?: Trx): Promise<Departement | null> {
      const wanted = code.trim().toUpperCase();
      return (await cache.get(trx)).find((departement) => departement.code.toUpperCase() === wanted) ?? null;
    },
  };
}

export type DepartementsService = ReturnType<typeof createDepartementsService>;

import { createVersionedCache } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { createGestion } from './referentiels.gestion.ts';
import { referentielsRepo } from './referentiels.repo.ts';
import type { Instruction, Statut, TypeCourrierSortant, Urgence } from './referentiels.schema.ts';

/** What the lists need. */
export interface ReferentielsDeps extends Pick<Base, 'database'> {
  journal: Pick<JournalService, 'record'>;
}

/** The lists that letters choose from, cached for at most a second, and what an office changes of them. */
export function createReferentielsService({ database, journal }: ReferentielsDeps) {
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

    /** The degrees of urgency, in order; those out of use too. @param trx as for `statuts` */
    async urgences(trx?: Trx): Promise<readonly Urgence[]> {
      return (await cache.get(trx)).urgences;
    },

    /** The standard instructions, in order; those out of use too. @param trx as for `statuts` */
    async instructions(trx?: Trx): Promise<readonly Instruction[]> {
      return (await cache.get(trx)).instructions;
    },

    /**
     * Writes the defaults of the specification into lists that are empty; harmless when called again, by any number
     * of processes.
     */
    async seed(trx: Trx): Promise<void> {
      if (await referentielsRepo.seed(trx)) await cache.bump(trx);
    },

    ...createGestion({ database, journal, cache }),
  };
}

export type ReferentielsService = ReturnType<typeof createReferentielsService>;

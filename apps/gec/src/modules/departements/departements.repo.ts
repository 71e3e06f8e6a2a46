import type { Via } from '../../cache.ts';
import type { Departement } from './departements.schema.ts';

/** The SQL of departments. */
export const departementsRepo = {
  /** Every department, by name. */
  async all(via: Via): Promise<Departement[]> {
    return via
      .selectFrom('departement')
      .select(['id', 'code', 'nom', 'actif'])
      .orderBy('nom')
      .orderBy('id')
      .execute();
  },
};

import { sql } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import {
  STATUTS_PAR_DEFAUT,
  TYPES_SORTANTS_PAR_DEFAUT,
  type Statut,
  type TypeCourrierSortant,
} from './referentiels.schema.ts';

/** The SQL of the statuts and the types de courrier sortant. */
export const referentielsRepo = {
  /** Both lists, in the order in which they are shown. */
  async all(via: Via): Promise<{ statuts: Statut[]; types: TypeCourrierSortant[] }> {
    const statuts = await via
      .selectFrom('statut_courrier')
      .selectAll()
      .orderBy('ordre')
      .orderBy('id')
      .execute();
    const types = await via
      .selectFrom('type_courrier_sortant')
      .select(['id', 'nom', 'description', 'actif', 'ordre_affichage as ordre'])
      .orderBy('ordre_affichage')
      .orderBy('id')
      .execute();
    return { statuts, types };
  },

  /**
   * Writes what a new installation begins with into lists that are empty: what an office took out of a list does not
   * come back.
   *
   * @returns whether anything was written
   */
  async seed(trx: Trx): Promise<boolean> {
    const known = await referentielsRepo.all(trx);
    if (known.statuts.length === 0) {
      for (const [index, { nom, libelle, couleur, final }] of STATUTS_PAR_DEFAUT.entries()) {
        await sql`insert into statut_courrier (nom, libelle, description, couleur, final, actif, ordre)
          values (${nom}, ${libelle}, null, ${couleur}, ${final}, ${true}, ${(index + 1) * 10})
          on conflict (nom) do nothing`.execute(trx);
      }
    }
    if (known.types.length === 0) {
      for (const [index, nom] of TYPES_SORTANTS_PAR_DEFAUT.entries()) {
        await sql`insert into type_courrier_sortant (nom, description, actif, ordre_affichage)
          values (${nom}, null, ${true}, ${(index + 1) * 10}) on conflict (nom) do nothing`.execute(trx);
      }
    }
    return known.statuts.length === 0 || known.types.length === 0;
  },
};

import { forbidden, notFound, type Actor } from '@gec/core';
import { createVersionedCache } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import { enArbre, sousArbre } from './departements.arbre.ts';
import { createGestionDepartements, type GestionDepartementsDeps } from './departements.gestion.ts';
import { mayManageDepartements } from './departements.policy.ts';
import { departementsRepo } from './departements.repo.ts';
import type { Departement, DepartementGere } from './departements.schema.ts';
import { departementsTexts } from './departements.texts.ts';

/** What the module of departments needs. */
export type DepartementsDeps = Omit<GestionDepartementsDeps, 'cache'>;

/** The departments of the office, cached for at most a second. */
export function createDepartementsService(deps: DepartementsDeps) {
  const { database, keyring } = deps;
  const cache = createVersionedCache<readonly Departement[]>({
    database,
    name: 'departements',
    load: departementsRepo.all,
  });

  /** Every department as the administration sees it, in the order of the tree. */
  async function geres(actor: Actor): Promise<DepartementGere[]> {
    if (!mayManageDepartements(actor)) throw forbidden(departementsTexts(actor.lang).refuse);
    const tous = await cache.get();
    const noms = new Map(tous.map(({ id, nom }) => [id, nom]));
    const ids = tous.map(({ chefId }) => chefId).filter((id) => id !== null);
    const [personnes, chefs] = await Promise.all([
      departementsRepo.personnes(database.kysely),
      departementsRepo.chefs(database.kysely, keyring, ids),
    ]);
    return enArbre(tous).map((departement) => {
      const chef = departement.chefId === null ? undefined : chefs.get(departement.chefId);
      return {
        ...departement,
        parentNom: departement.parentId === null ? null : (noms.get(departement.parentId) ?? null),
        chefNom: chef?.nomComplet ?? null,
        chefActif: chef?.actif ?? false,
        personnes: personnes.get(departement.id) ?? 0,
      };
    });
  }

  return {
    ...createGestionDepartements({ ...deps, cache }),

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

    /** The departments that somebody heads, with all those below them; none for nearly everybody. */
    async diriges(userId: number, trx?: Trx): Promise<number[]> {
      const tous = await cache.get(trx);
      const racines = tous.filter(({ chefId }) => chefId === userId).map(({ id }) => id);
      return racines.length === 0 ? [] : sousArbre(tous, racines);
    },

    /** The tree for the administration. @throws AppError forbidden */
    arbre: geres,

    /** One department for the administration. @throws AppError forbidden, not-found */
    async find(actor: Actor, id: number): Promise<DepartementGere> {
      const found = (await geres(actor)).find((departement) => departement.id === id);
      if (!found) throw notFound(departementsTexts(actor.lang).introuvable);
      return found;
    },
  };
}

export type DepartementsService = ReturnType<typeof createDepartementsService>;

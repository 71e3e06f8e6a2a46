import { conflict, fill, forbidden, invalid, notFound, plural, timestamp, type Actor } from '@gec/core';
import type { VersionedCache } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { sousArbre } from './departements.arbre.ts';
import { mayGiveToRead, mayManageDepartements } from './departements.policy.ts';
import { departementsRepo as repo } from './departements.repo.ts';
import { checkDepartement } from './departements.saisie.ts';
import type { Departement, SaisieDepartement, UsageDepartement } from './departements.schema.ts';
import { departementsTexts, motsDepartement } from './departements.texts.ts';

/** What changing departments needs. */
export interface GestionDepartementsDeps extends Pick<Base, 'database' | 'clock' | 'keyring'> {
  journal: Pick<JournalService, 'record'>;
  parametres: { get(trx?: Trx): Promise<{ appellationDepartement: string }> };
  cache: VersionedCache<readonly Departement[]>;
}

const CHAMPS = ['code', 'nom', 'description', 'parentId', 'chefId'] as const;

/** Adding, changing, closing and deleting departments. Every change is in the journal. */
export function createGestionDepartements(deps: GestionDepartementsDeps) {
  const { database, clock, keyring, journal, parametres, cache } = deps;

  function mayEnter(actor: Actor): void {
    if (!mayManageDepartements(actor)) throw forbidden(departementsTexts(actor.lang).refuse);
  }

  async function mots(actor: Actor, trx?: Trx) {
    return motsDepartement(actor.lang, (await parametres.get(trx)).appellationDepartement);
  }

  /**
   * Runs a change in a transaction, with the tree as it stands in it. The counter of the cache is raised first: whoever
   * else changes the tree waits for it, so that two changes together never make a circle.
   */
  async function change<R>(
    actor: Actor,
    work: (trx: Trx, connus: readonly Departement[]) => Promise<R>,
  ): Promise<R> {
    mayEnter(actor);
    try {
      return await database.transaction(async (trx) => {
        await cache.bump(trx);
        return work(trx, await repo.all(trx));
      });
    } finally {
      cache.invalidate();
    }
  }

  /** The department that is to be changed, as the one who changes it saw it. @throws AppError not-found, conflict */
  function attendu(actor: Actor, connus: readonly Departement[], id: number, version: number): Departement {
    const t = departementsTexts(actor.lang);
    const found = connus.find((departement) => departement.id === id);
    if (!found) throw notFound(t.introuvable);
    if (found.version !== version) throw conflict('VERSION_CONFLICT', t.versionPerimee);
    return found;
  }

  async function verifier(
    trx: Trx,
    actor: Actor,
    input: SaisieDepartement,
    connus: readonly Departement[],
    avant: Departement | null,
  ): Promise<{ saisie: SaisieDepartement; chefs: ReadonlyMap<number, string> }> {
    const t = departementsTexts(actor.lang);
    const id = avant?.id ?? null;
    const { saisie, errors } = checkDepartement(actor.lang, await mots(actor, trx), input, connus, id);
    const ids = [saisie.chefId, avant?.chefId ?? null].filter((un) => un !== null);
    const chefs = await repo.chefs(trx, keyring, ids);
    const nouveauChef = saisie.chefId !== null && saisie.chefId !== avant?.chefId;
    if (nouveauChef && !chefs.get(saisie.chefId ?? 0)?.actif) {
      errors.push({ field: 'chefId', message: t.chefInconnu });
    }
    if (avant) {
      const dessous = sousArbre(connus, [avant.id]);
      const field = nouveauChef ? 'chefId' : 'parentId';
      const deplace = saisie.parentId !== avant.parentId && saisie.parentId !== null;
      if ((nouveauChef || deplace) && !mayGiveToRead(actor, dessous)) {
        errors.push({ field, message: t.chefHorsPortee });
      }
    }
    if (errors.length > 0) throw invalid(errors);
    return { saisie, chefs: new Map([...chefs].map(([un, { username }]) => [un, username])) };
  }

  function utilise(actor: Actor, usage: UsageDepartement | null, m: Readonly<Record<string, string>>) {
    const t = departementsTexts(actor.lang);
    const { lang } = actor;
    const raisons: string[] = [];
    if (usage && usage.personnes > 0) {
      raisons.push(plural(lang, usage.personnes, t.utilisePersonnes_un, t.utilisePersonnes_autre));
    }
    if (usage && usage.sousDepartements > 0) {
      raisons.push(fill(plural(lang, usage.sousDepartements, t.utiliseSous_un, t.utiliseSous_autre), m));
    }
    if (usage?.courriers) raisons.push(t.utiliseCourriers);
    if (raisons.length === 0) raisons.push(t.utiliseAilleurs);
    return conflict('IN_USE', fill(t.utilise, { raisons: raisons.join(', ') }));
  }

  return {
    /**
     * Adds a department.
     *
     * @throws AppError forbidden; invalid (`code`, `nom`, `description`, `parentId`, `chefId`)
     */
    async add(actor: Actor, input: SaisieDepartement): Promise<Departement> {
      return change(actor, async (trx, connus) => {
        const { saisie, chefs } = await verifier(trx, actor, input, connus, null);
        const id = await database.dialect.nextId(trx, 'departement');
        await repo.insert(trx, id, saisie, timestamp(clock));
        await journal.record(trx, actor, {
          action: 'departement.ajout',
          details: {
            departement: id,
            code: saisie.code,
            ...(saisie.chefId === null ? {} : { chef: chefs.get(saisie.chefId) ?? null }),
          },
        });
        return { ...saisie, id, actif: true, version: 1 };
      });
    },

    /**
     * Changes a department.
     *
     * @param version the one that the person saw
     * @returns the fields that changed
     * @throws AppError forbidden, not-found; invalid as for `add`; conflict `VERSION_CONFLICT`
     */
    async edit(actor: Actor, id: number, input: SaisieDepartement, version: number): Promise<string[]> {
      return change(actor, async (trx, connus) => {
        const avant = attendu(actor, connus, id, version);
        const { saisie, chefs } = await verifier(trx, actor, input, connus, avant);
        const champs = CHAMPS.filter((champ) => saisie[champ] !== avant[champ]);
        if (champs.length === 0) return [];
        await repo.update(trx, id, saisie);
        const nomDe = (chef: number | null) => (chef === null ? null : (chefs.get(chef) ?? null));
        await journal.record(trx, actor, {
          action: 'departement.modification',
          details: {
            departement: id,
            code: saisie.code,
            champs: champs.join(', '),
            ...(champs.includes('parentId')
              ? { departement_avant: avant.parentId, departement_apres: saisie.parentId }
              : {}),
            ...(champs.includes('chefId')
              ? { chef_avant: nomDe(avant.chefId), chef_apres: nomDe(saisie.chefId) }
              : {}),
          },
        });
        return champs;
      });
    },

    /** Closes a department or opens it again; its people and letters stay. @throws as `edit` */
    async setActive(actor: Actor, id: number, actif: boolean, version: number): Promise<void> {
      await change(actor, async (trx, connus) => {
        const avant = attendu(actor, connus, id, version);
        if (avant.actif === actif) return;
        await repo.update(trx, id, { actif });
        await journal.record(trx, actor, {
          action: 'departement.activation',
          details: { departement: id, code: avant.code, actif },
        });
      });
    },

    /**
     * Deletes a department that was never used.
     *
     * @throws AppError forbidden, not-found; conflict `VERSION_CONFLICT`, or `IN_USE` with what it is used for
     */
    async remove(actor: Actor, id: number, version: number): Promise<void> {
      try {
        await change(actor, async (trx, connus) => {
          const { code, nom } = attendu(actor, connus, id, version);
          const usage = await repo.usage(trx, id);
          if (usage.personnes > 0 || usage.sousDepartements > 0 || usage.courriers) {
            throw utilise(actor, usage, await mots(actor, trx));
          }
          await repo.delete(trx, id);
          await journal.record(trx, actor, { action: 'departement.suppression', details: { code, nom } });
        });
      } catch (error) {
        // Somebody was put into it meanwhile, or a part of the program that this one does not know of holds it.
        if (database.dialect.isForeignKeyViolation(error)) throw utilise(actor, null, await mots(actor));
        throw error;
      }
    },

    /** What a department is used for. @throws AppError forbidden */
    async usage(actor: Actor, id: number): Promise<UsageDepartement> {
      mayEnter(actor);
      return repo.usage(database.kysely, id);
    },
  };
}

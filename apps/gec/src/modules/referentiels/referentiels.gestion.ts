import { can, conflict, fill, forbidden, invalid, notFound, type Actor } from '@gec/core';
import type { VersionedCache, Via } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { referentielsRepo, type Colonnes } from './referentiels.repo.ts';
import {
  ENTREES_MAX,
  STATUTS_INITIAUX,
  type Entree,
  type Liste,
  type Referentiels,
  type SaisieEntree,
} from './referentiels.schema.ts';
import { referentielsTexts } from './referentiels.texts.ts';
import { checkEntree, type EntreeVerifiee } from './referentiels.validation.ts';

/** What the management of the lists needs. */
export interface GestionDeps extends Pick<Base, 'database'> {
  journal: Pick<JournalService, 'record'>;
  cache: Pick<VersionedCache<Referentiels>, 'bump' | 'invalidate'>;
}

type EntreeNue = Omit<Entree, 'utilise' | 'protege'>;

const RIEN = {
  code: null,
  libelleEn: null,
  description: null,
  couleur: null,
  final: false,
  suivants: [],
  delai: null,
  unite: null,
} as const;

/** The entries of one list in the common form. */
function entreesDe({ statuts, types, urgences, instructions }: Referentiels, liste: Liste): EntreeNue[] {
  switch (liste) {
    case 'statuts': {
      const ids = new Map(statuts.map(({ nom, id }) => [nom, id]));
      return statuts.map(({ nom, suivants, ordre: _ordre, ...statut }) => ({
        ...RIEN,
        ...statut,
        code: nom,
        suivants: suivants.flatMap((one) => ids.get(one) ?? []),
      }));
    }
    case 'types':
      return types.map(({ nom, ordre: _ordre, ...type }) => ({ ...RIEN, ...type, libelle: nom }));
    case 'urgences':
      return urgences.map(({ nom, ordre: _ordre, ...urgence }) => ({ ...RIEN, ...urgence, libelle: nom }));
    case 'instructions':
      return instructions.map(({ ordre: _ordre, ...instruction }) => ({ ...RIEN, ...instruction }));
  }
}

/** The columns of an entry; `neuve` has its code too, which never changes afterwards. */
function colonnesDe(liste: Liste, entree: EntreeVerifiee, neuve: boolean): Colonnes {
  const { code, libelle, libelleEn, description, couleur, final, delai, unite } = entree;
  switch (liste) {
    case 'statuts':
      return { ...(neuve ? { nom: code } : {}), libelle, description, couleur, final };
    case 'types':
      return { nom: libelle, description };
    case 'urgences':
      return { nom: libelle, description, couleur, delai, unite };
    case 'instructions':
      return { ...(neuve ? { code } : {}), libelle, libelle_en: libelleEn };
  }
}

function estProtege(liste: Liste, { code }: Pick<Entree, 'code'>): boolean {
  return liste === 'statuts' && code !== null && STATUTS_INITIAUX.includes(code);
}

/** Changing the lists, by those who may. Every change is in the journal and told to every process. */
export function createGestion({ database, journal, cache }: GestionDeps) {
  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_statuses')) throw forbidden(referentielsTexts(actor.lang).refuse);
  }

  async function load(via: Via, liste: Liste): Promise<Entree[]> {
    const entrees = entreesDe(await referentielsRepo.all(via), liste);
    const utilises = await referentielsRepo.utilises(via, liste);
    return entrees.map((entree) => ({
      ...entree,
      utilise: utilises.has(entree.id),
      protege: estProtege(liste, entree),
    }));
  }

  function find(actor: Actor, entrees: readonly Entree[], id: number): Entree {
    const found = entrees.find((entree) => entree.id === id);
    if (!found) throw notFound(referentielsTexts(actor.lang).introuvable);
    return found;
  }

  /**
   * Runs a change in a transaction. Whoever changes the lists takes turns on the version of the cache, so that what
   * was checked still holds when it is written.
   */
  async function change<R>(
    actor: Actor,
    liste: Liste,
    work: (trx: Trx, entrees: Entree[]) => Promise<R>,
  ): Promise<R> {
    mayManage(actor);
    try {
      return await database.transaction(async (trx) => {
        await cache.bump(trx);
        return work(trx, await load(trx, liste));
      });
    } finally {
      cache.invalidate();
    }
  }

  const perimee = (actor: Actor) =>
    conflict('VERSION_CONFLICT', referentielsTexts(actor.lang).versionPerimee);

  /** Other statuts would be open to all others if the only one that may follow them went. */
  function seulSuivant(liste: Liste, entrees: readonly Entree[], id: number): string[] {
    if (liste !== 'statuts') return [];
    return entrees
      .filter(({ suivants }) => suivants.length === 1 && suivants[0] === id)
      .map(({ libelle }) => libelle);
  }

  return {
    /** The entries of a list in order, with what is in use. @throws AppError forbidden */
    async entrees(actor: Actor, liste: Liste): Promise<Entree[]> {
      mayManage(actor);
      return load(database.kysely, liste);
    },

    /** One entry. @throws AppError forbidden, not-found */
    async entree(actor: Actor, liste: Liste, id: number): Promise<Entree> {
      mayManage(actor);
      return find(actor, await load(database.kysely, liste), id);
    },

    /**
     * Adds an entry at the end of its list.
     *
     * @returns its id
     * @throws AppError forbidden, invalid with a message for each field
     */
    ajouter: (actor: Actor, liste: Liste, saisie: SaisieEntree): Promise<number> =>
      change(actor, liste, async (trx, entrees) => {
        const { entree, errors } = checkEntree(actor.lang, liste, saisie, entrees);
        if (entrees.length >= ENTREES_MAX) {
          errors.push({
            field: 'libelle',
            message: fill(referentielsTexts(actor.lang).listePleine, { max: ENTREES_MAX }),
          });
        }
        if (errors.length > 0) throw invalid(errors);
        const id = await referentielsRepo.insert(trx, liste, colonnesDe(liste, entree, true));
        if (liste === 'statuts') await referentielsRepo.setSuivants(trx, id, entree.suivants);
        await journal.record(trx, actor, {
          action: 'referentiel.ajout',
          details: { liste, entree: entree.libelle },
        });
        return id;
      }),

    /**
     * Changes an entry; its code stays.
     *
     * @param version the version that the person saw
     * @throws AppError forbidden, not-found, invalid; conflict `VERSION_CONFLICT` when somebody changed it meanwhile
     */
    modifier: (
      actor: Actor,
      liste: Liste,
      id: number,
      saisie: SaisieEntree,
      version: number,
    ): Promise<void> =>
      change(actor, liste, async (trx, entrees) => {
        const avant = find(actor, entrees, id);
        if (avant.version !== version) throw perimee(actor);
        const { entree, errors } = checkEntree(actor.lang, liste, saisie, entrees, avant);
        if (errors.length > 0) throw invalid(errors);
        const done = await referentielsRepo.update(
          trx,
          liste,
          { id, version },
          colonnesDe(liste, entree, false),
        );
        if (!done) throw perimee(actor);
        if (liste === 'statuts') await referentielsRepo.setSuivants(trx, id, entree.suivants);
        await journal.record(trx, actor, {
          action: 'referentiel.modification',
          details: { liste, avant: avant.libelle, entree: entree.libelle },
        });
      }),

    /** Puts an entry out of use, or back into use. @throws AppError like `modifier`; conflict `PROTEGE` */
    activer: (actor: Actor, liste: Liste, id: number, actif: boolean, version: number): Promise<void> =>
      change(actor, liste, async (trx, entrees) => {
        const avant = find(actor, entrees, id);
        if (avant.version !== version) throw perimee(actor);
        if (!actif && avant.protege) {
          throw conflict('PROTEGE', fill(referentielsTexts(actor.lang).protege, { nom: avant.libelle }));
        }
        if (!(await referentielsRepo.update(trx, liste, { id, version }, { actif }))) throw perimee(actor);
        await journal.record(trx, actor, {
          action: 'referentiel.activation',
          details: { liste, entree: avant.libelle, actif },
        });
      }),

    /**
     * Deletes an entry that nothing bears.
     *
     * @throws AppError forbidden, not-found; conflict `UTILISE`, `PROTEGE`, `SEUL_SUIVANT` or `VERSION_CONFLICT`
     */
    supprimer: (actor: Actor, liste: Liste, id: number, version: number): Promise<void> =>
      change(actor, liste, async (trx, entrees) => {
        const t = referentielsTexts(actor.lang);
        const avant = find(actor, entrees, id);
        if (avant.version !== version) throw perimee(actor);
        const nom = avant.libelle;
        if (avant.protege) throw conflict('PROTEGE', fill(t.protege, { nom }));
        if (avant.utilise) throw conflict('UTILISE', fill(t.utiliseRefus, { nom }));
        const seul = seulSuivant(liste, entrees, id);
        if (seul.length > 0) {
          throw conflict('SEUL_SUIVANT', fill(t.seulSuivant, { nom, autres: seul.join(', ') }));
        }
        if (!(await referentielsRepo.remove(trx, liste, { id, version }))) throw perimee(actor);
        await journal.record(trx, actor, {
          action: 'referentiel.suppression',
          details: { liste, entree: nom },
        });
      }),

    /**
     * Puts a list into an order.
     *
     * @param vu ids in the order that the person saw
     * @param ordre the same ids in the order wanted
     * @throws AppError forbidden; conflict `VERSION_CONFLICT` when the list or its order is another one now
     */
    ordonner: (actor: Actor, liste: Liste, vu: readonly number[], ordre: readonly number[]): Promise<void> =>
      change(actor, liste, async (trx, entrees) => {
        const now = entrees.map(({ id }) => id);
        const same = now.join() === vu.join() && [...ordre].sort().join() === [...now].sort().join();
        if (!same) throw conflict('VERSION_CONFLICT', referentielsTexts(actor.lang).ordrePerime);
        if (ordre.join() === now.join()) return;
        await referentielsRepo.order(trx, liste, ordre);
        await journal.record(trx, actor, { action: 'referentiel.ordre', details: { liste } });
      }),
  };
}

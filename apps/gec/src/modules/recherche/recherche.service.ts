import { setImmediate } from 'node:timers/promises';
import { addDays, formatDate, invalid, startOfDay, type Actor } from '@gec/core';
import type { Base, Trx } from '../../context.ts';
import type { Via } from '../../cache.ts';
import { createComptes } from './recherche.comptes.ts';
import { createEntretien, type Avancement } from './recherche.entretien.ts';
import type { Limites } from './recherche.moteur.ts';
import { createGenerations } from './recherche.generations.repo.ts';
import { createRemplissage } from './recherche.remplissage.ts';
import { createRechercheRepo } from './recherche.repo.ts';
import {
  filtersToQuery,
  PLAFOND,
  PREMIERE_PAGE,
  SANS_FILTRE,
  type CourrierLigne,
  type Filtres,
  type Indexable,
  type Liste,
  type Pagination,
  type Suggestion,
} from './recherche.schema.ts';
import { sourceConnue, trierParColonne, type Source } from './recherche.sources.repo.ts';
import { motsAMarquer, repond, textesDe } from './recherche.termes.ts';
import { rechercheTexts } from './recherche.texts.ts';
import { selectionner, sourceParColonne, sourceParDate, type Selection } from './recherche.visible.repo.ts';

/** What the service needs of its neighbours. */
export interface RechercheDeps extends Pick<Base, 'database' | 'keyring'> {
  correspondants: {
    suggest(actor: Actor, q: string, limit?: number): Promise<readonly { id: number; nom: string }[]>;
  };
  parametres: { get(): Promise<{ fuseauHoraire: string }> };
}

/** Measured at 1 000 000 letters: beyond, the other way is the faster one. */
const LIMITES: Limites = { plafond: PLAFOND, aLaMain: 1_000, dureeComptes: 2_000 };

/** The end of time in `courrier.ordre`, and a day that lies beyond every letter. */
const TOUJOURS = Number.MAX_SAFE_INTEGER;
const LOINTAIN = '2200-01-01';

/** Letters opened at most to fill one page when the index lets false hits through. */
const OUVERTES_AU_PLUS = 4_000;

interface Lues {
  lignes: CourrierLigne[];
  /** Whether there is more in this direction. */
  encore: boolean;
  /** Key of the last letter that was looked at. */
  dernier: number | null;
  compte: Liste['total'] | null;
  plafonne: boolean;
}

/**
 * Lists of letters and the index behind them: everything obeys what the actor may read.
 *
 * @param limites only tests give their own
 */
export function createRechercheService(deps: RechercheDeps, limites: Limites = LIMITES) {
  const { database, keyring, correspondants, parametres } = deps;
  const generations = createGenerations(database, keyring, limites);
  const { moteur } = generations;
  const repo = createRechercheRepo(keyring, moteur);
  const comptes = createComptes(limites.dureeComptes);
  const entretien = createEntretien(database, moteur, repo);
  const remplissage = createRemplissage(database, generations, repo);

  async function selection(via: Via, actor: Actor, filtres: Filtres, fuseau: string): Promise<Selection> {
    const { dateFrom, dateTo } = filtres;
    return selectionner(via, actor, filtres, {
      min: dateFrom === null ? 0 : Date.parse(startOfDay(dateFrom, fuseau)) * 1024,
      max:
        dateTo === null || dateTo >= LOINTAIN
          ? TOUJOURS
          : Date.parse(startOfDay(addDays(dateTo, 1), fuseau)) * 1024,
    });
  }

  /** The letters of a selection in its order. @throws AppError when there are too many to sort so */
  async function sourceDe(via: Via, choix: Selection, actor: Actor): Promise<Source> {
    const { sortBy, sortOrder } = choix.filtres;
    if (sortBy === 'date_enregistrement') return sourceParDate(via, moteur, choix, sortOrder);
    const directe = sourceParColonne(moteur, choix);
    if (directe) return directe;
    const parDate = await sourceParDate(via, moteur, choix, 'desc');
    const tous = { apres: null, sens: 'suite', limite: limites.plafond + 1, saut: 0 } as const;
    const { ordres } = await parDate.portion(via, tous, false);
    if (ordres.length > limites.plafond) {
      const message = rechercheTexts(actor.lang).tropPourTrier;
      throw invalid([{ field: 'sort_by', message }]);
    }
    if (sortBy === 'objet' || sortBy === 'expediteur') {
      return sourceConnue(await repo.trierOuverts(via, ordres, sortBy, sortOrder, () => setImmediate()));
    }
    return sourceConnue(await trierParColonne(via, moteur, ordres, sortBy, sortOrder));
  }

  /** Reads rows until there are enough that really answer. */
  async function lire(
    via: Via,
    choix: Selection,
    source: Source,
    demarche: { apres: number | null; sens: 'suite' | 'retour'; nombre: number; saut: number },
    compter: boolean,
  ): Promise<Lues> {
    const { sens, nombre } = demarche;
    const { recherche } = choix;
    const lues: Lues = { lignes: [], encore: false, dernier: null, compte: null, plafonne: false };
    let { apres, saut } = demarche;
    let limite = nombre + 1;
    for (let ouvertes = 0; ;) {
      const portion = { apres, sens, limite, saut };
      const { ordres, compte } = await source.portion(via, portion, compter && ouvertes === 0);
      if (compte && ouvertes === 0) [lues.compte, lues.plafonne] = [compte.total, compte.plafonne];
      const lignes = await repo.lignes(via, choix, ordres);
      for (const ligne of lignes) {
        if (recherche.conditions.length > 0 && !repond(recherche, textesDe(ligne))) continue;
        if (lues.lignes.length === nombre) return { ...lues, encore: true };
        lues.lignes.push(ligne);
        lues.dernier = ligne.ordre;
      }
      const fin = ordres.at(-1);
      if (ordres.length < limite || fin === undefined) return lues;
      ouvertes += ordres.length;
      [apres, saut, lues.dernier] = [fin, 0, fin];
      if (ouvertes >= OUVERTES_AU_PLUS) return { ...lues, encore: true };
      limite = Math.min(400, limite * 4);
      await setImmediate();
    }
  }

  async function list(actor: Actor, filters: Filtres, pagination: Partial<Pagination> = {}): Promise<Liste> {
    const { page, size, apres, avant, total } = { ...PREMIERE_PAGE, ...pagination };
    const { fuseauHoraire } = await parametres.get();
    const texts = rechercheTexts(actor.lang);
    const repere = apres ?? avant;
    if (repere === null && page * size > PLAFOND) {
      throw invalid([{ field: 'page', message: texts.pageTropLoin }]);
    }
    return moteur.lire(async (via) => {
      const choix = await selection(via, actor, filters, fuseauHoraire);
      const source = await sourceDe(via, choix, actor);
      const parDate = filters.sortBy === 'date_enregistrement';
      if (repere !== null && !parDate && !(await repo.existe(via, repere))) {
        throw invalid([{ field: apres === null ? 'avant' : 'apres', message: texts.repereDisparu }]);
      }
      const cle = comptes.cle(choix);
      const connu = total === 'exact' ? null : comptes.lire(cle);
      const sens = avant === null ? 'suite' : 'retour';
      const saut = repere === null ? (page - 1) * size : 0;
      const demarche = { apres: repere, sens, nombre: size, saut } as const;
      const lues = await lire(via, choix, source, demarche, total !== 'exact' && connu === null);
      const lignes = sens === 'suite' ? lues.lignes : [...lues.lignes].reverse();
      const premier = lignes[0]?.ordre ?? null;
      const dernier = lignes.at(-1)?.ordre ?? null;
      const compte =
        total === 'exact'
          ? { total: await source.compterTout(via), plafonne: false }
          : (connu ?? comptes.garder(cle, { total: lues.compte ?? 0, plafonne: lues.plafonne }));
      const vuesAvant = repere === null ? saut : 0;
      return {
        lignes,
        // False hits that were dropped from a page that shows everything are not counted either.
        total:
          repere === null && !lues.encore && (page === 1 || lignes.length > 0)
            ? vuesAvant + lignes.length
            : Math.max(compte.total, lignes.length),
        totalPlafonne: compte.plafonne && (lues.encore || repere !== null),
        page,
        size,
        suivant: sens === 'retour' ? (dernier ?? repere) : lues.encore ? lues.dernier : null,
        precedent:
          sens === 'suite' ? (repere !== null || page > 1 ? premier : null) : lues.encore ? premier : null,
        mots: motsAMarquer(choix.recherche),
        ignores: choix.recherche.ignores,
      };
    });
  }

  return {
    /** Puts a letter into the index, in the transaction that stores it. A deleted one is taken out. */
    async index(trx: Trx, doc: Indexable): Promise<void> {
      comptes.oublier();
      if (doc.isDeleted) await moteur.effacer(trx, [doc.ordre]);
      else await moteur.ecrire(trx, doc);
    },

    /** As `index`: the entry says afterwards what the letter says now. */
    async reindex(trx: Trx, doc: Indexable): Promise<void> {
      comptes.oublier();
      if (doc.isDeleted) await moteur.effacer(trx, [doc.ordre]);
      else await moteur.ecrire(trx, doc);
    },

    /** Takes a letter out of the index, in the transaction that deletes it. */
    async unindex(trx: Trx, ordre: number): Promise<void> {
      comptes.oublier();
      await moteur.effacer(trx, [ordre]);
    },

    /**
     * A page of the letters that the actor may read and that answer the filters.
     *
     * @throws AppError `invalid` when there are too many to sort as asked (`sort_by`), when the page is too far to
     *   jump to (`page`), or when the letter where it goes on is gone (`apres`, `avant`)
     */
    list,

    /** How many letters answer: up to {@link PLAFOND}, or all of them with `exact`. */
    async count(
      actor: Actor,
      filters: Filtres,
      options: { exact?: boolean } = {},
    ): Promise<{ total: number; plafonne: boolean }> {
      const { fuseauHoraire } = await parametres.get();
      return moteur.lire(async (via) => {
        const choix = await selection(via, actor, filters, fuseauHoraire);
        const source = await sourceParDate(via, moteur, choix, 'desc');
        if (options.exact) return { total: await source.compterTout(via), plafonne: false };
        const cle = comptes.cle(choix);
        const connu = comptes.lire(cle);
        if (connu) return connu;
        const aucune = { apres: null, sens: 'suite', limite: 0, saut: 0 } as const;
        const { compte } = await source.portion(via, aucune, true);
        return comptes.garder(cle, compte ?? { total: 0, plafonne: false });
      });
    },

    /**
     * The letters before and after one in the list that these filters make, in its order.
     *
     * @returns ids; nothing on a side where the list ends, or where it cannot be told
     */
    async neighbours(
      actor: Actor,
      filters: Filtres,
      courrierId: number,
    ): Promise<{ previous?: number; next?: number }> {
      const { fuseauHoraire } = await parametres.get();
      return moteur.lire(async (via) => {
        const ordre = await repo.ordreDe(via, courrierId);
        if (ordre === null) return {};
        const choix = await selection(via, actor, filters, fuseauHoraire);
        const source = await sourceDe(via, choix, actor);
        const un = async (sens: 'suite' | 'retour') => {
          const demarche = { apres: ordre, sens, nombre: 1, saut: 0 };
          return (await lire(via, choix, source, demarche, false)).lignes[0]?.id;
        };
        return { previous: await un('retour'), next: await un('suite') };
      });
    },

    /**
     * What an actor may mean who types this: letters (newest first), then correspondants, which lead to their letters.
     *
     * @param q as typed so far; nothing is proposed for nothing
     */
    async suggest(actor: Actor, q: string): Promise<Suggestion[]> {
      const texte = q.trim().slice(0, 200);
      if (texte === '') return [];
      const { fuseauHoraire } = await parametres.get();
      const filtres = { ...SANS_FILTRE, search: texte };
      const lettres = await moteur.lire(async (via) => {
        const choix = await selection(via, actor, filtres, fuseauHoraire);
        if (choix.recherche.conditions.length === 0) return [];
        const source = await sourceParDate(via, moteur, choix, 'desc');
        const demarche = { apres: null, sens: 'suite', nombre: 6, saut: 0 } as const;
        return (await lire(via, choix, source, demarche, false)).lignes;
      });
      const noms = await correspondants.suggest(actor, texte, 4);
      return [
        ...lettres.map((ligne) => ({
          href: `/mail/${ligne.id}`,
          title: `${ligne.numero} · ${ligne.objet}`,
          subtitle: `${ligne.correspondant} · ${formatDate(actor.lang, ligne.dateEnregistrement, fuseauHoraire)}`,
        })),
        ...noms.map(({ nom }) => ({
          href: `/view_mail?${filtersToQuery({ ...SANS_FILTRE, search: `"${nom.replaceAll('"', ' ')}"` }).toString()}`,
          title: nom,
          subtitle: rechercheTexts(actor.lang).correspondant,
        })),
      ];
    },

    /**
     * Every letter that answers, in the order of the register (oldest first), for exports: in batches, each read by
     * key in a moment of its own, so that nothing is held while a document is made.
     */
    async *iterate(
      actor: Actor,
      filters: Filtres,
      options: { batch?: number } = {},
    ): AsyncGenerator<CourrierLigne[]> {
      const { batch = 200 } = options;
      const { fuseauHoraire } = await parametres.get();
      let apres: number | null = null;
      for (;;) {
        const depuis: number | null = apres;
        const lues: Lues = await moteur.lire(async (via) => {
          const choix = await selection(via, actor, filters, fuseauHoraire);
          const source = await sourceParDate(via, moteur, choix, 'asc');
          return lire(via, choix, source, { apres: depuis, sens: 'suite', nombre: batch, saut: 0 }, false);
        });
        if (lues.lignes.length > 0) yield lues.lignes;
        if (!lues.encore) return;
        apres = lues.dernier;
      }
    },

    /** See `recherche.entretien.ts`. */
    async rebuild(avancement?: Avancement): Promise<{ lettres: number; superflus: number }> {
      const bilan = await entretien.rebuild(avancement);
      // What a restored database had left on the side that no generation uses.
      await remplissage.nettoyer();
      return bilan;
    },
    check: entretien.check,

    /** See `recherche.remplissage.ts`: what a renewal of the index key needs. */
    ...remplissage,
  };
}

export type RechercheService = ReturnType<typeof createRechercheService>;

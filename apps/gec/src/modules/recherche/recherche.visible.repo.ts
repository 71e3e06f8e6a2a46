import type { Actor } from '@gec/core';
import { sql } from 'kysely';
import type { Via } from '../../cache.ts';
import { departementsLus, principal, principals } from '../courriers/courriers.policy.ts';
import type { Compte, Demande, Moteur, Plage, Trouves } from './recherche.moteur.ts';
import type { Filtres, OrdreTri } from './recherche.schema.ts';
import {
  plageDeRedaction,
  portionDe,
  redigeEntre,
  sourceAcces,
  sourceRegistre,
  sourceTriee,
  sousPrincipal,
  type Redaction,
  type Source,
} from './recherche.sources.repo.ts';
import {
  lireRecherche,
  termesCherches,
  termesDeFiltres,
  type Recherche,
  type Terme,
} from './recherche.termes.ts';

/** What an actor asks for, understood: nothing in it is a filter's word any more. */
export interface Selection {
  readonly filtres: Filtres;
  readonly recherche: Recherche;
  /** Words and filters as terms of the index. */
  readonly termes: readonly Terme[];
  readonly plage: Plage;
  readonly redaction: Redaction | null;
  /** The principals of the actor, the one with most letters first; `'all'` when it may read everything. */
  readonly cles: readonly string[] | 'all';
  /** The departments among them. */
  readonly departements: readonly number[];
  /** The person, where what it registered is among them. */
  readonly auteurId: number | null;
}

/** The filters of a list as terms. */
function filtresEnTermes(filtres: Filtres): Terme[] {
  const termes: Terme[] = [];
  if (filtres.typeCourrier !== null) termes.push(['type', filtres.typeCourrier]);
  if (filtres.statut !== null) termes.push(['statut', filtres.statut]);
  if (filtres.typeCourrierSortantId !== null) termes.push(['ts', String(filtres.typeCourrierSortantId)]);
  if (filtres.urgenceId !== null) termes.push(['urg', String(filtres.urgenceId)]);
  if (filtres.sgCopie !== null) termes.push(['sg', filtres.sgCopie ? 'oui' : 'non']);
  return termes;
}

/**
 * Understands filters for an actor.
 *
 * @param plage the days of registration as part of the register
 */
export async function selectionner(
  via: Via,
  actor: Actor,
  filtres: Filtres,
  plage: Plage,
): Promise<Selection> {
  const recherche = lireRecherche(filtres.search ?? '');
  const { dateRedactionFrom: from, dateRedactionTo: to } = filtres;
  const redaction = from === null && to === null ? null : { from, to };
  let bornes = plage;
  if (redaction) {
    const trouvee = await plageDeRedaction(via, redaction);
    if (trouvee) bornes = { min: Math.max(plage.min, trouvee.min), max: Math.min(plage.max, trouvee.max) };
  }
  const cles = principals(actor);
  return {
    filtres,
    recherche,
    termes: [...termesCherches(recherche), ...filtresEnTermes(filtres)],
    plage: bornes,
    redaction,
    cles: cles === 'all' ? cles : [...cles].reverse(),
    departements: actor.kind === 'user' ? departementsLus(actor) : [],
    auteurId: actor.kind === 'user' && cles.includes(principal.auteur(actor.userId)) ? actor.userId : null,
  };
}

/** Letters outside the department that the actor reads, newest first, when they are few enough to try each. */
async function aLaMain(
  via: Via,
  cles: readonly string[],
  sauf: readonly string[],
  plage: Plage,
  limite: number,
) {
  const hors = sauf.length === 0 ? sql`` : sql`and ${sousPrincipal(sauf, false)(sql`a.ordre`)}`;
  // Each principal by itself: its letters are in order already, so that reading stops when there are too many.
  const parCle = cles.map(
    (cle, i) => sql`select ordre from (select a.ordre from courrier_acces a
      where a.principal = ${cle} and a.ordre >= ${plage.min} and a.ordre < ${plage.max} ${hors}
      order by a.ordre desc limit ${limite + 1}) d${sql.raw(String(i))}`,
  );
  const { rows } = await sql<{ ordre: number }>`${sql.join(parCle, sql` union `)}`.execute(via);
  return rows.length > limite ? null : rows.map((row) => row.ordre);
}

function ajouter(comptes: readonly Compte[], plafond: number): Compte {
  let total = 0;
  let plafonne = false;
  for (const compte of comptes) {
    total += compte.total;
    plafonne ||= compte.plafonne;
  }
  return { total: Math.min(total, plafond), plafonne: plafonne || total > plafond };
}

/** Lists that share no letter, read as one in the order of the register. */
function fusionner(sources: readonly Source[], tri: OrdreTri, plafond: number): Source {
  return {
    async portion(via, demarche, compter): Promise<Trouves> {
      const { saut, limite } = demarche;
      const trouves: Trouves[] = [];
      for (const source of sources) {
        // When one alone is beyond the cap, the others need not be counted.
        const encore = compter && !trouves.some((un) => un.compte?.plafonne);
        trouves.push(await source.portion(via, { ...demarche, saut: 0, limite: saut + limite }, encore));
      }
      const { sens } = portionDe(demarche, tri);
      const ordres = trouves
        .flatMap((un) => un.ordres)
        .sort((a, b) => (sens === 'desc' ? b - a : a - b))
        .slice(saut, saut + limite);
      return {
        ordres,
        compte: compter
          ? ajouter(
              trouves.flatMap((un) => un.compte ?? []),
              plafond,
            )
          : null,
      };
    },
    async compterTout(via) {
      let total = 0;
      for (const source of sources) total += await source.compterTout(via);
      return total;
    },
  };
}

/** Some letters in the order of the register; where to go on need not be one of them. */
function sourceParmi(ordres: readonly number[], tri: OrdreTri): Source {
  return {
    async portion(_via, demarche) {
      const { apres, sens, saut, limite } = portionDe(demarche, tri);
      const suite = ordres
        .filter((un) => apres === null || (sens === 'desc' ? un < apres : un > apres))
        .sort((a, b) => (sens === 'desc' ? b - a : a - b));
      return {
        ordres: suite.slice(saut, saut + limite),
        compte: { total: ordres.length, plafonne: false },
      };
    },
    compterTout: async () => ordres.length,
  };
}

/** What the index finds, in the order of the register. */
function sourceIndex(moteur: Moteur, demande: Demande, tri: OrdreTri): Source {
  return {
    portion: (via, demarche, compter) => moteur.portion(via, demande, portionDe(demarche, tri), compter),
    compterTout: (via) => moteur.compterTout(via, demande),
  };
}

/** What the index finds among the letters that an actor may read. */
async function sourceIndexVisible(
  via: Via,
  moteur: Moteur,
  selection: Selection,
  tri: OrdreTri,
): Promise<Source> {
  const { termes, plage, redaction, cles, departements, auteurId } = selection;
  const conditions = redaction ? [redigeEntre(redaction)] : [];
  if (cles === 'all') return sourceIndex(moteur, { termes, plage, conditions }, tri);

  const sources: Source[] = [];
  const dejaVus = departements.map(principal.departement);
  if (departements.length > 0) {
    const deDepartement = departements.map((id): Terme => ['dep', String(id)]);
    const demande =
      deDepartement.length === 1
        ? { termes: [...termes, ...deDepartement], plage, conditions }
        : { termes, unDe: deDepartement, plage, conditions };
    sources.push(sourceIndex(moteur, demande, tri));
  }
  if (moteur.parAuteur && auteurId !== null) {
    const sauf = departements.map((id): Terme => ['dep', String(id)]);
    sources.push(sourceIndex(moteur, { termes, auteur: { id: auteurId, sauf }, plage, conditions }, tri));
    dejaVus.push(principal.auteur(auteurId));
  }
  const autres = cles.filter((cle) => !dejaVus.includes(cle));
  const connus = await aLaMain(via, autres, dejaVus, plage, moteur.limites.aLaMain);
  if (connus === null) {
    const lisible = [sousPrincipal(autres), ...(dejaVus.length > 0 ? [sousPrincipal(dejaVus, false)] : [])];
    sources.push(sourceIndex(moteur, { termes, plage, conditions: [...lisible, ...conditions] }, tri));
  } else if (connus.length > 0) {
    let ordres = await moteur.parmi(via, termes, connus);
    if (redaction && ordres.length > 0) {
      const { rows } = await sql<{ ordre: number }>`select t.ordre from ${moteur.table(ordres)} t
        where ${redigeEntre(redaction)(sql`t.ordre`)}`.execute(via);
      ordres = rows.map((row) => row.ordre);
    }
    sources.push(sourceParmi(ordres, tri));
  }
  const seule = sources[0];
  return sources.length === 1 && seule ? seule : fusionner(sources, tri, moteur.limites.plafond);
}

/** The letters of a selection in the order of the register. */
export async function sourceParDate(
  via: Via,
  moteur: Moteur,
  selection: Selection,
  tri: OrdreTri,
): Promise<Source> {
  const { termes, plage, redaction, cles, recherche } = selection;
  const { plafond } = moteur.limites;
  const sansMot = recherche.conditions.length === 0;
  if (cles === 'all' && sansMot && termes.length <= 1) {
    return sourceRegistre({ plage, redaction, filtre: termes[0] ?? null, plafond }, tri);
  }
  if (cles !== 'all' && termes.length === 0) return sourceAcces(cles, plage, redaction, tri, plafond);
  return sourceIndexVisible(via, moteur, selection, tri);
}

/** The register in the order of a column, where its indexes serve; `null` where letters must be gathered first. */
export function sourceParColonne(moteur: Moteur, selection: Selection): Source | null {
  const { termes, plage, redaction, cles, recherche, filtres } = selection;
  const { sortBy, sortOrder } = filtres;
  if (cles !== 'all' || recherche.conditions.length > 0 || termes.length > 1) return null;
  if (sortBy !== 'numero_accuse_reception' && sortBy !== 'statut') return null;
  const { plafond } = moteur.limites;
  return sourceTriee({ plage, redaction, filtre: termes[0] ?? null, plafond }, sortBy, sortOrder);
}

/** Whether a letter has every filter of a selection: two filters may share a hash. */
export function aLesFiltres(selection: Selection, courrier: Parameters<typeof termesDeFiltres>[0]): boolean {
  const siens = new Set(termesDeFiltres(courrier).map((terme) => terme.join(' ')));
  return filtresEnTermes(selection.filtres).every((terme) => siens.has(terme.join(' ')));
}

import { setImmediate } from 'node:timers/promises';
import { dayOf, fill, fold, formatDate, type Lang, type UserActor } from '@gec/core';
import type { LigneRegistre } from '../../documents/types.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import type { CourrierLigne, Filtres } from '../recherche/recherche.schema.ts';
import type { RechercheService } from '../recherche/recherche.service.ts';
import type { NumeroRegistre } from '../registres/registres.schema.ts';
import type { RegistresService } from '../registres/registres.service.ts';
import type { Noms } from './rapports.demande.ts';
import { LIGNES_MAX } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';

/** More rows than one export may have. */
export class TropDeLignes extends Error {
  override readonly name = 'TropDeLignes';
}

/** Rows read before other requests get their turn; SQLite answers without ever letting them in by itself. */
const LOT = 100;

type Recherche = Pick<RechercheService, 'list' | 'iterate'>;

/** The order of the list for what it does not read in its own order; the same keys as the list sorts by. */
function comparaison({ sortBy, sortOrder }: Filtres): (a: CourrierLigne, b: CourrierLigne) => number {
  const cle = (ligne: CourrierLigne): string => {
    if (sortBy === 'objet') return fold(ligne.objet);
    if (sortBy === 'expediteur') return fold(ligne.correspondant);
    return sortBy === 'statut' ? ligne.statut : ligne.numero;
  };
  const sens = sortOrder === 'asc' ? 1 : -1;
  const cles = new Map<number, string>();
  const de = (ligne: CourrierLigne): string => {
    let known = cles.get(ligne.id);
    if (known === undefined) cles.set(ligne.id, (known = cle(ligne)));
    return known;
  };
  return (a, b) => {
    const [x, y] = [de(a), de(b)];
    return sens * (x < y ? -1 : x > y ? 1 : a.ordre - b.ordre);
  };
}

/** Batches from the newest letter to the oldest, by key: what is registered meanwhile moves nothing. */
async function* parDateDecroissante(
  recherche: Recherche,
  actor: UserActor,
  filtres: Filtres,
): AsyncGenerator<readonly CourrierLigne[]> {
  let apres: number | null = null;
  for (;;) {
    const { lignes, suivant } = await recherche.list(actor, filtres, { size: LOT, apres });
    yield lignes;
    if (suivant === null) return;
    apres = suivant;
  }
}

async function* enLots(
  recherche: Recherche,
  actor: UserActor,
  filtres: Filtres,
): AsyncGenerator<readonly CourrierLigne[]> {
  if (filtres.sortBy === 'date_enregistrement') {
    if (filtres.sortOrder === 'desc') yield* parDateDecroissante(recherche, actor, filtres);
    else yield* recherche.iterate(actor, filtres, { batch: LOT });
    return;
  }
  const toutes: CourrierLigne[] = [];
  for await (const lot of recherche.iterate(actor, filtres, { batch: LOT })) {
    toutes.push(...lot);
    if (toutes.length > LIGNES_MAX) throw new TropDeLignes();
    await setImmediate();
  }
  yield toutes.sort(comparaison(filtres));
}

/**
 * The letters that the actor may read and that answer the filters, in the order of the list, batch by batch.
 *
 * @throws TropDeLignes beyond {@link LIGNES_MAX}
 */
export async function* lignesDeListe(
  recherche: Recherche,
  actor: UserActor,
  filtres: Filtres,
): AsyncGenerator<readonly CourrierLigne[]> {
  let lues = 0;
  for await (const lot of enLots(recherche, actor, filtres)) {
    lues += lot.length;
    if (lues > LIGNES_MAX) throw new TropDeLignes();
    for (let from = 0; from < lot.length; from += LOT) {
      yield lot.slice(from, from + LOT);
      await setImmediate();
    }
  }
}

async function* lotsDuLivre(livre: AsyncIterable<NumeroRegistre>): AsyncGenerator<NumeroRegistre[]> {
  let lot: NumeroRegistre[] = [];
  for await (const numero of livre) {
    lot.push(numero);
    if (lot.length < LOT) continue;
    yield lot;
    lot = [];
  }
  if (lot.length > 0) yield lot;
}

/**
 * The book of a register: every number of the period that the actor may know of, in the order in which they were given
 * out, with what its letter says. A number without a letter that can be read says why.
 *
 * @throws TropDeLignes beyond {@link LIGNES_MAX}; AppError forbidden without `export_courriers`
 */
export async function* lignesDeRegistre(
  services: { registres: Pick<RegistresService, 'book'>; courriers: Pick<CourriersService, 'byIds'> },
  actor: UserActor,
  periode: { flux: 'ENTRANT' | 'SORTANT'; du: string; au: string },
  noms: Noms,
): AsyncGenerator<LigneRegistre> {
  const fuseau = noms.reglages.fuseauHoraire;
  const livre = services.registres.book(actor, { flux: periode.flux, from: periode.du, to: periode.au });
  let lues = 0;
  for await (const lot of lotsDuLivre(livre)) {
    lues += lot.length;
    if (lues > LIGNES_MAX) throw new TropDeLignes();
    const ids = lot.flatMap(({ courrierId }) => courrierId ?? []);
    const courriers = await services.courriers.byIds(actor, ids);
    for (const numero of lot) {
      const courrier = numero.courrierId === null ? undefined : courriers.get(numero.courrierId);
      const annulation = motif(actor.lang, numero, courrier !== undefined, fuseau);
      yield {
        numero: numero.numero,
        date: dayOf(new Date(numero.dateAttribution), fuseau),
        correspondant: courrier?.correspondant ?? '',
        objet: courrier?.objet ?? '',
        reference: courrier?.numeroReference ?? '',
        observations: courrier
          ? [courrier.typeCourrierSortant, noms.statut(courrier.statut)].filter(Boolean).join(' · ')
          : '',
        ...(annulation === undefined ? {} : { annulation }),
      };
    }
    await setImmediate();
  }
}

/** Why a number holds no letter; undefined when it does. */
function motif(lang: Lang, numero: NumeroRegistre, lisible: boolean, fuseau: string): string | undefined {
  const t = rapportsTexts(lang);
  if (numero.etat === 'ANNULE') return fill(t.annule, { motif: numero.motif ?? '' });
  if (numero.etat === 'DETRUIT') {
    return fill(t.detruit, {
      date: formatDate(lang, numero.dateEtat, fuseau),
      motif: numero.motif ?? '',
    });
  }
  return lisible ? undefined : t.corbeille;
}

import {
  addDays,
  fill,
  formatDay,
  formatNumber,
  invalid,
  isDay,
  type FieldError,
  type Lang,
} from '@gec/core';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { parseFilters, type Filtres } from '../recherche/recherche.schema.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import { GENRES_COURRIERS, IDS_MAX, PERIODE_MAX, type DemandeExport } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';

type Champs = Readonly<Record<string, unknown>>;
type Referentiels = Pick<ReferentielsService, 'statuts' | 'typesSortants' | 'urgences'>;

/** Parameters of the list that say which page of it, which an export has not. */
const DE_LA_PAGE: ReadonlySet<string> = new Set(['page', 'size', 'apres', 'avant', 'total', 'ids']);

/** The filters that an address or a form carries, with what is wrong with them. */
export async function lireFiltres(
  referentiels: Referentiels,
  lang: Lang,
  champs: Champs,
): Promise<{ filtres: Filtres; errors: readonly FieldError[] }> {
  const [statuts, types, urgences] = await Promise.all([
    referentiels.statuts(),
    referentiels.typesSortants(),
    referentiels.urgences(),
  ]);
  const query = Object.fromEntries(Object.entries(champs).filter(([name]) => !DE_LA_PAGE.has(name)));
  const { filters, errors } = parseFilters(query, {
    lang,
    statuts: statuts.map((statut) => statut.nom),
    typesSortants: types.map((type) => type.id),
    urgences: urgences.map((urgence) => urgence.id),
  });
  return { filtres: filters, errors };
}

/**
 * Reads what somebody wants to have exported.
 *
 * @param champs see `demandeShape`; nothing wrong is ignored
 * @throws AppError invalid with a message for each field
 */
export async function lireDemande(
  referentiels: Referentiels,
  lang: Lang,
  champs: Champs,
): Promise<DemandeExport> {
  const t = rapportsTexts(lang);
  const genre = GENRES_COURRIERS.find((known) => known === champs['genre']);
  if (genre === undefined) throw invalid([{ field: 'genre', message: t.genreInconnu }]);
  if (genre === 'archive' && typeof champs['ids'] === 'string' && champs['ids'] !== '') {
    const ids = champs['ids'].split(',').map(Number);
    const sound = ids.length <= IDS_MAX && ids.every((id) => Number.isSafeInteger(id) && id > 0);
    if (!sound) throw invalid([{ field: 'ids', message: t.idsInvalides }]);
    return { genre, ids: [...new Set(ids)] };
  }
  if (genre === 'liste-pdf' || genre === 'liste-xlsx' || genre === 'archive') {
    const { filtres, errors } = await lireFiltres(referentiels, lang, champs);
    if (errors.length > 0) throw invalid(errors);
    return genre === 'archive' ? { genre, filtres } : { genre, filtres };
  }
  const errors: FieldError[] = [];
  const flux = (['ENTRANT', 'SORTANT'] as const).find((known) => known === champs['flux']);
  if (flux === undefined) errors.push({ field: 'flux', message: t.fluxRequis });
  const jour = (field: 'du' | 'au'): string | null => {
    const value = champs[field];
    const word = typeof value === 'string' ? value.trim() : '';
    if (isDay(word) && word >= '1000-01-01') return word;
    errors.push({ field, message: t.jourInvalide });
    return null;
  };
  const [du, au] = [jour('du'), jour('au')];
  if (du !== null && au !== null) {
    if (du > au) errors.push({ field: 'au', message: t.periodeInversee });
    else if (addDays(du, PERIODE_MAX) <= au) {
      errors.push({ field: 'au', message: fill(t.periodeLongue, { n: formatNumber(lang, PERIODE_MAX) }) });
    }
  }
  if (errors.length > 0 || flux === undefined || du === null || au === null) throw invalid(errors);
  return { genre, flux, du, au };
}

/** A period as it is read: `du 1er nov. 2026 au 30 nov. 2026`. */
export function periodeLue(lang: Lang, du: string, au: string): string {
  const t = rapportsTexts(lang);
  return fill(du === au ? t.periodeUnJour : t.periode, { du: formatDay(lang, du), au: formatDay(lang, au) });
}

function entre(lang: Lang, du: string | null, au: string | null): string | null {
  const t = rapportsTexts(lang);
  if (du !== null && au !== null) return periodeLue(lang, du, au);
  if (du !== null) return fill(t.phraseDepuis, { du: formatDay(lang, du) });
  return au === null ? null : fill(t.phraseJusque, { au: formatDay(lang, au) });
}

/**
 * The filters in force as a sentence, such as `Courriers arrivée contenant « cuivre », au statut « En cours »`.
 *
 * @param noms words of the référentiels, by their code or id
 */
export function phraseDesFiltres(
  lang: Lang,
  filtres: Filtres,
  noms: Pick<Noms, 'titreResponsable' | 'statut' | 'type' | 'urgence'>,
): string {
  const t = rapportsTexts(lang);
  const { typeCourrier, search, statut, typeCourrierSortantId, urgenceId, sgCopie } = filtres;
  const lead =
    typeCourrier === null ? t.phraseTous : typeCourrier === 'ENTRANT' ? t.phraseArrivees : t.phraseDeparts;
  const parts: string[] = [];
  if (search !== null) parts.push(fill(t.phraseRecherche, { mots: search }));
  if (statut !== null) parts.push(fill(t.phraseStatut, { statut: noms.statut(statut) }));
  if (typeCourrierSortantId !== null) {
    parts.push(fill(t.phraseType, { type: noms.type(typeCourrierSortantId) }));
  }
  if (urgenceId !== null) parts.push(fill(t.phraseUrgence, { urgence: noms.urgence(urgenceId) }));
  if (sgCopie !== null) {
    parts.push(fill(sgCopie ? t.phraseCopieOui : t.phraseCopieNon, { titre: noms.titreResponsable }));
  }
  const enregistres = entre(lang, filtres.dateFrom, filtres.dateTo);
  if (enregistres !== null) parts.push(fill(t.phraseEnregistres, { periode: enregistres }));
  const dates = entre(lang, filtres.dateRedactionFrom, filtres.dateRedactionTo);
  if (dates !== null) parts.push(fill(t.phraseDates, { periode: dates }));
  return parts.length === 0 ? lead : `${lead} ${parts.join(', ')}`;
}

/** What a document is named after, resolved once for all its rows. */
export async function nomsReferentiels(
  referentiels: Referentiels,
  parametres: Pick<ParametresService, 'get'>,
) {
  const [statuts, types, urgences, reglages] = await Promise.all([
    referentiels.statuts(),
    referentiels.typesSortants(),
    referentiels.urgences(),
    parametres.get(),
  ]);
  const labels = new Map(statuts.map((statut) => [statut.nom, statut.libelle]));
  const sortants = new Map(types.map((type) => [type.id, type.nom]));
  const degres = new Map(urgences.map((urgence) => [urgence.id, urgence.nom]));
  return {
    reglages,
    titreResponsable: reglages.titreResponsable,
    statut: (nom: string): string => labels.get(nom) ?? nom,
    type: (id: number): string => sortants.get(id) ?? String(id),
    urgence: (id: number): string => degres.get(id) ?? String(id),
  };
}

export type Noms = Awaited<ReturnType<typeof nomsReferentiels>>;

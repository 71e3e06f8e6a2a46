import type { Lang } from '@gec/core';
import { filtresQuery, filtersToQuery, parseFilters, type Filtres } from '../recherche/recherche.schema.ts';

/** The place that a reader came from, which previous and next go through and to which one goes back. */
export type Provenance =
  | { readonly genre: 'liste'; readonly query: string; readonly filtres: Filtres }
  | { readonly genre: 'a-traiter' }
  | { readonly genre: 'registre' };

/** Longest list address that is carried along. */
const LISTE_MAX = 1_500;
const PARAMETRES = Object.keys(filtresQuery.shape);

/**
 * Reads where one came from: `?liste=` with the whole query of the list, or that query itself carried along, or
 * `?de=a-traiter`. What is not understood counts as nothing: it is only the way back.
 */
export function readProvenance(query: Readonly<Record<string, unknown>>, lang: Lang): Provenance {
  if (query['de'] === 'a-traiter') return { genre: 'a-traiter' };
  const { liste } = query;
  const entries =
    typeof liste === 'string' && liste.length <= LISTE_MAX
      ? [...new URLSearchParams(liste)]
      : Object.entries(query);
  const given = Object.fromEntries(
    entries.filter(([name, value]) => PARAMETRES.includes(name) && typeof value === 'string'),
  );
  if (liste === undefined && Object.keys(given).length === 0) return { genre: 'registre' };
  const { filters, pagination } = parseFilters(given, { lang });
  return { genre: 'liste', filtres: filters, query: filtersToQuery(filters, pagination).toString() };
}

/** The query by which another address remembers the place: empty, or beginning with `?`. */
export function carry(from: Provenance): string {
  if (from.genre === 'a-traiter') return '?de=a-traiter';
  if (from.genre === 'liste') return `?${new URLSearchParams({ liste: from.query }).toString()}`;
  return '';
}

/** Address of the list to go back to. */
export function backTo(from: Provenance, typeCourrier: 'ENTRANT' | 'SORTANT'): string {
  if (from.genre === 'a-traiter') return '/a-traiter';
  if (from.genre === 'liste') return from.query === '' ? '/view_mail' : `/view_mail?${from.query}`;
  return `/view_mail?type_courrier=${typeCourrier}`;
}

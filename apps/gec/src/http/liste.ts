import { fold, type FieldError } from '@gec/core';
import { z } from 'zod';
import { FORMATS_TABLE, type FormatTable } from '../tableur/write-table.ts';

/** A field of a form: missing or sent twice, it is empty, and judged with our own words. */
export const texteForm = z.preprocess(
  (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : ''),
  z.string(),
);

/** What the address of a short list of the administration may say: words, state, order, page, format of an export. */
export const listeQuery = z.object({
  q: texteForm,
  etat: texteForm,
  sort_by: texteForm,
  sort_order: texteForm,
  page: texteForm,
  format: texteForm,
});
export type ListeQuery = z.output<typeof listeQuery>;

/** The address understood. */
export interface ListeLue<T extends string> {
  readonly q: string;
  readonly actif: boolean | null;
  readonly tri: T;
  readonly ordre: 'asc' | 'desc';
  readonly page: number;
  readonly format: FormatTable | null;
  /** Values that do not exist, by field. */
  readonly errors: FieldError[];
}

/** The rows of one page of a list, and what its view needs besides. */
export interface PageLue<Row, T extends string> {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly lue: ListeLue<T>;
  readonly query: ListeQuery;
  readonly pageSize: number;
}

/**
 * Understands the address of a list.
 *
 * @param tris the orders that there are, the usual one first
 * @param message what is said of a value that does not exist
 * @param usuel whether the list goes up or down where the address does not say
 */
export function lireListe<T extends string>(
  query: ListeQuery,
  tris: readonly [T, ...T[]],
  message: string,
  usuel: 'asc' | 'desc' = 'asc',
): ListeLue<T> {
  const errors: FieldError[] = [];
  const one = <V extends string>(field: keyof ListeQuery, known: readonly V[]): V | null => {
    const value = known.find((un) => un === query[field]);
    if (value === undefined && query[field] !== '') errors.push({ field, message });
    return value ?? null;
  };
  const etat = one('etat', ['actif', 'inactif']);
  let page = 1;
  if (/^[1-9]\d{0,6}$/.test(query.page)) page = Number(query.page);
  else if (query.page !== '') errors.push({ field: 'page', message });
  return {
    q: query.q.trim().slice(0, 200),
    actif: etat === null ? null : etat === 'actif',
    tri: one('sort_by', tris) ?? tris[0],
    ordre: one('sort_order', ['asc', 'desc']) ?? usuel,
    page,
    format: one('format', FORMATS_TABLE),
    errors,
  };
}

/** What a list shows: the rows whose words hold those that are looked for, in the order that is asked. */
export function choisir<Row, T extends string>(
  rows: readonly Row[],
  { q, tri, ordre }: Pick<ListeLue<T>, 'q' | 'tri' | 'ordre'>,
  of: { mots(row: Row): string; cles: Readonly<Record<T, (row: Row) => string>> },
): Row[] {
  const words = fold(q).split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => words.every((word) => fold(of.mots(row)).includes(word)));
  const sens = ordre === 'desc' ? -1 : 1;
  const cle = of.cles[tri];
  return found.sort((a, b) => sens * cle(a).localeCompare(cle(b), 'fr', { numeric: true }));
}

/** The address of a list with its filters, some of them changed. */
export function adresseListe<Query extends Readonly<Record<string, string>>>(
  base: string,
  query: Query,
  change: Partial<Query> = {},
): string {
  const words = Object.entries({ ...query, format: '', ...change }).filter(([, value]) => value !== '');
  const search = new URLSearchParams(words).toString();
  return search === '' ? base : `${base}?${search}`;
}

/** The pages of a list under its table, each with the filters and the order of the list. */
export function pagesListe(
  base: string,
  query: Readonly<Record<string, string>>,
  pages: { readonly page: number; readonly pageSize: number; readonly total: number },
) {
  return {
    ...pages,
    hrefFor: (page: number) => adresseListe(base, query, { page: page === 1 ? '' : String(page) }),
  };
}

/** How the head of a table shows and changes the order of a list. */
export function triListe(
  base: string,
  query: Readonly<Record<string, string>>,
  lue: Pick<ListeLue<string>, 'tri' | 'ordre'>,
) {
  return {
    by: lue.tri,
    order: lue.ordre,
    hrefFor: (by: string, order: 'asc' | 'desc') =>
      adresseListe(base, query, { sort_by: by, sort_order: order, page: '' }),
  };
}

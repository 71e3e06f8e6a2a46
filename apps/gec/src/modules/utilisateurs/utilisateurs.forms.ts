import { invalid, LANGS, type FieldError, type Lang } from '@gec/core';
import { z } from 'zod';
import type { Departement } from '../departements/departements.schema.ts';
import type { Role } from '../roles/roles.schema.ts';
import type { AjoutUtilisateur, FiltresUtilisateurs } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** A field of a form, or a number of a JSON body: missing or sent twice, it is empty, and judged with our own words. */
const text = z.preprocess(
  (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : ''),
  z.string(),
);

/** The word that stands for « sans département » in addresses and forms. */
export const SANS_DEPARTEMENT = 'aucun';

export const filterQuery = z.object({
  q: text,
  role: text,
  departement: text,
  etat: text,
  page: text,
});
export type FilterQuery = z.output<typeof filterQuery>;

/** The filters of the list as they stand in its address, and what is wrong with them. */
export function parseFilters(
  lang: Lang,
  query: FilterQuery,
  known: { roles: readonly Role[]; departements: readonly Departement[] },
): { filters: FiltresUtilisateurs; page: number; errors: FieldError[] } {
  const message = utilisateursTexts(lang).filtreInconnu;
  const filters: FiltresUtilisateurs = {};
  const errors: FieldError[] = [];
  if (query.q.trim() !== '') filters.q = query.q.slice(0, 200);
  if (query.role !== '') {
    if (known.roles.some(({ nom }) => nom === query.role)) filters.role = query.role;
    else errors.push({ field: 'role', message });
  }
  if (query.departement === SANS_DEPARTEMENT) filters.departementId = null;
  else if (query.departement !== '') {
    const found = known.departements.find(({ id }) => String(id) === query.departement);
    if (found) filters.departementId = found.id;
    else errors.push({ field: 'departement', message });
  }
  if (query.etat === 'actif' || query.etat === 'inactif') filters.actif = query.etat === 'actif';
  else if (query.etat !== '') errors.push({ field: 'etat', message });
  let page = 1;
  if (/^[1-9]\d{0,6}$/.test(query.page)) page = Number(query.page);
  else if (query.page !== '') errors.push({ field: 'page', message });
  return { filters, page, errors };
}

/** The form that adds an account. */
export const addForm = z.object({
  username: text,
  email: text,
  nomComplet: text,
  role: text,
  departementId: text,
  langue: text,
  matricule: text,
  fonction: text,
  telephone: text,
});
export type AddForm = z.output<typeof addForm>;

/** A department chosen in a form. @throws AppError invalid (`departementId`) */
export function readDepartement(lang: Lang, value: string): number | null {
  if (value === '' || value === SANS_DEPARTEMENT) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw invalid([{ field: 'departementId', message: utilisateursTexts(lang).departementInconnu }]);
}

/** The facts of the form. @throws AppError invalid (`departementId`) */
export function readAddForm(lang: Lang, form: AddForm): AjoutUtilisateur {
  return {
    ...form,
    departementId: readDepartement(lang, form.departementId),
    langue: LANGS.find((known) => known === form.langue) ?? 'fr',
  };
}

/** An account in an address. */
export const idParams = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
export const roleForm = z.object({ role: text });
export const departementForm = z.object({ departementId: text });
export const activationForm = z.object({ actif: z.enum(['oui', 'non']) });

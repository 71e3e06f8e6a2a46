import { invalid, LANGS, type FieldError, type Lang } from '@gec/core';
import { z } from 'zod';
import type { Departement } from '../departements/departements.schema.ts';
import type { Role } from '../roles/roles.schema.ts';
import { FORMATS_TABLE, type FormatTable } from '../../tableur/write-table.ts';
import {
  TRIS_UTILISATEURS,
  type AjoutUtilisateur,
  type FiltresUtilisateurs,
  type SaisieCompte,
  type TriUtilisateurs,
} from './utilisateurs.schema.ts';
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
  sort_by: text,
  sort_order: text,
  page: text,
  format: text,
});
export type FilterQuery = z.output<typeof filterQuery>;

/** What the states of the list mean. */
const ETATS: Readonly<Record<string, Pick<FiltresUtilisateurs, 'actif' | 'bloque' | 'jamais'>>> = {
  actif: { actif: true },
  inactif: { actif: false },
  bloque: { bloque: true },
  jamais: { jamais: true },
};

/** The address of the list, understood. */
export interface ListeLue {
  readonly filters: FiltresUtilisateurs;
  readonly page: number;
  readonly tri: TriUtilisateurs;
  readonly ordre: 'asc' | 'desc';
  readonly format: FormatTable | null;
  readonly errors: FieldError[];
}

/** The filters of the list as they stand in its address, and what is wrong with them. */
export function parseFilters(
  lang: Lang,
  query: FilterQuery,
  known: { roles: readonly Role[]; departements: readonly Departement[] },
): ListeLue {
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
  const etat = Object.hasOwn(ETATS, query.etat) ? ETATS[query.etat] : undefined;
  if (etat) Object.assign(filters, etat);
  else if (query.etat !== '') errors.push({ field: 'etat', message });
  const one = <V extends string>(field: keyof FilterQuery, known: readonly V[]): V | null => {
    const value = known.find((un) => un === query[field]);
    if (value === undefined && query[field] !== '') errors.push({ field, message });
    return value ?? null;
  };
  let page = 1;
  if (/^[1-9]\d{0,6}$/.test(query.page)) page = Number(query.page);
  else if (query.page !== '') errors.push({ field: 'page', message });
  const tri = one('sort_by', TRIS_UTILISATEURS) ?? 'nom';
  const ordre = one('sort_order', ['asc', 'desc']) ?? 'asc';
  return { filters, page, tri, ordre, format: one('format', FORMATS_TABLE), errors };
}

/** A department chosen in a form. @throws AppError invalid (`departementId`) */
export function readDepartement(lang: Lang, value: string): number | null {
  if (value === '' || value === SANS_DEPARTEMENT) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw invalid([{ field: 'departementId', message: utilisateursTexts(lang).departementInconnu }]);
}

/** The facts of the form. @throws AppError invalid (`departementId`) */
export function readAddForm(lang: Lang, form: AddForm): AjoutUtilisateur {
  const { parCourriel: _, ...facts } = form;
  return {
    ...facts,
    departementId: readDepartement(lang, form.departementId),
    langue: LANGS.find((known) => known === form.langue) ?? 'fr',
  };
}

/** What is typed of an account. */
const compteForm = z.object({
  nomComplet: text,
  email: text,
  fonction: text,
  matricule: text,
  telephone: text,
  username: text,
  role: text,
  departementId: text,
  langue: text,
});
export type ValeursCompte = z.output<typeof compteForm>;

/** The form that adds an account. */
export const addForm = compteForm.extend({
  /** Ticked: the one-time password is mailed. */
  parCourriel: text,
});
export type AddForm = z.output<typeof addForm>;

/** The form that changes an account: what was typed, over which version, and what stood in the form before. */
export const editForm = compteForm.extend({ version: text, avant: text });

/** What a form shows of an account. */
export function valeursDe(compte: SaisieCompte): ValeursCompte {
  const shown = (value: string | number | null) => (value === null ? '' : String(value));
  return {
    nomComplet: compte.nomComplet,
    email: compte.email,
    fonction: shown(compte.fonction),
    matricule: shown(compte.matricule),
    telephone: shown(compte.telephone),
    username: compte.username,
    role: compte.role,
    departementId: compte.departementId === null ? SANS_DEPARTEMENT : String(compte.departementId),
    langue: compte.langue,
  };
}

/** What was typed. @throws AppError invalid (`departementId`) */
export function readEditForm(lang: Lang, form: ValeursCompte): SaisieCompte {
  return {
    nomComplet: form.nomComplet,
    email: form.email,
    fonction: form.fonction,
    matricule: form.matricule,
    telephone: form.telephone,
    username: form.username,
    role: form.role,
    departementId: readDepartement(lang, form.departementId),
    langue: LANGS.find((known) => known === form.langue) ?? 'fr',
  };
}

/** What stood in a form when it was opened, as the form carries it along; nothing known of what is not readable. */
export function readAvant<K extends string>(json: string, actuel: Record<K, string>): Record<K, string> {
  try {
    const parsed = z.record(z.string(), z.string()).parse(JSON.parse(json));
    return Object.fromEntries(
      (Object.keys(actuel) as K[]).map((champ) => [champ, parsed[champ] ?? actuel[champ]]),
    ) as Record<K, string>;
  } catch {
    return actuel;
  }
}

/** A version that a form carries along; 0, which no account has, for what is none. */
export const readVersion = (value: string): number => (/^\d{1,9}$/.test(value) ? Number(value) : 0);

/** The form in which people change their own particulars. */
export const coordonneesForm = z.object({ fonction: text, telephone: text, version: text, avant: text });
export const resetForm = z.object({ parCourriel: text });
export const sessionForm = z.object({ session: text });
export const importForm = z.object({ empreinte: text });
export const planQuery = z.object({ etat: text, page: text });

/** An account in an address. */
export const idParams = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
export const importParams = z.object({ id: z.string().regex(/^[\w-]{20,40}$/) });
export const activationForm = z.object({ actif: z.enum(['oui', 'non']) });

import { isDay, type FieldError, type Lang } from '@gec/core';
import { z } from 'zod';
import type { Day, TypeCourrier } from '../../db/schema.ts';
import { lireRecherche, MOTS_AU_PLUS } from './recherche.termes.ts';
import { rechercheTexts } from './recherche.texts.ts';

export type { Indexable, MotsCourrier } from './recherche.termes.ts';

/** What a list can be sorted by (`sort_by`). */
export const TRIS = [
  'date_enregistrement',
  'numero_accuse_reception',
  'expediteur',
  'objet',
  'statut',
] as const;
export type Tri = (typeof TRIS)[number];
export type OrdreTri = 'asc' | 'desc';

/** Rows of a page. */
export const TAILLES = [25, 50, 100] as const;
export type Taille = (typeof TAILLES)[number];

/** Which letters, in which order. `null` leaves a filter out; days are days of Africa/Kinshasa, both ends included. */
export interface Filtres {
  readonly search: string | null;
  readonly typeCourrier: TypeCourrier | null;
  readonly sgCopie: boolean | null;
  readonly statut: string | null;
  readonly typeCourrierSortantId: number | null;
  readonly urgenceId: number | null;
  readonly dateFrom: Day | null;
  readonly dateTo: Day | null;
  readonly dateRedactionFrom: Day | null;
  readonly dateRedactionTo: Day | null;
  readonly sortBy: Tri;
  readonly sortOrder: OrdreTri;
}

/**
 * Which part of the list: by `page` (from 1), or by key, after or before the letter whose `ordre` is given; then `page`
 * is only what the person reads. `total` says how to count.
 */
export interface Pagination {
  readonly page: number;
  readonly size: Taille;
  readonly apres: number | null;
  readonly avant: number | null;
  readonly total: 'plafonne' | 'exact';
}

/** The whole register, newest first. */
export const SANS_FILTRE: Filtres = {
  search: null,
  typeCourrier: null,
  sgCopie: null,
  statut: null,
  typeCourrierSortantId: null,
  urgenceId: null,
  dateFrom: null,
  dateTo: null,
  dateRedactionFrom: null,
  dateRedactionTo: null,
  sortBy: 'date_enregistrement',
  sortOrder: 'desc',
};

/** The first page. */
export const PREMIERE_PAGE: Pagination = { page: 1, size: 25, apres: null, avant: null, total: 'plafonne' };

/** One row of a list, opened. */
export interface CourrierLigne {
  readonly id: number;
  /** Place in the register (`courrier.ordre`), the key of pages. */
  readonly ordre: number;
  readonly numero: string;
  readonly numeroReference: string | null;
  readonly objet: string;
  readonly typeCourrier: TypeCourrier;
  readonly expediteur: string | null;
  readonly destinataire: string | null;
  /** Whichever of the two there is. */
  readonly correspondant: string;
  readonly dateRedaction: Day | null;
  readonly dateEnregistrement: string;
  readonly statut: string;
  readonly utilisateurId: number;
  readonly departementId: number | null;
  readonly secretaireGeneralCopie: boolean | null;
  readonly typeCourrierSortantId: number | null;
  readonly urgenceId: number | null;
  /** Instant before which its urgency wants it treated. */
  readonly echeance: string | null;
  readonly autresInformations: string | null;
  readonly nombrePieces: number;
  readonly fichierType: string;
  /** First kept file, whose first page is the letter's picture. */
  readonly premierePieceId: number | null;
  readonly version: number;
}

/** A page of a list. */
export interface Liste {
  readonly lignes: readonly CourrierLigne[];
  /** How many answer in all; when `totalPlafonne`, there are more. */
  readonly total: number;
  readonly totalPlafonne: boolean;
  readonly page: number;
  readonly size: number;
  /** Keys of the pages after and before, for `apres` and `avant`. */
  readonly suivant: number | null;
  readonly precedent: number | null;
  /** Words of the search to mark, and those that were left out because they do not narrow. */
  readonly mots: readonly string[];
  readonly ignores: readonly string[];
}

/** A proposal while typing: where it leads and what it reads. */
export interface Suggestion {
  readonly href: string;
  readonly title: string;
  readonly subtitle: string;
}

/** Rows up to which letters are counted exactly, sorted by sealed columns and reached by page number. */
export const PLAFOND = 20_000;

/** The parameters as an address carries them, for the OpenAPI document; {@link parseFilters} checks them. */
export const filtresQuery = z.object({
  search: z.string().optional().describe('Mots cherchés ; entre guillemets, mots entiers'),
  type_courrier: z.string().optional().describe('`ENTRANT` ou `SORTANT`'),
  sg_copie: z.string().optional().describe('`oui` ou `non`'),
  statut: z.string().optional(),
  type_courrier_sortant_id: z.string().optional(),
  urgence_id: z.string().optional(),
  date_from: z.string().optional().describe('Jour d’enregistrement, `AAAA-MM-JJ`, compris'),
  date_to: z.string().optional().describe('Jour d’enregistrement, `AAAA-MM-JJ`, compris'),
  date_redaction_from: z.string().optional().describe('Jour du courrier, `AAAA-MM-JJ`, compris'),
  date_redaction_to: z.string().optional().describe('Jour du courrier, `AAAA-MM-JJ`, compris'),
  sort_by: z.string().optional().describe(TRIS.join(', ')),
  sort_order: z.string().optional().describe('`asc` ou `desc`'),
  page: z.string().optional().describe('Numéro de page, à partir de 1'),
  size: z.string().optional().describe(TAILLES.join(', ')),
  apres: z.string().optional().describe('`suivant` de la page précédente : continue après cette lettre'),
  avant: z.string().optional().describe('`precedent` de la page suivante'),
  total: z.string().optional().describe('`exact` compte au-delà de 20 000'),
});

/** The référentiels against which two filters are checked. Without them any word or id passes. */
export interface References {
  readonly statuts?: readonly string[];
  readonly typesSortants?: readonly number[];
  readonly urgences?: readonly number[];
}

/** Parameters understood: what is right is in force, what is wrong is in `errors` under its parameter's name. */
export interface Lecture {
  readonly filters: Filtres;
  readonly pagination: Pagination;
  readonly errors: readonly FieldError[];
  /** The words as typed, also the wrong ones, so that a form comes back as it was. */
  readonly saisie: Readonly<Record<string, string>>;
}

const LONGUEUR_RECHERCHE = 200;
const ENTIER = /^[1-9]\d{0,15}$/;

/** Reads one parameter after the other and notes what is wrong with each. */
class Lecteur {
  readonly errors: FieldError[] = [];
  readonly saisie: Record<string, string> = {};
  readonly #query: Readonly<Record<string, unknown>>;
  readonly texts: ReturnType<typeof rechercheTexts>;

  constructor(query: Readonly<Record<string, unknown>>, lang: Lang) {
    this.#query = query;
    this.texts = rechercheTexts(lang);
  }

  refuse(field: string, message: string): null {
    this.errors.push({ field, message });
    return null;
  }

  /** The value of a parameter, `null` when it is missing, blank or given twice. */
  mot(field: string): string | null {
    const value = this.#query[field];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') return this.refuse(field, this.texts.uneSeuleValeur);
    const mot = value.trim();
    if (mot === '') return null;
    this.saisie[field] = mot;
    return mot;
  }

  parmi<T extends string>(field: string, valeurs: readonly T[], message: string): T | null {
    const mot = this.mot(field);
    if (mot === null) return null;
    return valeurs.find((valeur) => valeur === mot) ?? this.refuse(field, message);
  }

  jour(field: string): Day | null {
    const mot = this.mot(field);
    if (mot === null) return null;
    return isDay(mot) && mot >= '1000-01-01' ? mot : this.refuse(field, this.texts.jourInvalide);
  }

  entier(field: string, message: string): number | null {
    const mot = this.mot(field);
    if (mot === null) return null;
    return ENTIER.test(mot) && Number.isSafeInteger(Number(mot)) ? Number(mot) : this.refuse(field, message);
  }

  /** Two days that enclose a period; the first may not come after the second. */
  periode(from: string, to: string): [Day | null, Day | null] {
    const [debut, fin] = [this.jour(from), this.jour(to)];
    if (debut !== null && fin !== null && debut > fin) this.refuse(to, this.texts.periodeInversee);
    return [debut, fin];
  }
}

function lireSearch(lecteur: Lecteur): string | null {
  const mot = lecteur.mot('search');
  if (mot === null) return null;
  if (mot.length > LONGUEUR_RECHERCHE) return lecteur.refuse('search', lecteur.texts.rechercheLongue);
  const nombre = lireRecherche(mot).conditions.reduce((somme, { mots }) => somme + mots.length, 0);
  return nombre > MOTS_AU_PLUS ? lecteur.refuse('search', lecteur.texts.tropDeMots) : mot;
}

function lirePagination(lecteur: Lecteur): Pagination {
  const { texts } = lecteur;
  const page = lecteur.entier('page', texts.pageInvalide) ?? 1;
  const taille = lecteur.parmi('size', ['25', '50', '100'], texts.tailleInvalide);
  const size = TAILLES.find((choix) => String(choix) === taille) ?? PREMIERE_PAGE.size;
  const apres = lecteur.entier('apres', texts.repereInvalide);
  const avant = lecteur.entier('avant', texts.repereInvalide);
  if (apres !== null && avant !== null) lecteur.refuse('avant', texts.repereDouble);
  if (apres === null && avant === null && page * size > PLAFOND) lecteur.refuse('page', texts.pageTropLoin);
  const total = lecteur.parmi('total', ['exact'], texts.totalInvalide) ?? 'plafonne';
  return { page, size, apres, avant, total };
}

/**
 * Reads the parameters of `/view_mail` (CONTRACT.md). Nothing wrong is ignored: whoever shows a list must show
 * `errors` instead of rows when there are any. Parameters that the list does not know are none of its business.
 *
 * @param query the parsed query string
 * @returns see {@link Lecture}
 */
export function parseFilters(
  query: Readonly<Record<string, unknown>>,
  options: References & { lang?: Lang } = {},
): Lecture {
  const lecteur = new Lecteur(query, options.lang ?? 'fr');
  const { texts } = lecteur;
  const statut = lecteur.mot('statut');
  // No statut has control characters in its name, and PostgreSQL takes no NUL in a text.
  const connu = statut === null || (options.statuts?.includes(statut) ?? !/\p{Cc}/u.test(statut));
  if (!connu) lecteur.refuse('statut', texts.statutInconnu);
  const sortant = lecteur.entier('type_courrier_sortant_id', texts.typeSortantInconnu);
  if (sortant !== null && options.typesSortants && !options.typesSortants.includes(sortant)) {
    lecteur.refuse('type_courrier_sortant_id', texts.typeSortantInconnu);
  }
  const urgence = lecteur.entier('urgence_id', texts.urgenceInconnue);
  if (urgence !== null && options.urgences && !options.urgences.includes(urgence)) {
    lecteur.refuse('urgence_id', texts.urgenceInconnue);
  }
  const copie = lecteur.parmi('sg_copie', ['oui', 'non'], texts.ouiOuNon);
  const search = lireSearch(lecteur);
  const typeCourrier = lecteur.parmi('type_courrier', ['ENTRANT', 'SORTANT'], texts.typeInconnu);
  const [dateFrom, dateTo] = lecteur.periode('date_from', 'date_to');
  const [dateRedactionFrom, dateRedactionTo] = lecteur.periode('date_redaction_from', 'date_redaction_to');
  const sortBy = lecteur.parmi('sort_by', TRIS, texts.triInconnu) ?? SANS_FILTRE.sortBy;
  const sortOrder = lecteur.parmi('sort_order', ['asc', 'desc'], texts.ordreInconnu);
  const filters: Filtres = {
    search,
    typeCourrier,
    sgCopie: copie === null ? null : copie === 'oui',
    statut: connu ? statut : null,
    typeCourrierSortantId: sortant,
    urgenceId: urgence,
    dateFrom,
    dateTo,
    dateRedactionFrom,
    dateRedactionTo,
    sortBy,
    sortOrder: sortOrder ?? ordreNaturel(sortBy),
  };
  const pagination = lirePagination(lecteur);
  return { filters, pagination, errors: lecteur.errors, saisie: lecteur.saisie };
}

/** The order that a column is first sorted in: newest first, names from A. */
export function ordreNaturel(tri: Tri): OrdreTri {
  return tri === 'date_enregistrement' || tri === 'numero_accuse_reception' ? 'desc' : 'asc';
}

/**
 * The address parameters of a view: the inverse of {@link parseFilters}, without what is as it is by default.
 *
 * @returns entries ready for `URLSearchParams`
 */
export function filtersToQuery(filters: Filtres, pagination: Partial<Pagination> = {}): URLSearchParams {
  const params = new URLSearchParams();
  const put = (name: string, value: string | number | null | undefined) => {
    if (value !== null && value !== undefined) params.set(name, String(value));
  };
  put('search', filters.search);
  put('type_courrier', filters.typeCourrier);
  put('sg_copie', filters.sgCopie === null ? null : filters.sgCopie ? 'oui' : 'non');
  put('statut', filters.statut);
  put('type_courrier_sortant_id', filters.typeCourrierSortantId);
  put('urgence_id', filters.urgenceId);
  put('date_from', filters.dateFrom);
  put('date_to', filters.dateTo);
  put('date_redaction_from', filters.dateRedactionFrom);
  put('date_redaction_to', filters.dateRedactionTo);
  if (filters.sortBy !== SANS_FILTRE.sortBy || filters.sortOrder !== ordreNaturel(filters.sortBy)) {
    put('sort_by', filters.sortBy);
    put('sort_order', filters.sortOrder);
  }
  if (pagination.size !== PREMIERE_PAGE.size) put('size', pagination.size);
  if (pagination.page !== undefined && pagination.page > 1) put('page', pagination.page);
  put('apres', pagination.apres);
  put('avant', pagination.avant);
  if (pagination.total === 'exact') put('total', 'exact');
  return params;
}

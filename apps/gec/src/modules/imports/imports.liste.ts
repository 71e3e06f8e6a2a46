import { fold, formatDateTime, type Lang } from '@gec/core';
import type { ListeLue, ListeQuery, PageLue } from '../../http/liste.ts';
import { colonneTexte, type ContenuTable } from '../../tableur/write-table.ts';
import type { EtatImport } from './imports.suivi.schema.ts';
import { importsTexts } from './imports.texts.ts';

/** The orders of a list of imports: the newest first unless said otherwise. */
export const TRIS_IMPORTS = ['date', 'nom', 'etat', 'courriers'] as const;
export type TriImports = (typeof TRIS_IMPORTS)[number];

/** What a list shows of an import, whatever its kind. */
export interface ImportListe {
  readonly id: string;
  readonly nom: string;
  readonly etat: EtatImport;
  readonly acteur: string;
  readonly dateCreation: string;
  readonly crees: number;
  readonly deja: number;
  readonly conflits: number;
}

/** Words of the list of imports of one kind, and of the state of each. */
export type MotsImports = Readonly<
  Record<'derniers' | 'aucun' | 'aucunTexte' | `etat_${EtatImport}`, string>
>;

/** The order that a list is in: by date the newest first, by anything else as the alphabet goes. */
export function ordreImports(
  query: Pick<ListeQuery, 'sort_order'>,
  { tri, ordre }: Pick<ListeLue<TriImports>, 'tri' | 'ordre'>,
): 'asc' | 'desc' {
  return query.sort_order === '' && tri === 'date' ? 'desc' : ordre;
}

/** The rows of a list in one of its orders: states as the alphabet has their words. */
export function trierImports<Row extends ImportListe>(
  rows: readonly Row[],
  tri: TriImports,
  ordre: 'asc' | 'desc',
  mots: MotsImports,
): Row[] {
  const cle = (row: Row): string | number =>
    tri === 'nom'
      ? fold(row.nom)
      : tri === 'etat'
        ? fold(mots[`etat_${row.etat}`])
        : tri === 'courriers'
          ? row.crees
          : row.dateCreation;
  const sens = ordre === 'asc' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [cle(a), cle(b)];
    return sens * (x < y ? -1 : x > y ? 1 : a.id.localeCompare(b.id));
  });
}

/** A list of imports as a file. */
export function tableauImports(
  lang: Lang,
  fuseau: string,
  rows: readonly ImportListe[],
  mots: MotsImports,
): ContenuTable {
  const t = importsTexts(lang);
  const texte = [t.colFichier, t.colEtat, t.colPar, t.colDate].map((label) => colonneTexte(label, 24));
  const nombre = [t.repris, t.dejaLa, t.ecartes].map((label) => ({
    label,
    width: 12,
    type: 'nombre' as const,
  }));
  return {
    colonnes: [...texte, ...nombre],
    lignes: rows.map((row) => [
      row.nom,
      mots[`etat_${row.etat}`],
      row.acteur,
      formatDateTime(lang, row.dateCreation, fuseau),
      row.crees,
      row.deja,
      row.conflits,
    ]),
  };
}

const TOUT: ListeQuery = { q: '', etat: '', sort_by: '', sort_order: '', page: '', format: '' };
/** Rows of its first page. */
const PAR_PAGE = 50;

/** The first page of a list as it usually is, for a page that a refused form is shown on. */
export function premierePage<Row extends ImportListe>(rows: readonly Row[]): PageLue<Row, TriImports> {
  return {
    rows: rows.slice(0, PAR_PAGE),
    total: rows.length,
    query: TOUT,
    lue: { q: '', actif: null, tri: 'date', ordre: 'asc', page: 1, format: null, errors: [] },
    pageSize: PAR_PAGE,
  };
}

import { formatDateTime, type Lang } from '@gec/core';
import { choisir, type ListeLue } from '../../http/liste.ts';
import type { ContenuTable } from '../../tableur/write-table.ts';
import type { TravailEchoue } from './sante.schema.ts';
import { santeTexts } from './sante.texts.ts';

/** What failed work can be sorted by. */
export const TRIS_TRAVAUX = ['depuis', 'travail', 'essais'] as const;
export type TriTravaux = (typeof TRIS_TRAVAUX)[number];

/** Failed work that answers a search, in order. */
export function choisirTravaux(rows: readonly TravailEchoue[], lue: ListeLue<TriTravaux>): TravailEchoue[] {
  return choisir(rows, lue, {
    mots: ({ libelle, erreur }) => `${libelle} ${erreur}`,
    cles: {
      depuis: ({ cree }) => cree,
      travail: ({ libelle }) => libelle,
      essais: ({ essais }) => String(essais),
    },
  });
}

/** Failed work as a table to be saved. */
export function tableauTravaux(lang: Lang, fuseau: string, rows: readonly TravailEchoue[]): ContenuTable {
  const t = santeTexts(lang);
  return {
    colonnes: [
      { label: t.colonneTravail, width: 36, type: 'texte' },
      { label: t.colonneCause, width: 60, type: 'texte' },
      { label: t.colonneEssais, width: 10, type: 'nombre' },
      { label: t.colonneDepuis, width: 22, type: 'texte' },
    ],
    lignes: rows.map((one) => [one.libelle, one.erreur, one.essais, formatDateTime(lang, one.cree, fuseau)]),
  };
}

import { fold } from '@gec/core';
import type { TableRow } from '../workers/atelier.ts';

/** The columns that a list may have: our name of each, and what people write above it, in French and English. */
export type Colonnes<K extends string> = Readonly<Record<K, readonly string[]>>;

/** What the headings of a list were understood as. */
export interface ColonnesReconnues<K extends string> {
  /** Whether the list has the column. */
  has(colonne: K): boolean;
  /** The text of a row in a column; `''` where the list has no such column. */
  valeur(ligne: TableRow, colonne: K): string;
  /** Headings that mean nothing to us, as written: they are not read. */
  readonly ignorees: readonly string[];
  /** Headings that mean a column which an earlier one means already: they are not read either. */
  readonly doubles: readonly string[];
}

/** Letters and figures alone: `N° de téléphone *` and `n_de_telephone` are one name. */
const bare = (name: string): string => fold(name).replace(/[^\p{L}\p{N}]/gu, '');

/**
 * Recognises the columns of a list by their headings, whatever their case, accents, spaces and signs.
 *
 * @param colonnes for each column the headings that mean it; the column's own name always does
 */
export function reconnaitreColonnes<K extends string>(
  entetes: readonly string[],
  colonnes: Colonnes<K>,
): ColonnesReconnues<K> {
  const byName = new Map<string, K>();
  for (const [colonne, noms] of Object.entries(colonnes) as [K, readonly string[]][]) {
    for (const nom of [colonne, ...noms]) byName.set(bare(nom), colonne);
  }
  const positions = new Map<K, number>();
  const ignorees: string[] = [];
  const doubles: string[] = [];
  entetes.forEach((entete, position) => {
    const colonne = byName.get(bare(entete));
    if (colonne === undefined) {
      if (entete !== '') ignorees.push(entete);
    } else if (positions.has(colonne)) doubles.push(entete);
    else positions.set(colonne, position);
  });
  return {
    has: (colonne) => positions.has(colonne),
    valeur(ligne, colonne) {
      const position = positions.get(colonne);
      return position === undefined ? '' : (ligne.valeurs[position] ?? '');
    },
    ignorees,
    doubles,
  };
}

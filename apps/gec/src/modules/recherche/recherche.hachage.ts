import { motsAIndexer, termesDuMot, textesDe, type MotsCourrier, type Terme } from './recherche.termes.ts';

/** Words whose terms are kept; the words of an office repeat themselves. */
const MOTS_GARDES = 20_000;

/**
 * Hashes terms for an engine, and remembers the words seen lately with all their beginnings.
 *
 * @param hacher the keyed hash of one term, as text or number
 */
export function createHachage<T extends string | number>(hacher: (tag: string, mot: string) => T) {
  let gardes = new Map<string, readonly T[]>();
  const un = ([tag, mot]: Terme): T => hacher(tag, mot);

  const duMot = (mot: string): readonly T[] => {
    let termes = gardes.get(mot);
    if (termes === undefined) {
      termes = termesDuMot(mot).map(un);
      if (gardes.size >= MOTS_GARDES) gardes = new Map();
      gardes.set(mot, termes);
    }
    return termes;
  };

  return {
    un,
    /** Each term of a letter's words once, and of what is given besides. */
    deCourrier(words: MotsCourrier, filtres: readonly Terme[]): T[] {
      const { mots, paires } = motsAIndexer(textesDe(words));
      const termes = new Set<T>();
      for (const mot of mots) for (const terme of duMot(mot)) termes.add(terme);
      for (const paire of paires) termes.add(hacher('r', paire));
      for (const filtre of filtres) termes.add(un(filtre));
      return [...termes];
    },
  };
}

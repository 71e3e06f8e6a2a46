import { fill, fold, type FieldError, type Lang } from '@gec/core';
import { textesTexts } from './textes.texts.ts';

/** Characters that a text may have at most. */
export const TEXTE_MAX = 2_000;

/** One text of the program: as it was written, and as this office words it (null: as it was written). */
export interface Texte {
  module: string;
  cle: string;
  origine: Readonly<Record<Lang, string>>;
  remplace: Readonly<Record<Lang, string | null>>;
  /** 0 for a text that nobody ever changed. */
  version: number;
  modifieParId: number | null;
  /** ISO 8601, UTC. */
  modifieLe: string | null;
}

/** What people read of a text in a language. */
export function texteEnVigueur({ origine, remplace }: Texte, lang: Lang): string {
  return remplace[lang] ?? origine[lang];
}

/** Places such as `{nom}` that the program fills. */
export function places(text: string): string[] {
  return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
}

/** Whether all words of a search occur in a text, in any language and order, with or without accents. */
export function correspond(texte: Texte, q: string): boolean {
  const { module, cle, origine, remplace } = texte;
  const all = fold([module, cle, origine.fr, origine.en, remplace.fr ?? '', remplace.en ?? ''].join(' '));
  return fold(q)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/**
 * Checks new words for a text. Empty, or as the program has it, means: no words of our own.
 *
 * @returns the words to keep by language, and one message for each refused field (`fr`, `en`)
 */
export function verifier(
  lang: Lang,
  texte: Texte,
  saisie: Readonly<Record<Lang, string>>,
): { valeurs: Record<Lang, string | null>; errors: FieldError[] } {
  const t = textesTexts(lang);
  const valeurs: Record<Lang, string | null> = { fr: null, en: null };
  const errors: FieldError[] = [];
  for (const langue of ['fr', 'en'] as const) {
    const word = saisie[langue].replace(/\r\n?/g, '\n').trim();
    if (word === '' || word === texte.origine[langue]) continue;
    const [mine, theirs] = [places(word), places(texte.origine[langue])];
    const wrong = mine.find((one) => !theirs.includes(one));
    const missing = theirs.find((one) => !mine.includes(one));
    if (word.length > TEXTE_MAX) errors.push({ field: langue, message: fill(t.tropLong, { n: TEXTE_MAX }) });
    else if (/[^\P{Cc}\n]/u.test(word) || !word.isWellFormed())
      errors.push({ field: langue, message: t.signes });
    else if (wrong !== undefined) errors.push({ field: langue, message: `${t.placeInconnue} ${wrong}` });
    else if (missing !== undefined) errors.push({ field: langue, message: `${t.placeManque} ${missing}` });
    else valeurs[langue] = word;
  }
  return { valeurs, errors };
}

/** What the list of texts can be sorted by; the usual order is that of the modules. */
export const TRIS_TEXTES = ['module', 'fr', 'en'] as const;
export type TriTextes = (typeof TRIS_TEXTES)[number];

import type { Lang } from '@gec/core';
import { z } from 'zod';
import type { ListeLue } from '../../http/liste.ts';
import type { ContenuTable } from '../../tableur/write-table.ts';
import { correspond, texteEnVigueur, type Texte, type TriTextes } from './textes.schema.ts';
import { textesTexts } from './textes.texts.ts';

const mots = z.object({ fr: z.string(), en: z.string() });

/** A text as it leaves the program. */
export const texteShape = z.object({
  module: z.string(),
  cle: z.string(),
  origine: mots,
  /** Words of this office; null: the program's own. */
  remplace: z.object({ fr: z.string().nullable(), en: z.string().nullable() }),
  version: z.int(),
  date_modification: z.string().nullable(),
});

/** A text by the names of JSON. */
export function presentTexte(texte: Texte): z.output<typeof texteShape> {
  const { module, cle, origine, remplace, version, modifieLe } = texte;
  return {
    module,
    cle,
    origine: { ...origine },
    remplace: { ...remplace },
    version,
    date_modification: modifieLe,
  };
}

/** The texts that the filters let through, in the order asked: that of the program, or of their words. */
export function choisirTextes(
  textes: readonly Texte[],
  { q, actif, tri, ordre }: Pick<ListeLue<TriTextes>, 'q' | 'actif' | 'tri' | 'ordre'>,
): Texte[] {
  const found = textes.filter(
    (texte) =>
      (q === '' || correspond(texte, q)) &&
      (actif === null || actif === (texte.remplace.fr !== null || texte.remplace.en !== null)),
  );
  if (tri === 'module') return ordre === 'desc' ? found.reverse() : found;
  const { compare } = new Intl.Collator(tri, { numeric: true });
  const sens = ordre === 'desc' ? -1 : 1;
  return found
    .map((texte) => ({ texte, cle: texteEnVigueur(texte, tri) }))
    .sort((a, b) => sens * compare(a.cle, b.cle))
    .map(({ texte }) => texte);
}

/** The texts as a table of a file. */
export function tableauTextes(lang: Lang, textes: readonly Texte[]): ContenuTable {
  const t = textesTexts(lang);
  return {
    colonnes: [
      { label: t.place, width: 34, type: 'texte' },
      { label: t.francais, width: 60, type: 'texte' },
      { label: t.anglais, width: 60, type: 'texte' },
      { label: t.etat, width: 12, type: 'texte' },
    ],
    lignes: textes.map((texte) => [
      `${texte.module}.${texte.cle}`,
      texteEnVigueur(texte, 'fr'),
      texteEnVigueur(texte, 'en'),
      texte.remplace.fr !== null || texte.remplace.en !== null ? t.modifie : t.origine,
    ]),
  };
}

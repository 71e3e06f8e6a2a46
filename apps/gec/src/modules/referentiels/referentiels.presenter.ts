import { plural, type Lang } from '@gec/core';
import { z } from 'zod';
import type { ColonneXlsx } from '../../documents/types.ts';
import type { ContenuTable } from '../../tableur/write-table.ts';
import { CHAMPS, UNITES, type Entree, type Liste } from './referentiels.schema.ts';
import { referentielsTexts } from './referentiels.texts.ts';

/** An entry of any list as JSON clients see it; what a list does not have is null, false or empty. */
export const entreeShape = z.object({
  id: z.int(),
  code: z.string().nullable(),
  libelle: z.string(),
  libelle_en: z.string().nullable(),
  description: z.string().nullable(),
  couleur: z.string().nullable(),
  final: z.boolean(),
  suivants: z.array(z.int()),
  delai: z.int().nullable(),
  unite: z.enum(UNITES).nullable(),
  actif: z.boolean(),
  utilise: z.boolean(),
  protege: z.boolean(),
  version: z.int(),
});

/** An entry as it leaves the program. */
export function presentEntree({ libelleEn, suivants, ...entree }: Entree): z.output<typeof entreeShape> {
  return { ...entree, libelle_en: libelleEn, suivants: [...suivants] };
}

/** A delay as people read it: `3 jours`. */
export function delaiLu(lang: Lang, delai: number, unite: (typeof UNITES)[number]): string {
  const t = referentielsTexts(lang);
  return plural(lang, delai, t[`delaiLu_${unite}_un`], t[`delaiLu_${unite}_autre`]);
}

/** A list as a table to be exported. */
export function exportDe(lang: Lang, liste: Liste, entrees: readonly Entree[]): ContenuTable {
  const t = referentielsTexts(lang);
  const noms = new Map(entrees.map(({ id, libelle }) => [id, libelle]));
  const has = (champ: (typeof CHAMPS)[Liste][number]) => CHAMPS[liste].includes(champ);
  const columns: { colonne: ColonneXlsx; valeur: (entree: Entree) => string | number | null }[] = [];
  const add = (label: string, width: number, valeur: (entree: Entree) => string | number | null) =>
    columns.push({
      colonne: { label, width, type: label === t.delai ? 'nombre' : 'texte' },
      valeur,
    });
  if (liste === 'statuts' || liste === 'instructions') add(t.code, 18, ({ code }) => code);
  add(t.libelle, 32, ({ libelle }) => libelle);
  if (has('libelleEn')) add(t.libelleEn, 32, ({ libelleEn }) => libelleEn);
  if (has('description')) add(t.description, 48, ({ description }) => description);
  if (has('couleur')) add(t.couleur, 12, ({ couleur }) => couleur);
  if (has('final')) add(t.final, 12, ({ final }) => (final ? t.oui : t.non));
  if (has('suivants')) {
    add(t.suivants, 48, ({ suivants }) => suivants.map((id) => noms.get(id) ?? '').join(', '));
  }
  if (has('delai')) {
    add(t.delai, 10, ({ delai }) => delai);
    add(t.unite, 10, ({ unite }) => unite && t[`unite_${unite}`]);
  }
  add(t.etat, 14, ({ actif }) => (actif ? t.actif : t.inactif));
  add(t.usage, 16, ({ utilise }) => (utilise ? t.utilise : t.inutilise));
  return {
    colonnes: columns.map(({ colonne }) => colonne),
    lignes: entrees.map((entree) => columns.map(({ valeur }) => valeur(entree))),
  };
}

import { fold, type FieldError, type Lang } from '@gec/core';
import { z } from 'zod';
import { FORMATS_TABLE } from '../../tableur/write-table.ts';
import { LISTES, PALETTE, type Entree, type SaisieEntree } from './referentiels.schema.ts';
import { referentielsTexts } from './referentiels.texts.ts';

/** A field of a form: missing or sent twice, it is empty, and judged with our own words. */
const text = z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(2_000));
const texts = z
  .preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(z.string().max(20)).max(200))
  .transform((values) => values.filter((value) => value !== ''));

const wholeId = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export const listeParams = z.object({ liste: z.enum(LISTES) });
export const entreeParams = z.object({ liste: z.enum(LISTES), id: wholeId });
export const exportParams = z.object({ liste: z.enum(LISTES), format: z.enum(FORMATS_TABLE) });
export const filtresQuery = z.object({ q: text, etat: text, deplace: text });
export type FiltresQuery = z.output<typeof filtresQuery>;

export const entreeForm = z.object({
  code: text,
  libelle: text,
  libelleEn: text,
  description: text,
  couleur: text,
  final: text,
  suivants: texts,
  delai: text,
  unite: text,
});
export const modifierForm = entreeForm.extend({ version: wholeId });
export const versionForm = z.object({ version: wholeId });
export const activationForm = versionForm.extend({ actif: z.enum(['oui', 'non']) });

/** `1,2,3` as ids. */
const ids = z
  .string()
  .max(2_000)
  .regex(/^\d+(,\d+)*$/)
  .transform((list) => list.split(',').map(Number));
/** The list as it was seen, and either one step (`12:haut`) or the whole order wanted. */
export const ordreForm = z.object({
  vu: ids,
  ordre: ids.optional().or(z.literal('').transform(() => undefined)),
  deplacer: z
    .string()
    .regex(/^\d+:(haut|bas)$/)
    .optional(),
});

/** The order that a form asks for; the one that was seen where it asks for nothing that can be. */
export function ordreVoulu({ vu, ordre, deplacer }: z.output<typeof ordreForm>): number[] {
  if (deplacer === undefined) return ordre ?? vu;
  const [id, sens] = deplacer.split(':');
  const from = vu.indexOf(Number(id));
  const to = from + (sens === 'haut' ? -1 : 1);
  const moved = [...vu];
  const other = moved[to];
  if (from === -1 || other === undefined) return moved;
  moved[to] = Number(id);
  moved[from] = other;
  return moved;
}

/** The entries that the filters of an address let through, and what is wrong with them. */
export function filtrer(
  lang: Lang,
  entrees: readonly Entree[],
  { q, etat }: Pick<FiltresQuery, 'q' | 'etat'>,
): { entrees: Entree[]; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const known = etat === '' || etat === 'actif' || etat === 'inactif';
  if (!known) errors.push({ field: 'etat', message: referentielsTexts(lang).filtreInconnu });
  const word = fold(q.trim());
  const found = entrees.filter(
    ({ actif, libelle, libelleEn, code }) =>
      (!known || etat === '' || actif === (etat === 'actif')) &&
      fold(`${libelle} ${libelleEn ?? ''} ${code ?? ''}`).includes(word),
  );
  return { entrees: found, errors };
}

/** What the form of a new entry begins with. */
export const ENTREE_VIERGE: SaisieEntree = {
  code: '',
  libelle: '',
  libelleEn: '',
  description: '',
  couleur: PALETTE[0].couleur,
  final: '',
  suivants: [],
  delai: '',
  unite: 'jours',
};

/** An entry as its form holds it. */
export function saisieDe(entree: Entree): SaisieEntree {
  return {
    code: entree.code ?? '',
    libelle: entree.libelle,
    libelleEn: entree.libelleEn ?? '',
    description: entree.description ?? '',
    couleur: entree.couleur ?? '',
    final: entree.final ? 'oui' : '',
    suivants: entree.suivants.map(String),
    delai: entree.delai?.toString() ?? '',
    unite: entree.unite ?? 'jours',
  };
}

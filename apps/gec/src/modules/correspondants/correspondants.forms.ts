import type { FieldError, Lang } from '@gec/core';
import { z } from 'zod';
import { FORMATS_TABLE } from '../../tableur/write-table.ts';
import { IMPORT_LIGNES_MAX, type LigneBrute } from './correspondants.import.schema.ts';
import {
  CHAMPS_CORRESPONDANT,
  NOM_MAX,
  TRIS_CORRESPONDANT,
  type FiltresCorrespondants,
  type SaisieCorrespondant,
} from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

const text = z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(10_000));
const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export const idParams = z.object({ id });
export const ecritureParams = z.object({ id, ecriture: id });
export const formatParams = z.object({ format: z.enum(FORMATS_TABLE) });
export const listeQuery = z.object({ q: text, etat: text, sort_by: text, sort_order: text, page: text });
export type ListeQuery = z.output<typeof listeQuery>;

export const correspondantForm = z.object({
  nom: text,
  adresse: text,
  telephone: text,
  email: text,
  notes: text,
});
export const modifierForm = correspondantForm.extend({ version: id });
export const activationForm = z.object({ actif: z.enum(['oui', 'non']), version: id });
export const fusionQuery = z.object({ garde: id, fondu: id.optional(), avec: text });
export const fusionForm = z.object({
  garde: id,
  fondu: id,
  version_garde: id,
  version_fondu: id,
  reecrire: text,
});
export const paireForm = z.object({ a: id, b: id });

/** What the form of a new correspondant begins with. */
export const SAISIE_VIERGE: SaisieCorrespondant = {
  nom: '',
  adresse: '',
  telephone: '',
  email: '',
  notes: '',
};

/** The filters of the directory as they stand in its address, and what is wrong with them. */
export function lireFiltres(
  lang: Lang,
  query: ListeQuery,
): { filters: FiltresCorrespondants; page: number; errors: FieldError[] } {
  const message = correspondantsTexts(lang).filtreInconnu;
  const errors: FieldError[] = [];
  const tri = TRIS_CORRESPONDANT.find((one) => one === query.sort_by);
  if (query.sort_by !== '' && tri === undefined) errors.push({ field: 'sort_by', message });
  const known = query.sort_order === '' || query.sort_order === 'asc' || query.sort_order === 'desc';
  if (!known) errors.push({ field: 'sort_order', message });
  if (!['', 'actif', 'inactif'].includes(query.etat)) errors.push({ field: 'etat', message });
  let page = 1;
  if (/^[1-9]\d{0,6}$/.test(query.page)) page = Number(query.page);
  else if (query.page !== '') errors.push({ field: 'page', message });
  const natural = tri === undefined || tri === 'nom' ? 'asc' : 'desc';
  return {
    filters: {
      q: query.q.slice(0, NOM_MAX),
      actif: query.etat === 'actif' ? true : query.etat === 'inactif' ? false : null,
      tri: tri ?? 'nom',
      ordre: query.sort_order === 'asc' || query.sort_order === 'desc' ? query.sort_order : natural,
    },
    page,
    errors,
  };
}

const brute = z
  .array(z.union([z.string().max(10_000), z.int().positive()]))
  .length(CHAMPS_CORRESPONDANT.length + 1);

/** Lines of a list as a form carries them from the dry run to the import. */
export function ecrireLignes(lignes: readonly LigneBrute[]): string {
  return JSON.stringify(
    lignes.map(({ ligne, saisie }) => [ligne, ...CHAMPS_CORRESPONDANT.map((champ) => saisie[champ])]),
  );
}

/** The lines that a form carries; null when they are not ours. They are judged anew before anything is written. */
export function lireLignes(json: string): LigneBrute[] | null {
  try {
    const read = z.array(brute).max(IMPORT_LIGNES_MAX).safeParse(JSON.parse(json));
    if (!read.success) return null;
    return read.data.map(([ligne, ...cells]) => {
      const saisie = Object.fromEntries(
        CHAMPS_CORRESPONDANT.map((champ, at) => [champ, String(cells[at] ?? '')]),
      );
      return { ligne: Number(ligne), saisie: saisie as unknown as SaisieCorrespondant };
    });
  } catch {
    return null;
  }
}

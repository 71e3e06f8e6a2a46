import { fill, fold, foldName, type FieldError, type Lang } from '@gec/core';
import {
  CHAMPS,
  DELAI_MAX,
  DESCRIPTION_MAX,
  LIBELLE_MAX,
  PALETTE,
  UNITES,
  type Entree,
  type Liste,
  type SaisieEntree,
  type Unite,
} from './referentiels.schema.ts';
import { referentielsTexts } from './referentiels.texts.ts';

/** An entry that may be stored; fields that its list does not have are empty. */
export interface EntreeVerifiee {
  code: string;
  libelle: string;
  libelleEn: string | null;
  description: string | null;
  couleur: string;
  final: boolean;
  suivants: readonly number[];
  delai: number;
  unite: Unite;
}

const clean = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\uFEFF\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();

/** A word for the database made from a label: `En attente d’avis` → `EN_ATTENTE_D_AVIS`. */
export function codeDe(libelle: string, max = 30): string {
  const word = fold(libelle)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, max);
  return word.replace(/_+$/, '').toUpperCase();
}

/** The code, or the code with a figure behind it when it is taken. */
function codeLibre(code: string, pris: ReadonlySet<string>): string {
  if (!pris.has(code)) return code;
  let n = 2;
  while (pris.has(`${code}_${n}`)) n++;
  return `${code}_${n}`;
}

/**
 * Checks what was typed for an entry of a list.
 *
 * @param entrees the list as it is
 * @param avant the entry that is changed; its code stays, and so may a colour that is no longer in the palette
 */
export function checkEntree(
  lang: Lang,
  liste: Liste,
  saisie: SaisieEntree,
  entrees: readonly Entree[],
  avant?: Entree,
): { entree: EntreeVerifiee; errors: FieldError[] } {
  const t = referentielsTexts(lang);
  const errors: FieldError[] = [];
  const has = (champ: keyof SaisieEntree) => CHAMPS[liste].includes(champ);
  const refuse = (field: string, message: string) => errors.push({ field, message });
  const others = entrees.filter(({ id }) => id !== avant?.id);

  const libelle = clean(saisie.libelle);
  if (libelle === '') refuse('libelle', t.libelleRequis);
  else if (libelle.length > LIBELLE_MAX) refuse('libelle', fill(t.tropLong, { max: LIBELLE_MAX }));
  else if (others.some((other) => foldName(other.libelle) === foldName(libelle))) {
    refuse('libelle', t.libellePris);
  }

  const libelleEn = has('libelleEn') ? clean(saisie.libelleEn) : '';
  if (libelleEn.length > LIBELLE_MAX) refuse('libelleEn', fill(t.tropLong, { max: LIBELLE_MAX }));
  const description = has('description') ? clean(saisie.description) : '';
  if (description.length > DESCRIPTION_MAX) refuse('description', fill(t.tropLong, { max: DESCRIPTION_MAX }));

  const pris = new Set(others.flatMap(({ code }) => (code === null ? [] : [code.toUpperCase()])));
  let code = avant?.code ?? '';
  if (liste === 'statuts' && avant === undefined) {
    const typed = clean(saisie.code).toUpperCase();
    code = typed === '' ? codeLibre(codeDe(libelle) || 'STATUT', pris) : typed;
    if (!/^[A-Z][A-Z0-9_]{0,39}$/.test(code)) refuse('code', t.codeInvalide);
    else if (pris.has(code)) refuse('code', t.codePris);
  }
  if (liste === 'instructions' && avant === undefined) {
    code = codeLibre(codeDe(libelle) || 'INSTRUCTION', pris).toLowerCase();
  }

  let couleur = '';
  if (has('couleur')) {
    const chosen = PALETTE.find((one) => one.couleur === saisie.couleur.toUpperCase());
    if (chosen) couleur = chosen.couleur;
    else if (avant?.couleur && avant.couleur === saisie.couleur) couleur = avant.couleur;
    else refuse('couleur', t.couleurInconnue);
  }

  const suivants = has('suivants') ? [...new Set(saisie.suivants.map(Number))] : [];
  if (suivants.some((id) => !others.some((other) => other.id === id))) refuse('suivants', t.suivantInconnu);

  const unite = UNITES.find((one) => one === saisie.unite) ?? 'jours';
  const delai = Number(saisie.delai.trim());
  if (has('delai')) {
    if (!UNITES.some((one) => one === saisie.unite)) refuse('unite', t.uniteInconnue);
    const max = DELAI_MAX[unite];
    if (!/^\d{1,4}$/.test(saisie.delai.trim()) || delai < 1 || delai > max) {
      refuse('delai', fill(unite === 'heures' ? t.delaiHeures : t.delaiJours, { max }));
    }
  }

  return {
    entree: {
      code,
      libelle,
      libelleEn: libelleEn || null,
      description: description || null,
      couleur,
      final: has('final') && saisie.final === 'oui',
      suivants,
      delai,
      unite,
    },
    errors,
  };
}

import { fill, fold, foldName, type FieldError, type Lang } from '@gec/core';
import { seContient } from './departements.arbre.ts';
import { LONGUEURS_DEPARTEMENT, type Departement, type SaisieDepartement } from './departements.schema.ts';
import { departementsTexts, type MotsDepartement } from './departements.texts.ts';

/** One line of text, without control characters or halves of a character. */
const isLine = (text: string, max: number): boolean =>
  [...text].length <= max && !/\p{Cc}/u.test(text) && text.isWellFormed();

/**
 * Checks a department as somebody typed it, and tidies it: the code without accents and in capitals, texts trimmed.
 *
 * @param connus every department as it stands
 * @param id the one that is changed; `null` for a new one
 * @returns the facts, and one message for each field that was refused (`code`, `nom`, `description`, `parentId`)
 */
export function checkDepartement(
  lang: Lang,
  mots: MotsDepartement,
  input: SaisieDepartement,
  connus: readonly Departement[],
  id: number | null,
): { saisie: SaisieDepartement; errors: FieldError[] } {
  const t = departementsTexts(lang);
  const saisie: SaisieDepartement = {
    code: fold(input.code.trim()).toUpperCase(),
    nom: input.nom.trim().replace(/\s+/g, ' ').normalize('NFC'),
    description: input.description?.trim().replace(/\r\n?/g, '\n').normalize('NFC') || null,
    parentId: input.parentId,
    chefId: input.chefId,
  };
  const errors: FieldError[] = [];
  const refuse = (field: keyof SaisieDepartement, text: string, values = {}) =>
    errors.push({ field, message: fill(text, { ...mots, ...values }) });
  const autres = connus.filter((autre) => autre.id !== id);

  if (!/^[A-Z0-9]{1,12}$/.test(saisie.code)) refuse('code', t.codeForme);
  else if (autres.some(({ code }) => fold(code).toUpperCase() === saisie.code)) refuse('code', t.codePris);

  if (saisie.nom.length < 2 || !isLine(saisie.nom, LONGUEURS_DEPARTEMENT.nom)) refuse('nom', t.nomForme);
  else {
    const cle = foldName(saisie.nom);
    const voisin = autres.find(({ nom, parentId }) => parentId === saisie.parentId && foldName(nom) === cle);
    if (voisin) refuse('nom', t.nomPris, { code: voisin.code });
  }

  const description = saisie.description ?? '';
  if (!isLine(description.replaceAll('\n', ' '), LONGUEURS_DEPARTEMENT.description)) {
    refuse('description', t.descriptionLongue, { n: LONGUEURS_DEPARTEMENT.description });
  }

  if (saisie.parentId !== null) {
    const parent = connus.find((autre) => autre.id === saisie.parentId);
    const avant = connus.find((autre) => autre.id === id)?.parentId;
    if (!parent || (!parent.actif && parent.id !== avant)) refuse('parentId', t.parentInconnu);
    else if (id !== null && seContient(connus, id, parent.id)) refuse('parentId', t.parentCercle);
  }
  return { saisie, errors };
}

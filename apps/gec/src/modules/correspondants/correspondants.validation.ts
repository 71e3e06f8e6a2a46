import { fill, type FieldError, type Lang } from '@gec/core';
import {
  CHAMPS_CORRESPONDANT,
  cleanNom,
  LONGUEURS_CORRESPONDANT,
  type SaisieCorrespondant,
} from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

const NOISE = /[\p{Cc}\u2028\u2029\uFEFF\u202A-\u202E\u2066-\u2069]+/gu;
const line = (text: string): string => cleanNom(text.replace(NOISE, ' '));
const lines = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]+|[\uFEFF\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .trim();

/** What was typed for a correspondant, cleaned, and what is wrong with it. */
export function checkCorrespondant(
  lang: Lang,
  saisie: SaisieCorrespondant,
): { saisie: SaisieCorrespondant; errors: FieldError[] } {
  const t = correspondantsTexts(lang);
  const errors: FieldError[] = [];
  const clean: SaisieCorrespondant = {
    nom: line(saisie.nom),
    adresse: lines(saisie.adresse),
    telephone: line(saisie.telephone),
    email: line(saisie.email),
    notes: lines(saisie.notes),
  };
  if (!/[\p{L}\p{N}]/u.test(clean.nom)) errors.push({ field: 'nom', message: t.nomRequis });
  for (const field of CHAMPS_CORRESPONDANT) {
    const max = LONGUEURS_CORRESPONDANT[field];
    if (clean[field].length > max) errors.push({ field, message: fill(t.tropLong, { max }) });
  }
  if (clean.telephone !== '' && !/^\+?[\d\s().,/;-]{4,}$/.test(clean.telephone)) {
    errors.push({ field: 'telephone', message: t.telephoneInvalide });
  }
  if (clean.email !== '' && !/^[^\s@<>",;]+@[^\s@<>",;.]+(\.[^\s@<>",;.]+)+$/.test(clean.email)) {
    errors.push({ field: 'email', message: t.emailInvalide });
  }
  return { saisie: clean, errors };
}

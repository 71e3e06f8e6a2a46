import { fill, type Lang } from '@gec/core';
import { CLES_IMAGES, CLES_PARAMETRES, type CleParametre } from './parametres.schema.ts';
import { parametresTexts } from './parametres.texts.ts';

/** Settings that have a form of their own: pictures, and who needs a second factor (screen of security). */
const AILLEURS = [...CLES_IMAGES, 'secondFacteurRoles'] as const;

/** A setting that the form holds as text. */
export type CleTexte = Exclude<CleParametre, (typeof AILLEURS)[number]>;

/** The settings of the form. */
export const CLES_TEXTE = CLES_PARAMETRES.filter(
  (cle): cle is CleTexte => !(AILLEURS as readonly string[]).includes(cle),
);

export type Saisie = Readonly<Partial<Record<CleTexte, string>>>;

/** The settings as the form holds them: lists are joined by commas. */
export function enTexte(valeurs: Readonly<Record<CleTexte, unknown>>): Record<CleTexte, string> {
  return Object.fromEntries(
    CLES_TEXTE.map((cle) => {
      const value = valeurs[cle];
      return [cle, Array.isArray(value) ? value.join(',') : String(value)];
    }),
  ) as Record<CleTexte, string>;
}

/** The fields of a form as text, whatever was sent; what is no setting is left out. */
export function lireSaisie(body: Readonly<Record<string, unknown>>): Saisie {
  const saisie: Partial<Record<CleTexte, string>> = {};
  for (const cle of CLES_TEXTE) {
    const value = body[cle];
    if (typeof value === 'string' || typeof value === 'number') saisie[cle] = String(value);
    else if (Array.isArray(value)) saisie[cle] = value.filter((one) => one !== '').join(',');
  }
  return saisie;
}

/** What stood in the form when it was opened; `null` where the form does not say it. */
export function lireAvant(json: unknown): Record<CleTexte, string> | null {
  if (typeof json !== 'string') return null;
  try {
    const read = JSON.parse(json) as Record<string, unknown> | null;
    if (read === null || !CLES_TEXTE.every((cle) => typeof read[cle] === 'string')) return null;
    return read as Record<CleTexte, string>;
  } catch {
    return null;
  }
}

/** A value as people read it: the words of a choice instead of its codes. */
export function lisible(lang: Lang, cle: CleTexte, value: string): string {
  const t = parametresTexts(lang);
  if (cle === 'modeNumero') return value === 'manuel' ? t.manuel : t.automatique;
  if (cle !== 'typesFichiers') return value;
  return value
    .split(',')
    .map((type) => type.slice(type.indexOf('/') + 1).toUpperCase())
    .join(', ');
}

/** `Par défaut : 16.` */
export function parDefaut(lang: Lang, word: string): string {
  const t = parametresTexts(lang);
  return word === '' ? t.parDefautVide : fill(t.parDefaut, { valeur: word });
}

/** What a document shows of the settings: sent along to the preview. */
export const CLES_DOCUMENT = [
  'organisme',
  'pays',
  'adresse',
  'telephone',
  'email',
  'titrePdf',
  'sousTitrePdf',
  'piedPage',
  'titreResponsable',
] as const satisfies readonly CleTexte[];

/** The address of the preview of a record sheet with some values. */
export function adresseApercu(valeurs: Saisie): string {
  const query = new URLSearchParams(CLES_DOCUMENT.map((cle) => [cle, (valeurs[cle] ?? '').slice(0, 300)]));
  return `/settings/apercu.png?${query.toString()}`;
}

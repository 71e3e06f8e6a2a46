import { fill, type FieldError, type Lang } from '@gec/core';
import { z } from 'zod';
import { parametresTexts } from './parametres.texts.ts';

/** How numbers are given: by the program, or typed by the clerk who is shown the next one. */
export const MODES_NUMERO = ['automatique', 'manuel'] as const;

/** Kinds of scans that may be registered, by content. */
export const TYPES_FICHIERS = ['application/pdf', 'image/png', 'image/jpeg', 'image/tiff'] as const;

/** A picture on documents (logo, signature): a PNG that was checked and rewritten, in base64. */
export interface ImagePng {
  readonly type: 'image/png';
  readonly base64: string;
  readonly largeur: number;
  readonly hauteur: number;
}

/** Where the formats of numbers begin; see `registres.format.ts`. */
export const FORMAT_ARRIVEE = 'GEC-{year}-{counter:05d}';
export const FORMAT_DEPART = 'GEC-D-{year}-{counter:05d}';

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const line = (max: number) => z.string().trim().max(max);
const required = (max: number) => line(max).min(1);
/** A whole number, or the text of one as a form sends it. */
const wholeNumber = (min: number, max: number) =>
  z.preprocess(
    (value) =>
      typeof value === 'string' ? (/^\s*\d{1,9}\s*$/.test(value) ? Number(value) : Number.NaN) : value,
    z.number().int().min(min).max(max),
  );

/** Least and most that each whole number may be. */
export const BORNES = {
  valeurDepartArrivee: [1, 99_999_999],
  valeurDepartDepart: [1, 99_999_999],
  tailleMaxFichierMo: [1, 128],
  dureeSessionHeures: [1, 168],
  motDePasseLongueurMin: [8, 64],
  motDePasseValiditeJours: [0, 3_650],
  verrouillageEchecs: [3, 50],
  verrouillageMinutes: [1, 1_440],
  conservationExportsHeures: [1, 720],
} as const;

const bounded = (cle: keyof typeof BORNES) => wholeNumber(BORNES[cle][0], BORNES[cle][1]);

/** Some of the words of a list, in its order; a form sends one, several, or an empty text for none. */
const someOf = <const W extends string>(words: readonly W[]) =>
  z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',') : value),
      z.array(z.union([z.enum(words), z.literal('')])).max(50),
    )
    .transform((chosen) => words.filter((word) => chosen.includes(word)));

const image = z
  .object({
    type: z.literal('image/png'),
    base64: z.string().max(420_000),
    largeur: z.number().int().positive(),
    hauteur: z.number().int().positive(),
  })
  .nullable()
  .default(null);

/** Names of roles; a form sends one, several, or an empty text for none. */
const roleNames = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',') : value),
  z
    .array(z.string().trim().max(60))
    .max(100)
    .transform((names) => [...new Set(names.filter((name) => name !== ''))].sort()),
);

/** The settings with their defaults. Texts are at most as long as the documents have room for. */
export const parametresShape = z.object({
  nomLogiciel: required(60).default('GEC Mines'),
  organisme: required(160).default('Secrétariat Général des Mines'),
  pays: required(120).default('République Démocratique du Congo'),
  adresse: line(240).default(''),
  telephone: line(80).default(''),
  email: z.union([z.literal(''), z.email().max(254)]).default(''),
  titrePdf: line(160).default(''),
  sousTitrePdf: line(160).default(''),
  piedPage: line(240).default(''),
  titreResponsable: required(80).default('Secrétaire Général'),
  appellationDepartement: required(60).default('Départements'),
  fuseauHoraire: z.string().refine(isTimeZone).default('Africa/Kinshasa'),
  modeNumero: z.enum(MODES_NUMERO).default('automatique'),
  formatArrivee: required(60).default(FORMAT_ARRIVEE),
  formatDepart: required(60).default(FORMAT_DEPART),
  /** First number of the first register of each flow, to continue a paper register. */
  valeurDepartArrivee: bounded('valeurDepartArrivee').default(1),
  valeurDepartDepart: bounded('valeurDepartDepart').default(1),
  /** Size of one scan at most, in megabytes of 1024 × 1024 bytes. */
  tailleMaxFichierMo: bounded('tailleMaxFichierMo').default(16),
  /** Kinds of scans that are taken; those registered before stay as they are. */
  typesFichiers: someOf(TYPES_FICHIERS)
    .refine((types) => types.length > 0)
    .default([...TYPES_FICHIERS]),
  /** Hours after the last request at which a session ends. */
  dureeSessionHeures: bounded('dureeSessionHeures').default(8),
  /** Characters of a new password at least. */
  motDePasseLongueurMin: bounded('motDePasseLongueurMin').default(10),
  /** Days after which a password must be changed at the next sign-in; 0: never. */
  motDePasseValiditeJours: bounded('motDePasseValiditeJours').default(0),
  /** Failures of one account at one address that lock this pair. */
  verrouillageEchecs: bounded('verrouillageEchecs').default(8),
  /** Minutes of the first lock; each following one is twice as long. */
  verrouillageMinutes: bounded('verrouillageMinutes').default(15),
  /** Hours for which a finished export can be downloaded. */
  conservationExportsHeures: bounded('conservationExportsHeures').default(24),
  /** Names of the roles whose people must have a second factor. */
  secondFacteurRoles: roleNames.default([]),
  logo: image,
  /** Signature of the head, printed under the record sheet. */
  signature: image,
});

/** Every setting of the office. */
export type Parametres = z.output<typeof parametresShape>;
export type CleParametre = keyof Parametres;

/** The settings that are pictures: each has its own way in. */
export const CLES_IMAGES = ['logo', 'signature'] as const;
export type CleImage = (typeof CLES_IMAGES)[number];

/** The settings in the order in which they are declared. */
export const CLES_PARAMETRES = Object.keys(parametresShape.shape) as CleParametre[];

/** What each setting is when nobody has set it. */
export const PARAMETRES_PAR_DEFAUT: Parametres = parametresShape.parse({});

/** Settings that a form or a JSON client sends: some of them, as text or as they are. */
export type PatchParametres = Partial<Record<Exclude<CleParametre, CleImage>, unknown>>;

/** Who set a setting last, and when (ISO 8601, UTC). */
export interface ModificationParametre {
  parId: number | null;
  le: string;
}

/** The settings, their version for optimistic locking, and who changed which. */
export interface ParametresVersionnes {
  valeurs: Parametres;
  version: number;
  modifications: Partial<Record<CleParametre, ModificationParametre>>;
}

function messageOf(lang: Lang, issue: z.core.$ZodIssue, value: unknown): string {
  const texts = parametresTexts(lang);
  const empty = value === '' || value === undefined || value === null || String(value).trim() === '';
  if (empty) return texts.obligatoire;
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return fill(texts.tropLong, { n: Number(issue.maximum) });
  }
  if (issue.code === 'too_big') return fill(texts.auPlus, { n: Number(issue.maximum) });
  if (issue.code === 'too_small') return fill(texts.auMoins, { n: Number(issue.minimum) });
  if (issue.code === 'invalid_type') return texts.nombreAttendu;
  return texts.valeurRefusee;
}

/**
 * Checks the settings that a person wants to change.
 *
 * @param patch any of the settings; an unknown key is refused, never ignored
 * @returns the checked values, or one message for each refused key in the language of the person
 */
export function checkPatch(
  lang: Lang,
  patch: Readonly<Record<string, unknown>>,
): { values: Partial<Parametres>; errors: FieldError[] } {
  const texts = parametresTexts(lang);
  const values: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if ((CLES_IMAGES as readonly string[]).includes(key) || !Object.hasOwn(parametresShape.shape, key)) {
      errors.push({ field: key, message: texts.parametreInconnu });
      continue;
    }
    const name = key as Exclude<CleParametre, CleImage>;
    const parsed = parametresShape.shape[name].safeParse(value);
    if (parsed.success) values[name] = parsed.data;
    else if (name === 'email') errors.push({ field: name, message: texts.emailInvalide });
    else if (name === 'typesFichiers') errors.push({ field: name, message: texts.typesFichiersRequis });
    else if (name === 'fuseauHoraire') errors.push({ field: name, message: texts.fuseauInconnu });
    else {
      const issue = parsed.error.issues[0];
      errors.push({ field: name, message: issue ? messageOf(lang, issue, value) : texts.valeurRefusee });
    }
  }
  return { values: values as Partial<Parametres>, errors };
}

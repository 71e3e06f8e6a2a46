import { z } from 'zod';
import type { CodeRefus } from '../imports.refus.schema.ts';
import type { SuiviImport } from '../imports.suivi.schema.ts';
import type { Bilan, Nature, Remarque } from './reprise.schema.ts';
import { FUSEAU_ANCIEN, lireCle } from './reprise.valeurs.ts';

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const chemin = z.string().min(1).max(1_000);
const fuseau = z.string().max(100).refine(isZone);
const comptes = z.enum(['fusionner', 'renommer']);
const doubles = z.enum(['suffixer', 'laisser']);
/** The older `GEC_MASTER_KEY`, in base64. */
const cle = z
  .string()
  .max(200)
  .refine((text) => lireCle(text) !== null);

/** Where an older installation is: in the operator's folder, or in what was sent through the browser. */
const sourceShape = z.discriminatedUnion('genre', [
  z.object({ genre: z.literal('base'), base: chemin, dossier: chemin }),
  z.object({ genre: z.literal('archive'), archive: chemin }),
  z.object({ genre: z.literal('fichier'), forme: z.enum(['archive', 'base']), dossier: chemin.nullable() }),
]);
export type Source = z.output<typeof sourceShape>;

/** What a takeover works with, as it is kept (sealed). The key goes when the work is over. */
export const parametresShape = z.object({
  source: sourceShape,
  cle: cle.nullable(),
  fuseau,
  comptes,
  doubles,
});
export type Parametres = z.output<typeof parametresShape>;

/** How the older installation is read, as somebody says it; what is left out stays as it is. */
export const reglagesShape = z.object({
  cle: cle.nullable().optional().describe('Ancienne GEC_MASTER_KEY (base64) ; null l’oublie'),
  fuseau: fuseau.optional().describe(`Fuseau des dates, ${FUSEAU_ANCIEN} par défaut`),
  comptes: comptes.optional().describe('Compte déjà présent ici : un seul (par défaut), ou deux'),
  doubles: doubles.optional().describe('Numéro déjà pris : un suffixe, ou le courrier n’est pas repris'),
  dossier: chemin
    .nullable()
    .optional()
    .describe('Dossier des fichiers, sous GEC_LEGACY_DIR ; null : sans les fichiers'),
});
export type Reglages = z.output<typeof reglagesShape>;

/** What is taken from the operator's folder: a database with its files, or an archive. */
export const demandeShape = reglagesShape.extend({
  base: chemin.optional().describe('Base SQLite, sous GEC_LEGACY_DIR'),
  archive: chemin.optional().describe('Archive ZIP, sous GEC_LEGACY_DIR, à la place de la base'),
});
export type DemandeServeur = z.output<typeof demandeShape>;

/** Why a takeover ended, or stopped: words in `reprise.travaux.texts.ts`. */
export type ErreurTravail = CodeRefus | 'DROITS' | 'ABSENT' | 'ETRANGER' | 'PANNE';

/** A report without its remarks, which are kept one by one. */
export interface Resume extends Omit<Bilan, 'remarques'> {
  /** How many remarks there are of each nature. */
  readonly natures: Readonly<Partial<Record<Nature, number>>>;
}

/** The reports of a takeover: of the rehearsal, then of what was done. */
export interface Resumes {
  readonly essai: Resume | null;
  readonly bilan: Resume | null;
}

/** A takeover as it is kept, opened. */
export interface Travail extends SuiviImport {
  readonly parametres: Parametres;
  readonly resumes: Resumes;
}

/** A remark of a report, with its place in it. */
export interface RemarqueGardee extends Remarque {
  readonly rang: number;
}

/** Remarks after which whoever begins the takeover must say that it is meant: a later one would not make them good. */
export const GRAVES = ['valeur_illisible', 'fichier_absent'] as const satisfies readonly Nature[];

/** How many remarks of a rehearsal ask for a second look. */
export const graves = ({ essai }: Resumes): number =>
  GRAVES.reduce((sum, nature) => sum + (essai?.natures[nature] ?? 0), 0);

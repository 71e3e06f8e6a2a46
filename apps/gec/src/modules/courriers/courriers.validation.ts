import { addDays, fill, isDay, type FieldError, type Lang } from '@gec/core';
import { LONGUEURS, type ModificationCourrier, type NouveauCourrier } from './courriers.schema.ts';
import { courriersTexts } from './courriers.texts.ts';

/** Files that one letter may have. */
export const PIECES_MAX = 20;

/** What the rules need to know of the installation. */
export interface ContexteSaisie {
  lang: Lang;
  /** Today in the office's zone, `YYYY-MM-DD`. */
  aujourdhui: string;
  /** Title of the head, such as « Secrétaire Général ». */
  titreResponsable: string;
  statuts: ReadonlySet<string>;
  typesSortants: ReadonlySet<number>;
  urgences: ReadonlySet<number>;
}

/** Removes what no register should hold: control characters (but line breaks where `lines`), outer white space. */
export function cleanText(text: string, lines = false): string {
  const composed = text.normalize('NFC').replace(/\r\n?/g, '\n');
  return composed
    .replace(
      lines ? /[^\P{Cc}\n\t]|[\u2028\u2029\uFEFF]/gu : /[\p{Cc}\u2028\u2029\uFEFF]+/gu,
      lines ? '' : ' ',
    )
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '')
    .trim();
}

/** The texts of an entry, cleaned; what was not given stays so. */
export function cleanEntry<T extends ModificationCourrier>(entry: T): T {
  const cleaned = { ...entry };
  for (const field of ['objet', 'correspondant', 'numeroReference'] as const) {
    const value = cleaned[field];
    if (value !== undefined) cleaned[field] = cleanText(value);
  }
  if (cleaned.autresInformations !== undefined) {
    cleaned.autresInformations = cleanText(cleaned.autresInformations, true);
  }
  return cleaned;
}

function checkDay(day: string, context: ContexteSaisie): string | null {
  const t = courriersTexts(context.lang);
  if (!isDay(day)) return t.dateInvalide;
  if (day < '1900-01-01' || day > addDays(context.aujourdhui, 366)) return t.dateLointaine;
  return null;
}

/** The rules that hold for a new letter and for a changed one alike (CONTRACT.md, « Rules of entry »). */
function checkFacts(
  entry: ModificationCourrier & Pick<NouveauCourrier, 'typeCourrier'>,
  given: (field: keyof ModificationCourrier) => boolean,
  context: ContexteSaisie,
): FieldError[] {
  const t = courriersTexts(context.lang);
  const errors: FieldError[] = [];
  const refuse = (field: string, message: string) => errors.push({ field, message });
  const arrivee = entry.typeCourrier === 'ENTRANT';

  if (given('objet') && !entry.objet) refuse('objet', t.objetRequis);
  if (given('correspondant') && !entry.correspondant) {
    refuse('correspondant', arrivee ? t.expediteurRequis : t.destinataireRequis);
  }
  if (arrivee && given('secretaireGeneralCopie') && typeof entry.secretaireGeneralCopie !== 'boolean') {
    refuse('secretaireGeneralCopie', fill(t.copieRequise, { titre: context.titreResponsable }));
  }
  if (!arrivee && given('typeCourrierSortantId')) {
    if (entry.typeCourrierSortantId == null) refuse('typeCourrierSortantId', t.typeRequis);
    else if (!context.typesSortants.has(entry.typeCourrierSortantId))
      refuse('typeCourrierSortantId', t.typeInconnu);
  }
  if (given('urgenceId') && entry.urgenceId != null && !context.urgences.has(entry.urgenceId)) {
    refuse('urgenceId', t.urgenceInconnue);
  }
  if (given('dateRedaction')) {
    if (!entry.dateRedaction) {
      if (!arrivee) refuse('dateRedaction', t.emissionRequise);
    } else {
      const problem = checkDay(entry.dateRedaction, context);
      if (problem) refuse('dateRedaction', problem);
    }
  }
  for (const field of ['objet', 'correspondant', 'numeroReference', 'autresInformations'] as const) {
    const max = LONGUEURS[field];
    if ((entry[field]?.length ?? 0) > max) refuse(field, fill(t.tropLong, { max }));
  }
  return errors;
}

/** What is wrong with a new letter; empty when it may be registered. The entry has been through {@link cleanEntry}. */
export function checkNouveau(entry: NouveauCourrier, context: ContexteSaisie): FieldError[] {
  const t = courriersTexts(context.lang);
  const errors = checkFacts(entry, () => true, context);
  if (entry.statut !== undefined && !context.statuts.has(entry.statut)) {
    errors.push({ field: 'statut', message: t.statutInconnu });
  }
  if (entry.pieces.length === 0) errors.push({ field: 'pieces', message: t.fichierRequis });
  if (entry.pieces.length > PIECES_MAX) {
    errors.push({ field: 'pieces', message: fill(t.tropDeFichiers, { n: PIECES_MAX }) });
  }
  return errors;
}

/** What is wrong with a change; only the fields that it gives are looked at. */
export function checkModification(
  patch: ModificationCourrier,
  typeCourrier: NouveauCourrier['typeCourrier'],
  context: ContexteSaisie,
): FieldError[] {
  return checkFacts({ ...patch, typeCourrier }, (field) => patch[field] !== undefined, context);
}

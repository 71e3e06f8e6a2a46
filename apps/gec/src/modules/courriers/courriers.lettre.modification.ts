import type { Conflict } from '@gec/core';
import { z } from 'zod';
import type { Courrier, ModificationCourrier } from './courriers.schema.ts';

/** The fields of the form as text, by the names of the specification's columns. */
export const CHAMPS_FORMULAIRE = [
  'objet',
  'correspondant',
  'numero_reference',
  'date_redaction',
  'secretaire_general_copie',
  'type_courrier_sortant_id',
  'urgence_id',
  'autres_informations',
] as const;
export type ChampFormulaire = (typeof CHAMPS_FORMULAIRE)[number];
export type Valeurs = Readonly<Record<ChampFormulaire, string>>;

const text = z.string().max(10_000).default('');

/** The form as it is sent: what was typed, and what stood there when it was opened. */
export const modifierForm = z.object({
  version: z.coerce.number().int().positive(),
  avant: z.string().max(40_000).default(''),
  objet: text,
  correspondant: text,
  numero_reference: text,
  date_redaction: text,
  secretaire_general_copie: text,
  type_courrier_sortant_id: text,
  urgence_id: text,
  autres_informations: text,
});

/** Line ends as browsers send them are not a change. */
const plain = (value: string) => value.replace(/\r\n?/g, '\n');

/** What a letter says, as the form shows it. */
export function valeursDe(courrier: Courrier): Valeurs {
  const { secretaireGeneralCopie: copie } = courrier;
  return {
    objet: courrier.objet,
    correspondant: courrier.correspondant,
    numero_reference: courrier.numeroReference ?? '',
    date_redaction: courrier.dateRedaction ?? '',
    secretaire_general_copie: copie === null ? '' : copie ? 'oui' : 'non',
    type_courrier_sortant_id: courrier.typeCourrierSortantId?.toString() ?? '',
    urgence_id: courrier.urgenceId?.toString() ?? '',
    autres_informations: courrier.autresInformations ?? '',
  };
}

const avantShape = z.object(
  Object.fromEntries(CHAMPS_FORMULAIRE.map((name) => [name, text])) as Record<ChampFormulaire, typeof text>,
);

/** What stood in the form when it was opened; `fallback` where the form does not say it. */
export function readAvant(json: string, fallback: Valeurs): Valeurs {
  try {
    const read = avantShape.safeParse(JSON.parse(json));
    return read.success ? read.data : fallback;
  } catch {
    return fallback;
  }
}

/** What was typed, field by field. */
export function readSaisie(form: z.output<typeof modifierForm>): Valeurs {
  return Object.fromEntries(CHAMPS_FORMULAIRE.map((name) => [name, plain(form[name])])) as Valeurs;
}

/** Only the fields in which something else was typed than stood there: what others changed meanwhile stays. */
export function difference(avant: Valeurs, saisie: Valeurs): ModificationCourrier {
  const changed = (name: ChampFormulaire) => plain(avant[name]) !== saisie[name];
  const patch: ModificationCourrier = {};
  if (changed('objet')) patch.objet = saisie.objet;
  if (changed('correspondant')) patch.correspondant = saisie.correspondant;
  if (changed('numero_reference')) patch.numeroReference = saisie.numero_reference;
  if (changed('date_redaction')) patch.dateRedaction = saisie.date_redaction;
  if (changed('autres_informations')) patch.autresInformations = saisie.autres_informations;
  if (changed('secretaire_general_copie')) {
    const copie = saisie.secretaire_general_copie;
    patch.secretaireGeneralCopie = copie === 'oui' ? true : copie === 'non' ? false : null;
  }
  if (changed('type_courrier_sortant_id')) {
    const id = saisie.type_courrier_sortant_id;
    patch.typeCourrierSortantId = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null;
  }
  if (changed('urgence_id')) patch.urgenceId = saisie.urgence_id === '' ? null : Number(saisie.urgence_id);
  return patch;
}

/** A field that two people changed to different things. */
export type Conflit = Conflict<ChampFormulaire>;

/** The field of the form that an error of the service is about. */
export const CHAMP_DU_SERVICE: Readonly<Record<string, ChampFormulaire>> = {
  objet: 'objet',
  correspondant: 'correspondant',
  numeroReference: 'numero_reference',
  dateRedaction: 'date_redaction',
  secretaireGeneralCopie: 'secretaire_general_copie',
  typeCourrierSortantId: 'type_courrier_sortant_id',
  urgenceId: 'urgence_id',
  autresInformations: 'autres_informations',
};

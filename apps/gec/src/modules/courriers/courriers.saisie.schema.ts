import { AppError } from '@gec/core';
import type { NouveauCourrier, TypeCourrier } from './courriers.schema.ts';

/** What the registration form holds, all as text, by the names of its fields (the specification's columns). */
export interface Saisie {
  flux: TypeCourrier;
  objet: string;
  /** Expéditeur or destinataire: the form has the one of its flow. */
  correspondant: string;
  numero_reference: string;
  date_redaction: string;
  /** `oui`, `non` or nothing yet. */
  secretaire_general_copie: string;
  type_courrier_sortant_id: string;
  /** Id of a degree of urgency, or nothing. */
  urgence_id: string;
  autres_informations: string;
  statut: string;
  /** Only where the register is kept by hand. */
  numero_accuse_reception: string;
  /** Names this form: sent twice, it registers once. */
  envoi: string;
  /** Ids of received files, in order. */
  pieces: readonly string[];
  /** Ids of the likely duplicates that were shown. */
  doublons_vus: readonly number[];
}

type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Fields that a draft keeps besides the files. */
export const CHAMPS_BROUILLON = [
  'objet',
  'correspondant',
  'numero_reference',
  'date_redaction',
  'secretaire_general_copie',
  'type_courrier_sortant_id',
  'urgence_id',
  'autres_informations',
  'statut',
  'numero_accuse_reception',
  'envoi',
] as const satisfies readonly (keyof Saisie)[];

/** The word of the correspondant's field in a flow. */
export function champCorrespondant(flux: TypeCourrier): 'expediteur' | 'destinataire' {
  return flux === 'ENTRANT' ? 'expediteur' : 'destinataire';
}

/** The field of the form, and of the JSON interface, that a rule of entry speaks of. */
export function champDe(flux: TypeCourrier, field: string): string {
  switch (field) {
    case 'correspondant':
      return champCorrespondant(flux);
    case 'numeroReference':
      return 'numero_reference';
    case 'dateRedaction':
      return 'date_redaction';
    case 'secretaireGeneralCopie':
      return 'secretaire_general_copie';
    case 'typeCourrierSortantId':
      return 'type_courrier_sortant_id';
    case 'urgenceId':
      return 'urgence_id';
    case 'autresInformations':
      return 'autres_informations';
    default:
      return field;
  }
}

/** An error of the service whose fields are named as the form and the JSON of that flow name them. */
export function nommee(flux: TypeCourrier, error: unknown): unknown {
  if (!(error instanceof AppError) || error.fields.length === 0) return error;
  const fields = error.fields.map((one) => ({ ...one, field: champDe(flux, one.field) }));
  return new AppError(error.kind, error.code, error.message, { fields, cause: error });
}

/** The first text of a field; nothing where there is none. */
function one(fields: Fields, name: string): string {
  const value = fields[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}

function many(fields: Fields, name: string): string[] {
  return [fields[name] ?? []].flat().filter((value) => value !== '');
}

/** Reads the fields of the form, or of a draft, as they came; what is missing is empty. */
export function lireSaisie(flux: TypeCourrier, fields: Fields): Saisie {
  const text = (name: string) => one(fields, name);
  return {
    flux,
    objet: text('objet'),
    correspondant: text(champCorrespondant(flux)) || text('correspondant'),
    numero_reference: text('numero_reference'),
    date_redaction: text('date_redaction'),
    secretaire_general_copie: text('secretaire_general_copie'),
    type_courrier_sortant_id: text('type_courrier_sortant_id'),
    urgence_id: text('urgence_id'),
    autres_informations: text('autres_informations'),
    statut: text('statut'),
    numero_accuse_reception: text('numero_accuse_reception'),
    envoi: text('envoi'),
    pieces: [...new Set(many(fields, 'pieces'))],
    doublons_vus: text('doublons_vus')
      .split(',')
      .map(Number)
      .filter((id) => Number.isSafeInteger(id) && id > 0),
  };
}

/** A form of nothing but what stays the same from one letter to the next. */
export function saisieVierge(flux: TypeCourrier, envoi: string, garde: Fields = {}): Saisie {
  return lireSaisie(flux, {
    date_redaction: garde['date_redaction'],
    secretaire_general_copie: garde['secretaire_general_copie'],
    type_courrier_sortant_id: garde['type_courrier_sortant_id'],
    envoi,
  });
}

/** What the next letter's form begins with, as the query of its address. */
export function gardeSuivant(saisie: Saisie): string {
  const query = new URLSearchParams({ flux: saisie.flux });
  const kept = ['date_redaction', 'secretaire_general_copie', 'type_courrier_sortant_id'] as const;
  for (const name of kept) if (saisie[name] !== '') query.set(name, saisie[name]);
  return query.toString();
}

/** The form as the service takes it. What is not a choice of the form is passed on as wrong, never as left out. */
export function versNouveau(saisie: Saisie): NouveauCourrier {
  const { flux } = saisie;
  const yesNo: Readonly<Record<string, boolean>> = { oui: true, non: false };
  const type = saisie.type_courrier_sortant_id;
  return {
    typeCourrier: flux,
    objet: saisie.objet,
    correspondant: saisie.correspondant,
    numeroReference: saisie.numero_reference,
    dateRedaction: saisie.date_redaction.trim(),
    secretaireGeneralCopie: yesNo[saisie.secretaire_general_copie] ?? null,
    typeCourrierSortantId: flux === 'ENTRANT' || type === '' ? null : Number(type),
    urgenceId: saisie.urgence_id === '' ? null : Number(saisie.urgence_id),
    autresInformations: saisie.autres_informations,
    ...(saisie.statut === '' ? {} : { statut: saisie.statut }),
    ...(saisie.numero_accuse_reception.trim() === '' ? {} : { numeroManuel: saisie.numero_accuse_reception }),
    ...(saisie.envoi === '' ? {} : { envoi: saisie.envoi }),
    pieces: saisie.pieces,
  };
}

/** The form as a draft keeps it. */
export function versBrouillon(saisie: Saisie): { champs: Record<string, string>; pieces: readonly string[] } {
  const champs: Record<string, string> = {};
  for (const name of CHAMPS_BROUILLON) if (saisie[name] !== '') champs[name] = saisie[name];
  return { champs, pieces: saisie.pieces };
}

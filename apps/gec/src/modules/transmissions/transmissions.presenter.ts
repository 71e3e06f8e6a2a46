import { z } from 'zod';
import { ETATS, type LigneTransmission, type Transmission } from './transmissions.schema.ts';

const instant = z.string().describe('Instant, RFC 3339, UTC');

/** A transmission as JSON clients see it; names of the specification's columns. */
export const transmissionShape = z.object({
  id: z.number().int(),
  courrier_id: z.number().int(),
  forwarded_by_id: z.number().int(),
  forwarded_by: z.string(),
  forwarded_to_id: z.number().int(),
  forwarded_to: z.string(),
  instruction: z.string().nullable().describe('Code, de /instructions'),
  instruction_libelle: z.string().nullable(),
  message: z.string().nullable(),
  echeance: z.string().nullable().describe('Jour, AAAA-MM-JJ'),
  en_retard: z.boolean(),
  date_transmission: instant,
  date_lecture: instant.nullable(),
  date_traitement: instant.nullable(),
});

/** A transmission with its letter. */
export const ligneShape = transmissionShape.extend({
  courrier: z.object({
    id: z.number().int(),
    numero_accuse_reception: z.string(),
    type_courrier: z.enum(['ENTRANT', 'SORTANT']),
    objet: z.string(),
    correspondant: z.string(),
    statut: z.string(),
    nombre_pieces: z.number().int(),
    date_enregistrement: instant,
  }),
});

/** A page of transmissions. */
export const boiteShape = z.object({
  etat: z.enum(ETATS),
  page: z.number().int(),
  total: z.number().int(),
  transmissions: z.array(ligneShape),
});

/** A transmission as it leaves the program. */
export function presentTransmission(one: Transmission): z.output<typeof transmissionShape> {
  return {
    id: one.id,
    courrier_id: one.courrierId,
    forwarded_by_id: one.deId,
    forwarded_by: one.deNom,
    forwarded_to_id: one.aId,
    forwarded_to: one.aNom,
    instruction: one.instruction,
    instruction_libelle: one.instructionLibelle,
    message: one.message,
    echeance: one.echeance,
    en_retard: one.enRetard,
    date_transmission: one.date,
    date_lecture: one.dateLecture,
    date_traitement: one.dateTraitement,
  };
}

/** A row of « À traiter » as it leaves the program. */
export function presentLigne(ligne: LigneTransmission): z.output<typeof ligneShape> {
  const { courrier } = ligne;
  return {
    ...presentTransmission(ligne),
    courrier: {
      id: courrier.id,
      numero_accuse_reception: courrier.numero,
      type_courrier: courrier.typeCourrier,
      objet: courrier.objet,
      correspondant: courrier.correspondant,
      statut: courrier.statut,
      nombre_pieces: courrier.nombrePieces,
      date_enregistrement: courrier.dateEnregistrement,
    },
  };
}

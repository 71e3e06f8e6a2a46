import { z } from 'zod';
import { LONGUEURS, TRIS_CORBEILLE } from './courriers.schema.ts';

/** Names of the fields are those of the specification's columns; days are `YYYY-MM-DD`, instants RFC 3339 in UTC. */
export const fluxShape = z.enum(['ENTRANT', 'SORTANT']);
/** Whole number of an address, such as the id of a letter. */
export const idParam = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
/** A word that names a request: 16 to 200 visible characters. */
export const envoiShape = z.string().regex(/^[\x21-\x7E]{16,200}$/);

const instant = z.string().describe('Instant, RFC 3339, UTC');
const day = z.string().describe('Jour, AAAA-MM-JJ');
/** `true`, or `oui` as forms and multipart bodies say it. */
const yesNo = z
  .union([z.boolean(), z.enum(['oui', 'non', 'true', 'false'])])
  .transform((value) => value === true || value === 'oui' || value === 'true');
const wholeNumber = z.union([z.number(), z.string().regex(/^\d{1,15}$/)]).transform(Number);
const piecesShape = z.array(z.string().max(64)).max(100).describe('Identifiants de /televersements');

const facts = {
  objet: z.string(),
  expediteur: z.string().optional().describe('D’une arrivée'),
  destinataire: z.string().optional().describe('D’un départ'),
  numero_reference: z.string().nullish(),
  date_redaction: day.nullish().describe('Date du courrier, ou date d’émission d’un départ, AAAA-MM-JJ'),
  secretaire_general_copie: yesNo.nullish(),
  type_courrier_sortant_id: wholeNumber.nullish().describe('D’un départ'),
  urgence_id: wholeNumber.nullish().describe('De /urgences ; sans elle, un courrier ordinaire'),
  autres_informations: z.string().nullish(),
};

/** A letter to register. As multipart/form-data the scans come with it, in any field; `pieces` may repeat. */
export const nouveauShape = z.strictObject({
  type_courrier: fluxShape,
  ...facts,
  statut: z.string().max(40).optional(),
  numero_accuse_reception: z
    .string()
    .max(200)
    .optional()
    .describe('Seulement là où le registre est tenu à la main'),
  pieces: piecesShape.default([]),
});
export type NouveauJson = z.output<typeof nouveauShape>;

const version = wholeNumber.optional().describe('Version lue, si l’en-tête If-Match ne la donne pas');

/** Facts to change; what is left out stays, `null` empties. */
export const modificationShape = z.strictObject({ ...z.object(facts).partial().shape, version });
export type ModificationJson = z.output<typeof modificationShape>;

export const statutShape = z.strictObject({ statut: z.string().max(40), version });
export const ajoutPiecesShape = z.strictObject({ pieces: piecesShape.default([]), version });
export const motifShape = z.strictObject({
  motif: z
    .string()
    .max(LONGUEURS.motif * 4)
    .describe(`Motif, ${LONGUEURS.motif} caractères au plus`),
});

export const enregistrementShape = z.object({ id: z.int(), numero_accuse_reception: z.string() });

/** A letter as JSON clients see it. */
export const courrierShape = z.object({
  id: z.int(),
  numero_accuse_reception: z.string(),
  type_courrier: fluxShape,
  objet: z.string(),
  expediteur: z.string().nullable(),
  destinataire: z.string().nullable(),
  numero_reference: z.string().nullable(),
  date_redaction: day.nullable(),
  date_enregistrement: instant,
  statut: z.string(),
  date_modification_statut: instant.nullable(),
  secretaire_general_copie: z.boolean().nullable(),
  type_courrier_sortant_id: z.int().nullable(),
  type_courrier_sortant: z.string().nullable(),
  urgence_id: z.int().nullable(),
  urgence: z.string().nullable(),
  echeance: instant.nullable(),
  autres_informations: z.string().nullable(),
  fichier_nom: z.string(),
  nombre_pieces: z.int(),
  utilisateur_id: z.int(),
  utilisateur: z.string(),
  departement_id: z.int().nullable(),
  departement: z.string().nullable(),
  is_deleted: z.boolean(),
  deleted_at: instant.nullable(),
  version: z.int(),
  droits: z.object({
    modifier: z.boolean(),
    transmettre: z.boolean(),
    supprimer: z.boolean(),
    restaurer: z.boolean(),
    detruire: z.boolean(),
  }),
});

export const historiqueShape = z.object({
  modifications: z.array(
    z.object({
      id: z.int(),
      date: instant,
      utilisateur_id: z.int(),
      utilisateur: z.string(),
      champ: z.string(),
      ancienne_valeur: z.string().nullable(),
      nouvelle_valeur: z.string().nullable(),
    }),
  ),
});

export const corbeilleQuery = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  taille: z.coerce.number().int().min(1).max(100).default(25),
  q: z
    .string()
    .max(200)
    .optional()
    .describe('Mots du numéro, de l’objet, du correspondant, de la référence ou de qui a supprimé'),
  sort_by: z.enum(TRIS_CORBEILLE).default('supprime'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
});
/** A letter of the corbeille. */
export const supprimeShape = courrierShape.extend({
  supprime_par: z.string().nullable().describe('Nom de qui a supprimé'),
});
export const corbeilleShape = z.object({
  courriers: z.array(supprimeShape),
  total: z.int(),
  page: z.int(),
  taille: z.int(),
});

export const doublonsQuery = z.object({
  objet: z.string().max(1_000).optional(),
  correspondant: z.string().max(1_000).optional().describe('Expéditeur ou destinataire'),
  numero_reference: z.string().max(1_000).optional(),
  pieces: z
    .string()
    .max(1_000)
    .optional()
    .describe('Identifiants de /televersements, séparés par des virgules'),
});
export const doublonsShape = z.object({
  doublons: z.array(
    z.object({
      id: z.int(),
      numero_accuse_reception: z.string(),
      date_enregistrement: instant,
      objet: z.string(),
      correspondant: z.string(),
      motif: z.enum(['reference', 'objet', 'fichier']),
    }),
  ),
});

/** A registration in progress, as the form holds it. */
export const brouillonShape = z.strictObject({
  champs: z.record(z.string().max(60), z.string().max(10_000)),
  pieces: z.array(z.string().max(64)).max(100),
});
export const brouillonGardeShape = z.object({ ...brouillonShape.shape, date_modification: instant });

import { LANGS } from '@gec/core';
import { z } from 'zod';
import { FORMATS_TABLE } from '../../tableur/write-table.ts';
import { TRIS_UTILISATEURS } from './utilisateurs.schema.ts';

const nullable = z.string().nullable();

/** An account in JSON. */
export const utilisateurJson = z.object({
  id: z.number(),
  username: z.string(),
  email: z.string(),
  nom_complet: z.string(),
  matricule: nullable,
  fonction: nullable,
  telephone: nullable,
  role: z.string(),
  role_libelle: z.string(),
  departement_id: z.number().nullable(),
  departement: nullable,
  actif: z.boolean(),
  bloque: z.boolean(),
  gerable: z.boolean(),
  langue: z.enum(LANGS),
  doit_changer_mot_de_passe: z.boolean(),
  derniere_connexion: nullable,
  date_creation: z.string(),
  photo: nullable,
  version: z.number(),
});

/** A page of accounts in JSON. */
export const listeJson = z.object({
  utilisateurs: z.array(utilisateurJson),
  total: z.number(),
  reduit: z.boolean(),
  comptes: z.object({ tous: z.number(), actifs: z.number(), inactifs: z.number(), bloques: z.number() }),
});

const oui = z.enum(['true', 'false']).optional();

/** Filters and order of the list. */
export const filtresQuery = z.object({
  q: z.string().max(200).optional(),
  role: z.string().max(60).optional(),
  departement_id: z.coerce.number().int().positive().optional(),
  actif: oui,
  bloque: oui,
  jamais_connecte: oui,
  sort_by: z.enum(TRIS_UTILISATEURS).default('nom'),
  sort_order: z.enum(['asc', 'desc']).default('asc'),
});

/** Filters, order and page of the list. */
export const listeQueryJson = filtresQuery.extend({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(200).default(50),
});

/** Filters, order and format of an exported list. */
export const exportQuery = filtresQuery.extend({ format: z.enum(FORMATS_TABLE).default('csv') });

/** A new account. */
export const ajoutJson = z.strictObject({
  username: z.string(),
  email: z.string(),
  nom_complet: z.string(),
  role: z.string(),
  departement_id: z.number().int().nullable(),
  langue: z.enum(LANGS).default('fr'),
  matricule: nullable.optional(),
  fonction: nullable.optional(),
  telephone: nullable.optional(),
  par_courriel: z.boolean().default(false),
});

/** What is to change of an account; `version`, where given, is the one over which it was typed. */
export const modificationJson = z.strictObject({
  username: z.string().optional(),
  email: z.string().optional(),
  nom_complet: z.string().optional(),
  role: z.string().optional(),
  departement_id: z.number().int().nullable().optional(),
  langue: z.enum(LANGS).optional(),
  matricule: nullable.optional(),
  fonction: nullable.optional(),
  telephone: nullable.optional(),
  version: z.number().int().optional(),
});

/** A one-time password, this once; null when it was mailed. */
export const motDePasseJson = z.object({ mot_de_passe: nullable });

/** The sessions of an account. */
export const sessionsJson = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      ip: z.string(),
      navigateur: z.string(),
      systeme: nullable,
      debut: z.string(),
      derniereActivite: z.string(),
      courante: z.boolean(),
    }),
  ),
});

/** The history of an account. */
export const historiqueJson = z.object({
  historique: z.array(
    z.object({
      id: z.number(),
      date: z.string(),
      action: z.string(),
      acteur: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
  ),
});

/** What an import would do. */
export const planJson = z.object({
  id: z.string(),
  nom: z.string(),
  ajouts: z.number(),
  existants: z.number(),
  erreurs: z.number(),
  empreinte: z.string(),
  colonnes_ignorees: z.array(z.string()),
  lignes: z.array(
    z.object({
      ligne: z.number(),
      action: z.enum(['ajouter', 'existe', 'erreur']),
      username: z.string(),
      email: z.string(),
      nom_complet: z.string(),
      role: z.string(),
      departement_id: z.number().nullable(),
      erreurs: z.array(z.object({ field: z.string(), message: z.string() })),
    }),
  ),
});

/** The accounts that an import made. */
export const comptesJson = z.object({
  comptes: z.array(
    z.object({
      id: z.number(),
      ligne: z.number(),
      username: z.string(),
      email: z.string(),
      nom_complet: z.string(),
      mot_de_passe: z.string(),
    }),
  ),
});

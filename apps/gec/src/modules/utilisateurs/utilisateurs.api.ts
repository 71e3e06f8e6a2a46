import { LANGS } from '@gec/core';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { RolesService } from '../roles/roles.service.ts';
import { idParams } from './utilisateurs.forms.ts';
import { presentPage, presentUtilisateur } from './utilisateurs.presenter.ts';
import type { UtilisateursService } from './utilisateurs.service.ts';

/** What the JSON routes of people need. */
export interface UtilisateursApiServices {
  readonly utilisateurs: UtilisateursService;
  readonly roles: RolesService;
  readonly departements: DepartementsService;
}

const nullable = z.string().nullable();
const utilisateur = z.object({
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
});

const liste = z.object({
  utilisateurs: z.array(utilisateur),
  total: z.number(),
  comptes: z.object({ tous: z.number(), actifs: z.number(), inactifs: z.number(), bloques: z.number() }),
});

const query = z.object({
  q: z.string().max(200).optional(),
  role: z.string().max(60).optional(),
  departement_id: z.coerce.number().int().positive().optional(),
  actif: z.enum(['true', 'false']).optional(),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(200).default(50),
});

const ajout = z.strictObject({
  username: z.string(),
  email: z.string(),
  nom_complet: z.string(),
  role: z.string(),
  departement_id: z.number().int().nullable(),
  langue: z.enum(LANGS).default('fr'),
  matricule: nullable.optional(),
  fonction: nullable.optional(),
  telephone: nullable.optional(),
});

const motDePasse = z.object({ mot_de_passe: z.string() });

/** Registers the JSON routes of people. */
export function registerUtilisateursApi(app: App, services: UtilisateursApiServices): void {
  const { utilisateurs } = services;
  const config = { permission: 'manage_users' } as const;
  const tags = ['Utilisateurs'];

  app.get(
    '/api/v1/utilisateurs',
    {
      config,
      schema: { tags, summary: 'Les comptes que l’on gère', querystring: query, response: { 200: liste } },
    },
    async (request) => {
      const { q, role, departement_id, actif, page, size } = request.query;
      const filters = {
        ...(q === undefined ? {} : { q }),
        ...(role === undefined ? {} : { role }),
        ...(departement_id === undefined ? {} : { departementId: departement_id }),
        ...(actif === undefined ? {} : { actif: actif === 'true' }),
      };
      return presentPage(await utilisateurs.list(personOf(request), filters, { page, size }));
    },
  );

  app.post(
    '/api/v1/utilisateurs',
    {
      config,
      schema: {
        tags,
        summary: 'Ajouter un compte ; le mot de passe provisoire n’est donné que cette fois',
        body: ajout,
        response: { 201: motDePasse.extend({ id: z.number() }) },
      },
    },
    async (request, reply) => {
      const { nom_complet, departement_id, ...rest } = request.body;
      const made = await utilisateurs.add(personOf(request), {
        ...rest,
        nomComplet: nom_complet,
        departementId: departement_id,
      });
      return reply.code(201).send({ id: made.id, mot_de_passe: made.motDePasse ?? '' });
    },
  );

  app.get(
    '/api/v1/utilisateurs/:id',
    { config, schema: { tags, summary: 'Un compte', params: idParams, response: { 200: utilisateur } } },
    async (request) => presentUtilisateur(await utilisateurs.find(personOf(request), request.params.id)),
  );

  app.put(
    '/api/v1/utilisateurs/:id/role',
    {
      config,
      schema: {
        tags,
        summary: 'Changer le rôle',
        params: idParams,
        body: z.strictObject({ role: z.string() }),
        response: { 200: utilisateur },
      },
    },
    async (request) => {
      const actor = personOf(request);
      const { id } = request.params;
      await utilisateurs.setRole(actor, id, request.body.role);
      return presentUtilisateur(await utilisateurs.find(actor, id));
    },
  );

  app.put(
    '/api/v1/utilisateurs/:id/departement',
    {
      config,
      schema: {
        tags,
        summary: 'Changer le département',
        params: idParams,
        body: z.strictObject({ departement_id: z.number().int().nullable() }),
        response: { 200: utilisateur },
      },
    },
    async (request) => {
      const actor = personOf(request);
      const { id } = request.params;
      await utilisateurs.setDepartement(actor, id, request.body.departement_id);
      return presentUtilisateur(await utilisateurs.find(actor, id));
    },
  );

  app.put(
    '/api/v1/utilisateurs/:id/actif',
    {
      config,
      schema: {
        tags,
        summary: 'Activer ou désactiver',
        params: idParams,
        body: z.strictObject({ actif: z.boolean() }),
        response: { 200: utilisateur },
      },
    },
    async (request) => {
      const actor = personOf(request);
      const { id } = request.params;
      await utilisateurs.setActive(actor, id, request.body.actif);
      return presentUtilisateur(await utilisateurs.find(actor, id));
    },
  );

  app.post(
    '/api/v1/utilisateurs/:id/mot-de-passe',
    {
      config,
      schema: {
        tags,
        summary: 'Réinitialiser le mot de passe ; il n’est donné que cette fois',
        params: idParams,
        response: { 200: motDePasse },
      },
    },
    async (request) => {
      const made = await utilisateurs.setPassword(personOf(request), request.params.id);
      return { mot_de_passe: made.motDePasse ?? '' };
    },
  );

  app.post(
    '/api/v1/utilisateurs/:id/deblocage',
    {
      config,
      schema: {
        tags,
        summary: 'Lever les blocages après des échecs de connexion',
        params: idParams,
        response: { 200: z.object({ leves: z.number() }) },
      },
    },
    async (request) => ({ leves: await utilisateurs.unlock(personOf(request), request.params.id) }),
  );
}

import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { RolesService } from '../roles/roles.service.ts';
import { idParams } from './utilisateurs.forms.ts';
import {
  ajoutJson,
  type filtresQuery,
  listeJson,
  listeQueryJson,
  motDePasseJson,
  utilisateurJson,
} from './utilisateurs.api.schema.ts';
import { presentPage, presentUtilisateur } from './utilisateurs.presenter.ts';
import type { FiltresUtilisateurs } from './utilisateurs.schema.ts';
import type { UtilisateursService } from './utilisateurs.service.ts';

/** What the JSON routes of people need. */
export interface UtilisateursApiServices {
  readonly utilisateurs: UtilisateursService;
  readonly roles: RolesService;
  readonly departements: DepartementsService;
}

/** The filters of an address as the service takes them. */
export function filtersOf(query: z.output<typeof filtresQuery>): FiltresUtilisateurs {
  const { q, role, departement_id: departementId, actif, bloque, jamais_connecte: jamais } = query;
  return {
    ...(q === undefined ? {} : { q }),
    ...(role === undefined ? {} : { role }),
    ...(departementId === undefined ? {} : { departementId }),
    ...(actif === undefined ? {} : { actif: actif === 'true' }),
    ...(bloque === undefined ? {} : { bloque: bloque === 'true' }),
    ...(jamais === undefined ? {} : { jamais: jamais === 'true' }),
  };
}

/** Registers the JSON routes of people. */
export function registerUtilisateursApi(app: App, services: UtilisateursApiServices): void {
  const { utilisateurs } = services;
  const config = { permission: 'manage_users' } as const;
  const tags = ['Utilisateurs'];

  app.get(
    '/api/v1/utilisateurs',
    {
      config,
      schema: {
        tags,
        summary: 'Les comptes que l’on gère',
        querystring: listeQueryJson,
        response: { 200: listeJson },
      },
    },
    async (request) => {
      const { page, size, sort_by: tri, sort_order: ordre, ...rest } = request.query;
      const filters = filtersOf({ ...rest, sort_by: tri, sort_order: ordre });
      return presentPage(await utilisateurs.list(personOf(request), filters, { page, size, tri, ordre }));
    },
  );

  app.post(
    '/api/v1/utilisateurs',
    {
      config,
      schema: {
        tags,
        summary: 'Ajouter un compte ; le mot de passe provisoire n’est donné que cette fois',
        body: ajoutJson,
        response: { 201: motDePasseJson.extend({ id: z.number() }) },
      },
    },
    async (request, reply) => {
      const { nom_complet, departement_id, par_courriel: parCourriel, ...rest } = request.body;
      const input = { ...rest, nomComplet: nom_complet, departementId: departement_id };
      const made = await utilisateurs.add(personOf(request), input, { parCourriel });
      return reply.code(201).send({ id: made.id, mot_de_passe: made.motDePasse ?? null });
    },
  );

  app.get(
    '/api/v1/utilisateurs/:id',
    { config, schema: { tags, summary: 'Un compte', params: idParams, response: { 200: utilisateurJson } } },
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
        response: { 200: utilisateurJson },
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
        response: { 200: utilisateurJson },
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
        response: { 200: utilisateurJson },
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
        body: z.strictObject({ par_courriel: z.boolean().default(false) }).nullish(),
        response: { 200: motDePasseJson },
      },
    },
    async (request) => {
      const parCourriel = request.body?.par_courriel ?? false;
      const made = await utilisateurs.setPassword(personOf(request), request.params.id, { parCourriel });
      return { mot_de_passe: made.motDePasse ?? null };
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

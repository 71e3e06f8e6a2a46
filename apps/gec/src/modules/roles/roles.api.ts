import { PERMISSIONS } from '@gec/core';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import { motsDepartement } from '../departements/departements.texts.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { nomParams } from './roles.forms.ts';
import { presentPermissions, presentRole, presentRoleGere } from './roles.presenter.ts';
import type { RolesService } from './roles.service.ts';

const tags = ['Rôles'];
const config = { permission: 'manage_roles' } as const;
const nullable = z.string().nullable();
const permission = z.enum(PERMISSIONS);

const role = z.object({
  nom: z.string(),
  libelle: z.string(),
  description: nullable,
  couleur: nullable,
  actif: z.boolean(),
  modifiable: z.boolean(),
  permissions: z.array(permission),
  version: z.number(),
});
const gere = role.extend({ personnes: z.number(), gerable: z.boolean() });

const saisie = z.strictObject({
  libelle: z.string().max(400),
  description: z.string().max(2_000).nullable().default(null),
  couleur: z.string().max(20).nullable().default(null),
  permissions: z.array(permission).max(100),
});
const version = z.number().int().describe('Version lue ; 409 si elle est dépassée');

/** Registers the JSON routes of roles and permissions. */
export function registerRolesApi(
  app: App,
  { roles, parametres }: { roles: RolesService; parametres: Pick<ParametresService, 'get'> },
): void {
  app.get(
    '/api/v1/permissions',
    {
      config: { permission: ['manage_roles', 'manage_users'] },
      schema: {
        tags,
        summary: 'Toutes les permissions, par groupe, avec ce que chacune permet',
        response: {
          200: z.object({
            permissions: z.array(
              z.object({
                nom: permission,
                groupe: z.string(),
                groupe_libelle: z.string(),
                libelle: z.string(),
                description: z.string(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const { appellationDepartement } = await parametres.get();
      const mots = motsDepartement(request.lang, appellationDepartement);
      return { permissions: presentPermissions(request.lang, mots) };
    },
  );

  app.get(
    '/api/v1/roles',
    {
      config: { permission: ['manage_roles', 'manage_users'] },
      schema: {
        tags,
        summary: 'Les rôles et leurs permissions',
        response: { 200: z.object({ roles: z.array(role) }) },
      },
    },
    async () => ({ roles: (await roles.list()).map(presentRole) }),
  );

  app.post(
    '/api/v1/roles',
    {
      config,
      schema: {
        tags,
        summary: 'Créer un rôle ; « nom » est tiré du libellé s’il manque',
        body: saisie.extend({ nom: z.string().max(60).optional() }),
        response: { 201: gere },
      },
    },
    async (request, reply) => {
      const person = personOf(request);
      const { nom, ...rest } = request.body;
      const made = await roles.add(person, { ...rest, ...(nom === undefined ? {} : { nom }) });
      return reply.code(201).send(presentRoleGere(await roles.gere(person, made)));
    },
  );

  app.get(
    '/api/v1/roles/:nom',
    { config, schema: { tags, summary: 'Un rôle', params: nomParams, response: { 200: gere } } },
    async (request) => presentRoleGere(await roles.gere(personOf(request), request.params.nom)),
  );

  app.put(
    '/api/v1/roles/:nom',
    {
      config,
      schema: {
        tags,
        summary: 'Modifier un rôle ; vaut dès la prochaine demande de ceux qui l’ont',
        params: nomParams,
        body: saisie.extend({ version }),
        response: { 200: gere },
      },
    },
    async (request) => {
      const person = personOf(request);
      const { nom } = request.params;
      const { version: lue, ...body } = request.body;
      await roles.edit(person, nom, body, lue);
      return presentRoleGere(await roles.gere(person, nom));
    },
  );

  app.put(
    '/api/v1/roles/:nom/actif',
    {
      config,
      schema: {
        tags,
        summary: 'Mettre en service ou désactiver un rôle',
        params: nomParams,
        body: z.strictObject({ actif: z.boolean(), version }),
        response: { 200: gere },
      },
    },
    async (request) => {
      const person = personOf(request);
      const { nom } = request.params;
      await roles.setActive(person, nom, request.body.actif, request.body.version);
      return presentRoleGere(await roles.gere(person, nom));
    },
  );

  app.delete(
    '/api/v1/roles/:nom',
    {
      config,
      schema: {
        tags,
        summary: 'Supprimer un rôle que personne n’a',
        params: nomParams,
        querystring: z.object({ version: z.coerce.number().int() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await roles.remove(personOf(request), request.params.nom, request.query.version);
      return reply.code(204).send(null);
    },
  );
}

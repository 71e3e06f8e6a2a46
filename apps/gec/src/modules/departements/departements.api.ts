import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import { idParams } from './departements.forms.ts';
import { presentDepartement, presentDepartementGere } from './departements.presenter.ts';
import type { DepartementsService } from './departements.service.ts';

const tags = ['Départements'];
const config = { permission: 'manage_departments' } as const;
const nullable = z.string().nullable();
const id = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

const departement = z.object({
  id: z.number(),
  code: z.string(),
  nom: z.string(),
  actif: z.boolean(),
  parent_id: z.number().nullable(),
});
const gere = departement.extend({
  description: nullable,
  parent: nullable,
  chef_departement_id: z.number().nullable(),
  chef: nullable,
  profondeur: z.number(),
  personnes: z.number(),
  version: z.number(),
});

const saisie = z.strictObject({
  code: z.string().max(60),
  nom: z.string().max(400),
  description: z.string().max(2_000).nullable().default(null),
  parent_id: id.nullable().default(null),
  chef_departement_id: id.nullable().default(null),
});
const version = z.number().int().describe('Version lue ; 409 si elle est dépassée');

const lire = (body: z.output<typeof saisie>) => ({
  code: body.code,
  nom: body.nom,
  description: body.description,
  parentId: body.parent_id,
  chefId: body.chef_departement_id,
});

/** Registers the JSON routes of departments. */
export function registerDepartementsApi(
  app: App,
  { departements }: { departements: DepartementsService },
): void {
  app.get(
    '/api/v1/departements',
    {
      config: { permission: 'session' },
      schema: {
        tags,
        summary: 'Les départements, ceux qui ne servent plus aussi',
        response: { 200: z.object({ departements: z.array(departement) }) },
      },
    },
    async () => ({ departements: (await departements.list()).map(presentDepartement) }),
  );

  app.post(
    '/api/v1/departements',
    {
      config,
      schema: { tags, summary: 'Ajouter un département', body: saisie, response: { 201: gere } },
    },
    async (request, reply) => {
      const person = personOf(request);
      const made = await departements.add(person, lire(request.body));
      return reply.code(201).send(presentDepartementGere(await departements.find(person, made.id)));
    },
  );

  app.get(
    '/api/v1/departements/:id',
    { config, schema: { tags, summary: 'Un département', params: idParams, response: { 200: gere } } },
    async (request) => presentDepartementGere(await departements.find(personOf(request), request.params.id)),
  );

  app.put(
    '/api/v1/departements/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Modifier un département : nom, code, description, chef, rattachement',
        params: idParams,
        body: saisie.extend({ version }),
        response: { 200: gere },
      },
    },
    async (request) => {
      const person = personOf(request);
      const { id: which } = request.params;
      const { version: lue, ...body } = request.body;
      await departements.edit(person, which, lire(body), lue);
      return presentDepartementGere(await departements.find(person, which));
    },
  );

  app.put(
    '/api/v1/departements/:id/actif',
    {
      config,
      schema: {
        tags,
        summary: 'Mettre en service ou désactiver',
        params: idParams,
        body: z.strictObject({ actif: z.boolean(), version }),
        response: { 200: gere },
      },
    },
    async (request) => {
      const person = personOf(request);
      const { id: which } = request.params;
      await departements.setActive(person, which, request.body.actif, request.body.version);
      return presentDepartementGere(await departements.find(person, which));
    },
  );

  app.delete(
    '/api/v1/departements/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Supprimer un département qui n’a jamais servi',
        params: idParams,
        querystring: z.object({ version: z.coerce.number().int() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await departements.remove(personOf(request), request.params.id, request.query.version);
      return reply.code(204).send(null);
    },
  );
}

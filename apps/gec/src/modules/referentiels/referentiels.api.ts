import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { entreeParams, listeParams } from './referentiels.forms.ts';
import { entreeShape, presentEntree } from './referentiels.presenter.ts';
import { UNITES, type SaisieEntree } from './referentiels.schema.ts';
import type { ReferentielsService } from './referentiels.service.ts';

const tags = ['référentiels'];
const statutShape = z.object({
  id: z.int(),
  nom: z.string(),
  libelle: z.string(),
  description: z.string().nullable(),
  couleur: z.string(),
  final: z.boolean(),
  actif: z.boolean(),
  ordre: z.int(),
  suivants: z.array(z.string()).describe('Statuts permis ensuite ; vide : tous'),
});
const typeShape = z.object({
  id: z.int(),
  nom: z.string(),
  description: z.string().nullable(),
  actif: z.boolean(),
  ordre: z.int(),
});
const urgenceShape = typeShape.extend({
  couleur: z.string(),
  delai: z.int(),
  unite: z.enum(UNITES),
});
const instructionShape = z.object({
  id: z.int(),
  code: z.string(),
  libelle: z.string(),
  libelle_en: z.string().nullable(),
  actif: z.boolean(),
  ordre: z.int(),
});

const version = z.int().positive().describe('Version lue');
const texte = z.string().max(2_000);
/** What may be said of an entry; fields that its list does not have are left aside. */
const saisieShape = z.strictObject({
  code: texte.optional().describe('D’un nouveau statut ; sinon fait à partir du libellé'),
  libelle: texte,
  libelle_en: texte.nullish().describe('D’une instruction'),
  description: texte.nullish(),
  couleur: texte.nullish().describe('D’un statut ou d’une urgence, `#RRGGBB` de la palette'),
  final: z.boolean().optional().describe('D’un statut'),
  suivants: z.array(z.int()).max(200).optional().describe('D’un statut : identifiants ; vide : tous'),
  delai: z.int().nullish().describe('D’une urgence'),
  unite: texte.nullish().describe('D’une urgence : `heures` ou `jours`'),
});

function toSaisie(body: Omit<z.output<typeof saisieShape>, 'version'>): SaisieEntree {
  return {
    code: body.code ?? '',
    libelle: body.libelle,
    libelleEn: body.libelle_en ?? '',
    description: body.description ?? '',
    couleur: body.couleur ?? '',
    final: body.final === true ? 'oui' : '',
    suivants: (body.suivants ?? []).map(String),
    delai: body.delai?.toString() ?? '',
    unite: body.unite ?? '',
  };
}

/** The lists that letters choose from, as JSON, and their management. */
export function registerReferentielsApi(
  app: App,
  { referentiels }: { referentiels: ReferentielsService },
): void {
  const config = { permission: 'session' } as const;

  app.get(
    '/api/v1/statuts',
    {
      config,
      schema: {
        tags,
        summary: 'Statuts, y compris ceux qui ne servent plus',
        response: { 200: z.object({ statuts: z.array(statutShape) }) },
      },
    },
    async () => ({
      statuts: (await referentiels.statuts()).map((one) => ({ ...one, suivants: [...one.suivants] })),
    }),
  );

  app.get(
    '/api/v1/types-courrier-sortant',
    {
      config,
      schema: {
        tags,
        summary: 'Types de courrier sortant, y compris ceux qui ne servent plus',
        response: { 200: z.object({ types: z.array(typeShape) }) },
      },
    },
    async () => ({ types: [...(await referentiels.typesSortants())] }),
  );

  app.get(
    '/api/v1/urgences',
    {
      config,
      schema: {
        tags,
        summary: 'Urgences et leur délai, y compris celles qui ne servent plus',
        response: { 200: z.object({ urgences: z.array(urgenceShape) }) },
      },
    },
    async () => ({ urgences: [...(await referentiels.urgences())] }),
  );

  app.get(
    '/api/v1/instructions',
    {
      config,
      schema: {
        tags,
        summary: 'Instructions de transmission, y compris celles qui ne servent plus',
        response: { 200: z.object({ instructions: z.array(instructionShape) }) },
      },
    },
    async () => ({
      instructions: (await referentiels.instructions()).map(({ libelleEn, ...one }) => ({
        ...one,
        libelle_en: libelleEn,
      })),
    }),
  );

  registerGestionApi(app, referentiels);
}

function registerGestionApi(app: App, referentiels: ReferentielsService): void {
  const config = { permission: 'manage_statuses' } as const;
  const base = '/api/v1/referentiels/:liste';

  app.get(
    base,
    {
      config,
      schema: {
        tags,
        summary: 'Une liste dans son ordre, avec ce qui est utilisé',
        params: listeParams,
        response: { 200: z.object({ entrees: z.array(entreeShape) }) },
      },
    },
    async (request) => ({
      entrees: (await referentiels.entrees(actorOf(request), request.params.liste)).map(presentEntree),
    }),
  );

  app.post(
    base,
    {
      config,
      schema: {
        tags,
        summary: 'Ajouter une entrée à la fin de la liste',
        params: listeParams,
        body: saisieShape,
        response: { 201: z.object({ id: z.int() }) },
      },
    },
    async (request, reply) => {
      const { liste } = request.params;
      const id = await referentiels.ajouter(actorOf(request), liste, toSaisie(request.body));
      return reply.code(201).send({ id });
    },
  );

  app.put(
    `${base}/ordre`,
    {
      config,
      schema: {
        tags,
        summary: 'Changer l’ordre : la liste comme elle a été lue, et comme elle doit être',
        params: listeParams,
        body: z.strictObject({ vu: z.array(z.int()).max(200), ordre: z.array(z.int()).max(200) }),
        response: { 200: z.object({ entrees: z.array(entreeShape) }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { liste } = request.params;
      await referentiels.ordonner(actor, liste, request.body.vu, request.body.ordre);
      return { entrees: (await referentiels.entrees(actor, liste)).map(presentEntree) };
    },
  );

  app.get(
    `${base}/:id`,
    { config, schema: { tags, summary: 'Une entrée', params: entreeParams, response: { 200: entreeShape } } },
    async (request) => {
      const { liste, id } = request.params;
      return presentEntree(await referentiels.entree(actorOf(request), liste, id));
    },
  );

  app.put(
    `${base}/:id`,
    {
      config,
      schema: {
        tags,
        summary: 'Modifier une entrée ; refusé si quelqu’un l’a changée depuis la version lue',
        params: entreeParams,
        body: saisieShape.extend({ version }),
        response: { 200: entreeShape },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { liste, id } = request.params;
      await referentiels.modifier(actor, liste, id, toSaisie(request.body), request.body.version);
      return presentEntree(await referentiels.entree(actor, liste, id));
    },
  );

  app.post(
    `${base}/:id/activation`,
    {
      config,
      schema: {
        tags,
        summary: 'Mettre en service ou hors service',
        params: entreeParams,
        body: z.strictObject({ actif: z.boolean(), version }),
        response: { 200: entreeShape },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { liste, id } = request.params;
      await referentiels.activer(actor, liste, id, request.body.actif, request.body.version);
      return presentEntree(await referentiels.entree(actor, liste, id));
    },
  );

  app.delete(
    `${base}/:id`,
    {
      config,
      schema: {
        tags,
        summary: 'Supprimer une entrée que rien n’utilise',
        params: entreeParams,
        querystring: z.object({ version: z.coerce.number().int().positive() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { liste, id } = request.params;
      await referentiels.supprimer(actorOf(request), liste, id, request.query.version);
      return reply.code(204).send(null);
    },
  );
}

import { AppError } from '@gec/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import { siteOf } from '../../http/site.ts';
import { etatShape, facteurShape, presentEtat, presentFacteur } from './facteurs.presenter.ts';
import type { Site } from './facteurs.schema.ts';
import type { FacteursService } from './facteurs.service.ts';
import { facteursTexts } from './facteurs.texts.ts';

const motDePasse = z.strictObject({ mot_de_passe: z.string() });
const idParam = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
const nom = z.string().optional();
const ajout = z.object({
  id: z.number(),
  codes_secours: z.array(z.string()).nullable().describe('Avec le premier facteur, et cette fois seulement'),
});

function site(request: FastifyRequest): Site {
  const found = siteOf(request);
  if (!found) throw new AppError('conflict', 'NUMERIC_ADDRESS', facteursTexts(request.lang).cleAdresse);
  return found;
}

/** Registers the JSON routes of second factors. */
export function registerFacteursApi(app: App, { facteurs }: { readonly facteurs: FacteursService }): void {
  const config = { permission: 'session' } as const;
  const tags = ['Second facteur'];
  const ROOT = '/api/v1/profil/facteurs';

  app.get(
    ROOT,
    { config, schema: { tags, summary: 'Ses seconds facteurs', response: { 200: etatShape } } },
    async (request) => presentEtat(await facteurs.etat(personOf(request))),
  );

  app.post(
    `${ROOT}/totp`,
    {
      config,
      schema: {
        tags,
        summary: 'Commencer l’ajout d’une application (RFC 6238)',
        body: motDePasse,
        response: { 201: z.object({ secret: z.string(), uri: z.string() }) },
      },
    },
    async (request, reply) => {
      const made = await facteurs.commencerTotp(personOf(request), request.body.mot_de_passe);
      return reply.code(201).send(made);
    },
  );

  app.post(
    `${ROOT}/totp/confirmation`,
    {
      config,
      schema: {
        tags,
        summary: 'Confirmer l’application par son premier code',
        body: z.strictObject({ code: z.string().max(100), nom }),
        response: { 201: ajout },
      },
    },
    async (request, reply) => {
      const { code, nom: name = '' } = request.body;
      const { id, codes } = await facteurs.confirmerTotp(personOf(request), { code, nom: name });
      return reply.code(201).send({ id, codes_secours: codes && [...codes] });
    },
  );

  app.post(
    `${ROOT}/cles/options`,
    {
      config,
      schema: {
        tags,
        summary: 'Commencer l’ajout d’une clé d’accès (WebAuthn)',
        body: motDePasse,
        response: { 200: z.object({ options: z.looseObject({ challenge: z.string() }) }) },
      },
    },
    async (request) => {
      const options = await facteurs.optionsCle(personOf(request), site(request), request.body.mot_de_passe);
      return { options: { ...options } };
    },
  );

  app.post(
    `${ROOT}/cles`,
    {
      config,
      schema: {
        tags,
        summary: 'Ajouter la clé d’accès que l’appareil a faite',
        body: z.strictObject({ reponse: z.looseObject({}), nom }),
        response: { 201: ajout },
      },
    },
    async (request, reply) => {
      const { reponse, nom: name = '' } = request.body;
      const made = await facteurs.ajouterCle(personOf(request), site(request), { reponse, nom: name });
      return reply.code(201).send({ id: made.id, codes_secours: made.codes && [...made.codes] });
    },
  );

  app.post(
    `${ROOT}/:id/retrait`,
    {
      config,
      schema: {
        tags,
        summary: 'Retirer un de ses facteurs',
        params: idParam,
        body: motDePasse,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await facteurs.retirer(personOf(request), request.params.id, request.body.mot_de_passe);
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${ROOT}/secours`,
    {
      config,
      schema: {
        tags,
        summary: 'Remplacer ses codes de secours',
        body: motDePasse,
        response: { 200: z.object({ codes_secours: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const codes = await facteurs.nouveauxSecours(personOf(request), request.body.mot_de_passe);
      return { codes_secours: [...codes] };
    },
  );

  const admin = { permission: 'manage_users' } as const;

  app.get(
    '/api/v1/utilisateurs/:id/facteurs',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Les seconds facteurs de quelqu’un',
        params: idParam,
        response: { 200: z.object({ facteurs: z.array(facteurShape), codes_secours: z.number() }) },
      },
    },
    async (request) => {
      const found = await facteurs.etatDe(personOf(request), request.params.id);
      return { facteurs: found.facteurs.map(presentFacteur), codes_secours: found.secours };
    },
  );

  app.delete(
    '/api/v1/utilisateurs/:id/facteurs',
    {
      config: admin,
      schema: {
        tags,
        summary: 'Retirer les seconds facteurs de quelqu’un qui les a perdus',
        params: idParam,
        response: { 200: z.object({ retires: z.number() }) },
      },
    },
    async (request) => ({ retires: await facteurs.reinitialiser(personOf(request), request.params.id) }),
  );
}

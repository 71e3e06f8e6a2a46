import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../../http/app.ts';
import { importParam } from '../imports.api.ts';
import { recevoirSource } from './reprise.formulaire.ts';
import { presentRemarque, presentTravail, remarqueShape, travailShape } from './reprise.presenter.ts';
import { NATURES } from './reprise.schema.ts';
import { demandeShape, reglagesShape } from './reprise.travaux.schema.ts';
import type { TravauxService } from './reprise.travaux.ts';

/** Remarks that one answer holds. */
const PAR_REPONSE = 500;

/** The JSON addresses of takeovers of older installations. */
export function registerReprisesApi(app: App, { travaux }: { travaux: TravauxService }): void {
  const config = { permission: 'import_courriers' } as const;
  const tags = ['Reprises'];
  const one = { params: importParam, response: { 200: travailShape } };
  const url = (id: string) => `/api/v1/reprises/${id}`;

  app.get(
    '/api/v1/reprises',
    {
      config,
      schema: {
        tags,
        summary: 'Les reprises d’anciennes installations, la plus récente d’abord',
        description:
          'Réservé, comme toutes ces adresses, aux super administrateurs : une reprise apporte des comptes.',
        response: { 200: z.object({ reprises: z.array(travailShape) }) },
      },
    },
    async (request) => ({ reprises: (await travaux.list(actorOf(request))).map(presentTravail) }),
  );

  app.get(
    '/api/v1/reprises/sources',
    {
      config,
      schema: {
        tags,
        summary: 'Ce que contient le dossier de reprise du serveur (GEC_LEGACY_DIR)',
        response: {
          200: z.object({
            regle: z.boolean().describe('GEC_LEGACY_DIR est réglé'),
            bases: z.array(z.string()),
            archives: z.array(z.string()),
            dossiers: z.array(z.string()),
            complet: z.boolean(),
          }),
        },
      },
    },
    async (request) => {
      const contenu = await travaux.contenu(actorOf(request));
      const { bases = [], archives = [], dossiers = [], complet = true } = contenu ?? {};
      return {
        regle: contenu !== null,
        bases: [...bases],
        archives: [...archives],
        dossiers: [...dossiers],
        complet,
      };
    },
  );

  app.post(
    '/api/v1/reprises',
    {
      config,
      schema: {
        tags,
        summary: 'Simuler la reprise d’une base et de son dossier, ou d’une archive, du dossier de reprise',
        body: demandeShape.strict(),
        response: { 202: travailShape },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { id } = await travaux.depuisServeur(actor, request.body);
      const found = await travaux.get(actor, id);
      return reply.code(202).header('location', url(id)).send(presentTravail(found));
    },
  );

  app.post(
    '/api/v1/reprises/fichier',
    {
      config,
      schema: {
        tags,
        summary:
          'Envoyer un export ZIP, un ZIP de la base avec ses fichiers, ou la base SQLite ; il est simulé',
        description:
          'Formulaire `multipart/form-data` avec le fichier dans `fichier` ; avant lui, au choix, `cle`, `fuseau`, `comptes`, `doubles` et `dossier`.',
        consumes: ['multipart/form-data'],
        response: { 202: travailShape },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { id } = await recevoirSource(request, travaux);
      const found = await travaux.get(actor, id);
      return reply.code(202).header('location', url(id)).send(presentTravail(found));
    },
  );

  app.get(
    '/api/v1/reprises/:id',
    { config, schema: { tags, summary: 'État d’une reprise, sa simulation et son bilan', ...one } },
    async (request) => presentTravail(await travaux.get(actorOf(request), request.params.id)),
  );

  app.get(
    '/api/v1/reprises/:id/remarques',
    {
      config,
      schema: {
        tags,
        summary: 'Ce qui n’est pas repris, ou pas tel quel, ligne par ligne',
        params: importParam,
        querystring: z.object({
          nature: z.enum(NATURES).optional(),
          page: z.coerce.number().int().min(1).max(100_000).default(1),
        }),
        response: { 200: z.object({ remarques: z.array(remarqueShape) }) },
      },
    },
    async (request) => {
      const { nature = null, page } = request.query;
      const place = { numero: page, taille: PAR_REPONSE };
      const rows = await travaux.remarques(actorOf(request), request.params.id, nature, place);
      return { remarques: rows.map(presentRemarque) };
    },
  );

  app.put(
    '/api/v1/reprises/:id/choix',
    {
      config,
      schema: {
        tags,
        summary: 'Choisir ; la reprise est simulée de nouveau',
        body: reglagesShape.strict(),
        ...one,
      },
    },
    async (request) => {
      const actor = actorOf(request);
      await travaux.choisir(actor, request.params.id, request.body);
      return presentTravail(await travaux.get(actor, request.params.id));
    },
  );

  app.post(
    '/api/v1/reprises/:id/lancement',
    {
      config,
      schema: {
        tags,
        summary: 'Reprendre ce que la simulation a montré',
        params: importParam,
        body: z.strictObject({
          malgre: z
            .boolean()
            .default(false)
            .describe('Continuer bien que des valeurs ou des fichiers manquent'),
        }),
        response: { 202: travailShape },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      await travaux.lancer(actor, request.params.id, request.body.malgre);
      return reply.code(202).send(presentTravail(await travaux.get(actor, request.params.id)));
    },
  );

  app.delete(
    '/api/v1/reprises/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Arrêter une reprise ; ce qui est repris reste',
        params: importParam,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await travaux.annuler(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

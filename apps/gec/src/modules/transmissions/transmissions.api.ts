import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import {
  boiteShape,
  presentLigne,
  presentTransmission,
  transmissionShape,
} from './transmissions.presenter.ts';
import { DESTINATAIRES_MAX, ETATS } from './transmissions.schema.ts';
import type { TransmissionsService } from './transmissions.service.ts';

const idParam = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const tags = ['transmissions'];

const envoiShape = z.strictObject({
  destinataires: z
    .array(z.number().int().positive())
    .max(DESTINATAIRES_MAX * 2)
    .describe(`Identifiants de /destinataires, ${DESTINATAIRES_MAX} au plus`),
  instruction: z.string().max(60).nullish().describe('Code, de /instructions'),
  message: z.string().max(10_000).optional(),
  echeance: z.string().max(20).nullish().describe('Jour, AAAA-MM-JJ, aujourd’hui ou plus tard'),
});

/** The JSON addresses of transmissions. */
export function registerTransmissionsApi(
  app: App,
  {
    transmissions,
    courriers,
  }: { transmissions: TransmissionsService; courriers: Pick<CourriersService, 'glanceAt'> },
): void {
  const config = { permission: 'session' } as const;

  app.get(
    '/api/v1/transmissions',
    {
      config,
      schema: {
        tags,
        summary: 'Mes transmissions : à traiter, traitées ou envoyées',
        querystring: z.object({
          etat: z.enum(ETATS).default('a_traiter'),
          page: z.coerce.number().int().min(1).max(10_000).default(1),
        }),
        response: { 200: boiteShape },
      },
    },
    async (request) => {
      const { etat, page } = request.query;
      const { lignes, total } = await transmissions.inbox(actorOf(request), { etat, page });
      return { etat, page, total, transmissions: lignes.map(presentLigne) };
    },
  );

  app.get(
    '/api/v1/transmissions/compte',
    {
      config,
      schema: {
        tags,
        summary: 'Ce qui attend',
        response: {
          200: z.object({
            a_traiter: z.number().int(),
            en_retard: z.number().int(),
            non_lus: z.number().int(),
          }),
        },
      },
    },
    async (request) => {
      const { aTraiter, enRetard, nonLus } = await transmissions.counts(actorOf(request));
      return { a_traiter: aTraiter, en_retard: enRetard, non_lus: nonLus };
    },
  );

  app.post(
    '/api/v1/transmissions/:id/traitement',
    {
      config,
      schema: {
        tags,
        summary: 'Marquer une transmission comme traitée',
        params: z.object({ id: idParam }),
        body: z.strictObject({ note: z.string().max(10_000).optional() }).nullish(),
        response: { 200: transmissionShape },
      },
    },
    async (request) =>
      presentTransmission(
        await transmissions.markDone(actorOf(request), request.params.id, request.body?.note),
      ),
  );

  app.get(
    '/api/v1/courriers/:id/transmissions',
    {
      config,
      schema: {
        tags,
        summary: 'Circulation d’un courrier',
        params: z.object({ id: idParam }),
        response: { 200: z.object({ transmissions: z.array(transmissionShape) }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { id } = request.params;
      await courriers.glanceAt(actor, id);
      return { transmissions: (await transmissions.ofCourrier(actor, id)).map(presentTransmission) };
    },
  );

  app.post(
    '/api/v1/courriers/:id/transmissions',
    {
      config,
      schema: {
        tags,
        summary: 'Transmettre un courrier',
        params: z.object({ id: idParam }),
        body: envoiShape,
        response: { 201: z.object({ ids: z.array(z.number().int()) }) },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send({ ids: await transmissions.transmit(actorOf(request), request.params.id, request.body) }),
  );

  app.get(
    '/api/v1/destinataires',
    {
      config: { permission: 'forward_mail' },
      schema: {
        tags,
        summary: 'Personnes à qui un courrier peut être transmis',
        response: {
          200: z.object({
            destinataires: z.array(
              z.object({
                id: z.number().int(),
                nom_complet: z.string(),
                fonction: z.string().nullable(),
                departement: z.string().nullable(),
              }),
            ),
          }),
        },
      },
    },
    async (request) => ({
      destinataires: (await transmissions.destinataires(actorOf(request))).map((one) => ({
        id: one.id,
        nom_complet: one.nomComplet,
        fonction: one.fonction,
        departement: one.departement,
      })),
    }),
  );
}

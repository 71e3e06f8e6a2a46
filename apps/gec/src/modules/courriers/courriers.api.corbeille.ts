import type { UserActor } from '@gec/core';
import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import {
  corbeilleQuery,
  corbeilleShape,
  courrierShape,
  idParam,
  motifShape,
} from './courriers.api.schema.ts';
import { presentSupprime } from './courriers.presenter.ts';
import type { CourriersService } from './courriers.service.ts';

const tags = ['courriers'];
const params = z.object({ id: idParam });

/** Deleting, cancelling, restoring, destroying. */
export function registerCorbeilleApi(
  app: App,
  courriers: CourriersService,
  after: (actor: UserActor, id: number) => Promise<z.output<typeof courrierShape>>,
): void {
  const gone = { 204: z.null() };

  app.get(
    '/api/v1/corbeille',
    {
      config: { permission: 'view_trash' },
      schema: {
        tags: ['corbeille'],
        summary: 'Courriers de la corbeille, les derniers supprimés d’abord',
        querystring: corbeilleQuery,
        response: { 200: corbeilleShape },
      },
    },
    async (request) => {
      const { page, taille, q, sort_by, sort_order } = request.query;
      const found = await courriers.trash(actorOf(request), {
        q,
        tri: sort_by,
        ordre: sort_order,
        limit: taille,
        offset: (page - 1) * taille,
      });
      return { courriers: found.courriers.map(presentSupprime), total: found.total, page, taille };
    },
  );

  app.delete(
    '/api/v1/courriers/:id',
    {
      config: { permission: 'delete_mail' },
      schema: {
        tags,
        summary: 'Mettre un courrier à la corbeille ; son numéro reste au registre',
        params,
        response: gone,
      },
    },
    async (request, reply) => {
      await courriers.remove(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/courriers/:id/annulation',
    {
      config: { permission: 'delete_mail' },
      schema: {
        tags,
        summary:
          'Annuler un enregistrement fait par erreur ; le numéro reste au registre, annulé, avec le motif',
        params,
        body: motifShape,
        response: gone,
      },
    },
    async (request, reply) => {
      await courriers.cancelRegistration(actorOf(request), request.params.id, request.body.motif);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/v1/courriers/:id/restauration',
    {
      config: { permission: 'restore_trash' },
      schema: {
        tags: ['corbeille'],
        summary: 'Sortir un courrier de la corbeille',
        params,
        response: { 200: courrierShape },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      await courriers.restore(actor, request.params.id);
      return after(actor, request.params.id);
    },
  );

  app.post(
    '/api/v1/courriers/:id/destruction',
    {
      config: { permission: 'permanent_delete' },
      schema: {
        tags: ['corbeille'],
        summary: 'Détruire un courrier de la corbeille ; son numéro reste au registre, avec le motif',
        params,
        body: motifShape,
        response: gone,
      },
    },
    async (request, reply) => {
      await courriers.destroy(actorOf(request), request.params.id, request.body.motif);
      return reply.code(204).send(null);
    },
  );
}

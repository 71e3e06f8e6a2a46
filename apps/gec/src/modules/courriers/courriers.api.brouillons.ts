import { AppError, notFound } from '@gec/core';
import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import type { PiecesService } from '../pieces/pieces.service.ts';
import {
  brouillonGardeShape,
  brouillonShape,
  doublonsQuery,
  doublonsShape,
  fluxShape,
} from './courriers.api.schema.ts';
import { presentBrouillon, presentDoublons } from './courriers.presenter.ts';
import { saisieTexts } from './courriers.saisie.texts.ts';
import type { CourriersService } from './courriers.service.ts';

/** What a form in progress asks as one types: likely duplicates, and that its draft be kept. */
export function registerBrouillonsApi(
  app: App,
  { courriers, pieces }: { courriers: CourriersService; pieces: Pick<PiecesService, 'discard'> },
): void {
  const config = { permission: 'register_mail' } as const;
  const params = z.object({ flux: fluxShape });
  const tags = ['brouillons'];

  app.get(
    '/api/v1/courriers/doublons',
    {
      config,
      schema: {
        tags: ['courriers'],
        summary:
          'Courriers auxquels ressemble celui que l’on saisit : même référence, même objet ou même fichier',
        querystring: doublonsQuery,
        response: { 200: doublonsShape },
      },
    },
    async (request) => {
      const { objet, correspondant, numero_reference: numeroReference, pieces: ids } = request.query;
      const entry = {
        objet,
        correspondant,
        numeroReference,
        pieces: ids?.split(',').filter((id) => id !== ''),
      };
      return presentDoublons(await courriers.duplicates(actorOf(request), entry));
    },
  );

  app.get(
    '/api/v1/brouillons/:flux',
    {
      config,
      schema: {
        tags,
        summary: 'Votre enregistrement en cours',
        params,
        response: { 200: brouillonGardeShape },
      },
    },
    async (request) => {
      const draft = await courriers.draft(actorOf(request), request.params.flux);
      if (!draft) throw notFound(saisieTexts(request.lang).brouillonAucun);
      return presentBrouillon(draft);
    },
  );

  // POST as well: `navigator.sendBeacon`, which outlives the page, knows no other method.
  app.route({
    method: ['PUT', 'POST'],
    url: '/api/v1/brouillons/:flux',
    config,
    schema: {
      tags,
      summary: 'Garder votre enregistrement en cours',
      params,
      body: brouillonShape,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const kept = await courriers.saveDraft(actorOf(request), request.params.flux, request.body);
      if (!kept)
        throw new AppError('too-large', 'DRAFT_TOO_LARGE', saisieTexts(request.lang).brouillonTropGros);
      return reply.code(204).send(null);
    },
  });

  app.delete(
    '/api/v1/brouillons/:flux',
    {
      config,
      schema: {
        tags,
        summary: 'Effacer votre enregistrement en cours et ses fichiers',
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const draft = await courriers.draft(actor, request.params.flux);
      await courriers.clearDraft(actor, request.params.flux);
      for (const id of draft?.pieces ?? []) await pieces.discard(actor, id);
      return reply.code(204).send(null);
    },
  );
}

import { AppError, invalid } from '@gec/core';
import { actorOf, describeError } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { idParam, largeurQuery, pageParam, sendFile, sendPage, televersementParam } from './pieces.http.ts';
import type { LectureService } from './pieces.lecture.service.ts';
import { readForm } from './pieces.multipart.ts';
import { PERMISSIONS_ENVOI } from './pieces.policy.ts';
import { pieceShape, presentPiece, presentTeleversement, televersementShape } from './pieces.presenter.ts';
import type { PiecesService } from './pieces.service.ts';
import { piecesTexts } from './pieces.texts.ts';

/** What the addresses of files are made from. */
export interface PiecesRoutesDeps {
  pieces: PiecesService;
  lecture: LectureService;
}

const tags = ['pièces'];
const envoiShape = z.object({
  fichiers: z.array(televersementShape),
  erreurs: z.array(z.object({ nom: z.string(), code: z.string(), message: z.string() })),
});

/** Files that wait for their letter. */
function registerTeleversements(app: App, { pieces }: PiecesRoutesDeps): void {
  const config = { permission: PERMISSIONS_ENVOI };
  const un = z.object({ id: televersementParam });

  app.post(
    '/api/v1/televersements',
    {
      config: { ...config, csrf: 'manual' },
      schema: {
        tags,
        summary: 'Envoyer un ou plusieurs fichiers (multipart/form-data), à joindre ensuite à un courrier',
        description:
          '201 : tous gardés. 207 : certains refusés, avec leur message. Un seul fichier refusé : son erreur (400, 413, 415, 503).',
        consumes: ['multipart/form-data'],
        // Read by the handler as it streams; named here so that the description says that there is a body.
        body: z.object({}).nullish(),
        response: { 201: envoiShape, 207: envoiShape },
      },
    },
    async (request, reply) => {
      const { pieces: kept, errors } = await readForm(request, pieces);
      if (kept.length === 0 && errors.length === 0) {
        const message = piecesTexts(request.lang).aucunFichier;
        throw invalid([{ field: 'pieces', message }]);
      }
      if (kept.length === 0 && errors.length === 1 && errors[0]) throw errors[0].erreur;
      return reply.code(errors.length > 0 ? 207 : 201).send({
        fichiers: kept.map(presentTeleversement),
        erreurs: errors.map(({ nom, erreur }) => {
          const { code, message } = describeError(erreur, request);
          return { nom, code, message };
        }),
      });
    },
  );

  app.get(
    '/api/v1/televersements/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Un fichier envoyé, en attente de son courrier',
        params: un,
        response: { 200: televersementShape },
      },
    },
    async (request) => {
      const [file] = await pieces.pending(actorOf(request), [request.params.id]);
      if (!file) throw new AppError('not-found', 'NOT_FOUND', piecesTexts(request.lang).introuvable);
      return presentTeleversement(file);
    },
  );

  app.delete(
    '/api/v1/televersements/:id',
    {
      config,
      schema: { tags, summary: 'Retirer un fichier envoyé', params: un, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await pieces.discard(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/televersements/:id/pages/:page',
    {
      config,
      schema: {
        tags,
        summary: 'Image d’une page d’un fichier envoyé (adresse : …/pages/1.jpg)',
        params: un.extend({ page: pageParam }),
        querystring: largeurQuery,
      },
    },
    async (request, reply) => {
      const { id, page } = request.params;
      const { w } = request.query;
      // The id of a waiting file is its own and is never used again.
      return sendPage(request, reply, { chemin: `${actorOf(request).userId}/${id}` }, page, w, () =>
        pieces.pendingPage(actorOf(request), id, page, w),
      );
    },
  );
}

/** Files of letters. */
function registerLecture(app: App, { lecture }: PiecesRoutesDeps): void {
  const config = { permission: 'session' } as const;
  const piece = z.object({ id: idParam, pieceId: idParam });

  app.get(
    '/api/v1/courriers/:id/pieces',
    {
      config,
      schema: {
        tags,
        summary: 'Pièces d’un courrier',
        params: z.object({ id: idParam }),
        response: { 200: z.object({ pieces: z.array(pieceShape) }) },
      },
    },
    async (request) => ({
      pieces: (await lecture.liste(actorOf(request), request.params.id)).map(presentPiece),
    }),
  );

  app.get(
    '/api/v1/courriers/:id/pieces/:pieceId',
    {
      config,
      exposeHeadRoute: false,
      schema: { tags, summary: 'Télécharger une pièce', params: piece },
    },
    async (request, reply) => {
      const { id, pieceId } = request.params;
      return sendFile(reply, await lecture.telecharger(actorOf(request), id, pieceId));
    },
  );

  app.get(
    '/api/v1/courriers/:id/pieces/:pieceId/pages/:page',
    {
      config,
      schema: {
        tags,
        summary: 'Image d’une page d’une pièce (adresse : …/pages/1.jpg)',
        params: piece.extend({ page: pageParam }),
        querystring: largeurQuery,
      },
    },
    async (request, reply) => {
      const { id, pieceId, page } = request.params;
      const { w } = request.query;
      const found = await lecture.piece(actorOf(request), id, pieceId);
      return sendPage(request, reply, found, page, w, () => lecture.image(actorOf(request), found, page, w));
    },
  );
}

/** The JSON addresses of files. `registerMultipart` comes first. */
export function registerPiecesApi(app: App, deps: PiecesRoutesDeps): void {
  registerTeleversements(app, deps);
  registerLecture(app, deps);
}

import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { idParam, largeurQuery, pageParam, sendFile, sendPage } from './pieces.http.ts';
import type { LectureService } from './pieces.lecture.service.ts';

/** The addresses of files that pages use: the specification's download, and pictures of pages. */
export function registerPiecesPages(app: App, { lecture }: { lecture: LectureService }): void {
  const config = { permission: 'session' } as const;

  app.get(
    '/download_file/:id',
    {
      config,
      // A HEAD would be noted as a download that never happened.
      exposeHeadRoute: false,
      schema: {
        hide: true,
        params: z.object({ id: idParam }),
        querystring: z.object({ piece: idParam.optional() }),
      },
    },
    async (request, reply) =>
      sendFile(reply, await lecture.telecharger(actorOf(request), request.params.id, request.query.piece)),
  );

  app.get(
    '/mail/:id/pieces/:pieceId/pages/:page',
    {
      config,
      schema: {
        hide: true,
        params: z.object({ id: idParam, pieceId: idParam, page: pageParam }),
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

import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import type { CourriersService } from '../courriers/courriers.service.ts';
import { commentaireShape, presentCommentaire } from './commentaires.presenter.ts';
import { TYPES_COMMENTAIRE } from './commentaires.schema.ts';
import type { CommentairesService } from './commentaires.service.ts';

const params = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
const tags = ['commentaires'];

/** The JSON addresses of what is written beside letters. */
export function registerCommentairesApi(
  app: App,
  {
    commentaires,
    courriers,
  }: { commentaires: CommentairesService; courriers: Pick<CourriersService, 'glanceAt'> },
): void {
  const config = { permission: 'session' } as const;

  app.get(
    '/api/v1/courriers/:id/commentaires',
    {
      config,
      schema: {
        tags,
        summary: 'Annotations, instructions et commentaires d’un courrier',
        params,
        response: { 200: z.object({ commentaires: z.array(commentaireShape) }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { id } = request.params;
      await courriers.glanceAt(actor, id);
      return { commentaires: (await commentaires.ofCourrier(actor, id)).map(presentCommentaire) };
    },
  );

  app.post(
    '/api/v1/courriers/:id/commentaires',
    {
      config,
      schema: {
        tags,
        summary: 'Écrire auprès d’un courrier',
        params,
        body: z.strictObject({
          type_comment: z.enum(TYPES_COMMENTAIRE).default('comment'),
          commentaire: z.string().max(10_000),
        }),
        response: { 201: z.object({ id: z.number().int() }) },
      },
    },
    async (request, reply) => {
      const { type_comment: type, commentaire: texte } = request.body;
      const id = await commentaires.add(actorOf(request), request.params.id, { type, texte });
      return reply.code(201).send({ id });
    },
  );
}

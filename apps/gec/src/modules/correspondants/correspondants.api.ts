import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { NOM_MAX } from './correspondants.schema.ts';
import { LECTEURS, type CorrespondantsService } from './correspondants.service.ts';

/** Completion of names as one types, in the form that the `combobox` island reads. */
export function registerCorrespondantsApi(
  app: App,
  { correspondants }: { correspondants: Pick<CorrespondantsService, 'suggest'> },
): void {
  app.get(
    '/api/v1/correspondants',
    {
      config: { permission: LECTEURS },
      schema: {
        tags: ['correspondants'],
        summary: 'Correspondants dont chaque mot cherché commence un mot, les plus utilisés d’abord',
        querystring: z.object({
          q: z.string().max(NOM_MAX).default(''),
          limit: z.coerce.number().int().min(1).max(50).default(8),
        }),
        response: { 200: z.array(z.object({ id: z.int(), value: z.string() })) },
      },
    },
    async (request) => {
      const { q, limit } = request.query;
      const found = await correspondants.suggest(actorOf(request), q, limit);
      return found.map(({ id, nom }) => ({ id, value: nom }));
    },
  );
}

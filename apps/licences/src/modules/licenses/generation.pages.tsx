import { fill, formatNumber, notFound, type FieldError } from '@gec/core';
import { asAttachment, csrfToken, redirectAfterPost, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { adminOf, renderPage } from '../../http/page.tsx';
import { sendProgress, wantsProgress } from '../../http/progress.ts';
import { formText, idParams, orShow, registerChanges, type Show } from './changes.pages.tsx';
import { BatchView, GenerationView } from './generation.views.tsx';
import { renderCards } from './licenses.cards.ts';
import { BATCH_SORTS, LICENSE_TYPES, type Batch } from './licenses.schema.ts';
import type { LicensesService, Progress } from './licenses.service.ts';
import { licensesTexts } from './licenses.texts.ts';

const session = { config: { permission: 'session' as const } };

/** Batches on a page. */
const PAGE_SIZE = 25;
const listQuery = z.object({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  sort_by: z.enum(BATCH_SORTS).default('created'),
  sort_order: z.enum(['asc', 'desc']).default('desc'),
});
const NEWEST = listQuery.parse({});

/** What the pages need. */
export interface GenerationServices {
  readonly licenses: LicensesService;
}

/** Registers the pages of generation and of the batches. */
export function registerGenerationPages(app: App, { licenses }: GenerationServices): void {
  const showGeneration = async (
    request: FastifyRequest,
    reply: FastifyReply,
    values: Record<string, string>,
    errors: readonly FieldError[],
    status: number,
    { page, sort_by: by, sort_order: order } = NEWEST,
  ): Promise<FastifyReply> =>
    renderPage(request, reply, {
      title: licensesTexts(request.lang).generation,
      active: 'generation',
      status,
      children: (
        <GenerationView
          csrfToken={csrfToken(request)}
          list={{
            ...(await licenses.batchPage({ by, order }, page, PAGE_SIZE)),
            by,
            order,
            page,
            pageSize: PAGE_SIZE,
          }}
          values={values}
          errors={errors}
        />
      ),
    });

  app.get('/generation', { ...session, schema: { querystring: listQuery } }, (request, reply) =>
    showGeneration(request, reply, {}, [], 200, request.query),
  );

  app.post(
    '/generation',
    { ...session, schema: { body: z.record(z.string().max(40), formText) } },
    async (request, reply) => {
      const t = licensesTexts(request.lang);
      const values = request.body;
      const counts = new Map(LICENSE_TYPES.map(({ code }) => [code, Number(values[`count-${code}`] || '0')]));
      const done = ({ size, label }: Batch) =>
        fill(t.generated, { n: formatNumber(request.lang, size), label });
      const generate = (onProgress?: Progress) =>
        licenses.generate(
          adminOf(request),
          { counts, label: values['label'] ?? '', owner: values['owner'] || null },
          onProgress,
        );
      if (wantsProgress(request)) {
        return sendProgress(request, reply, async (tell) => {
          const batch = await generate(tell);
          return { text: done(batch), href: `/lots/${batch.id}`, label: t.openBatch };
        });
      }
      try {
        const batch = await generate();
        setFlash(reply, { tone: 'success', text: done(batch) });
        return redirectAfterPost(reply, `/lots/${batch.id}`);
      } catch (error) {
        return orShow(request, error, {}, ({ errors, status }) =>
          showGeneration(request, reply, values, errors, status),
        );
      }
    },
  );

  const show: Show = async (request, reply, id, refused) => {
    const batch = await licenses.batch(id);
    if (!batch) throw notFound(licensesTexts(request.lang).unknownBatch);
    return renderPage(request, reply, {
      title: batch.label,
      active: 'generation',
      status: refused?.status ?? 200,
      children: (
        <BatchView
          csrfToken={csrfToken(request)}
          batch={batch}
          errors={refused?.errors ?? []}
          typed={refused?.typed ?? {}}
        />
      ),
    });
  };
  app.get('/lots/:id', { ...session, schema: { params: idParams } }, (request, reply) =>
    show(request, reply, request.params.id),
  );
  app.get('/lots/:id/cartes.pdf', { ...session, schema: { params: idParams } }, async (request, reply) => {
    const batch = await licenses.batch(request.params.id);
    if (!batch) throw notFound(licensesTexts(request.lang).unknownBatch);
    const parts = licenses.export(adminOf(request), { batchId: batch.id });
    return reply
      .header('content-disposition', asAttachment(`cartes-${batch.id}.pdf`, 'inline'))
      .type('application/pdf')
      .send(renderCards(parts, request.lang));
  });
  registerChanges(app, licenses, '/lots', (batchId) => ({ batchId }), show);
}

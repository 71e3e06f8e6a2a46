import { AppError, invalid, type FieldError } from '@gec/core';
import { asAttachment, csrfToken, describeError } from '@gec/http';
import { decodeBundle, encodeBundle, ProtocolError } from '@gec/licence-client';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { readSmallForm } from '../../http/multipart.ts';
import { adminOf, renderPage } from '../../http/page.tsx';
import type { OfflineService } from './offline.service.ts';
import { offlineTexts } from './offline.texts.ts';
import { OfflineAnswerView, OfflineView } from './offline.views.tsx';

/** Bytes of a request file at most: far more than the longest request. */
const FILE_MAX = 64 * 1024;
const BODY_LIMIT = 512 * 1024;
const bundleForm = z.object({ reponse: z.string().max(FILE_MAX) });

/** Registers the page on which an administrator answers installations without a network. */
export function registerOfflinePages(app: App, { offline }: { offline: OfflineService }): void {
  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    refused: { pasted: string; errors: readonly FieldError[]; status: number },
  ): Promise<FastifyReply> =>
    renderPage(request, reply, {
      title: offlineTexts(request.lang).title,
      active: 'offline',
      status: refused.status,
      children: (
        <OfflineView csrfToken={csrfToken(request)} pasted={refused.pasted} errors={refused.errors} />
      ),
    });

  app.get('/hors-ligne', { config: { permission: 'session' } }, (request, reply) =>
    show(request, reply, { pasted: '', errors: [], status: 200 }),
  );

  app.post(
    '/hors-ligne',
    { config: { permission: 'session', csrf: 'manual' }, bodyLimit: BODY_LIMIT },
    async (request, reply) => {
      const { lang } = request;
      const { fields, file } = await readSmallForm(request, FILE_MAX);
      const pasted = (fields['demande'] ?? '').trim();
      try {
        if (!file && pasted === '') {
          throw invalid([{ field: 'demande', message: offlineTexts(lang).nothing }]);
        }
        const answer = await offline.answer(adminOf(request), file ? file.bytes : pasted);
        return await renderPage(request, reply, {
          title: offlineTexts(lang).title,
          active: 'offline',
          wide: true,
          children: <OfflineAnswerView csrfToken={csrfToken(request)} answer={answer} />,
        });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const { status } = describeError(error, request);
        const errors =
          error.fields.length > 0 ? error.fields : [{ field: 'demande', message: error.message }];
        return show(request, reply, { pasted, errors, status });
      }
    },
  );

  // The answer itself comes back from its page: nothing that could be asked for again is kept for it.
  app.post(
    '/hors-ligne/reponse',
    { config: { permission: 'session' }, schema: { body: bundleForm } },
    async (request, reply) => {
      try {
        const content = encodeBundle(decodeBundle(request.body.reponse));
        return await reply
          .header('content-disposition', asAttachment('licence.geclic'))
          .type('application/octet-stream')
          .send(content);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        throw invalid([{ field: 'reponse', message: offlineTexts(request.lang).unreadable }]);
      }
    },
  );
}

import { AppError, type FieldError } from '@gec/core';
import {
  actorOf,
  csrfToken,
  describeError,
  redirectAfterPost,
  sendHtml,
  setFlash,
  wantsFragment,
  wantsJson,
} from '@gec/http';
import { Alert, LangContext, PageHeader, renderDocument, Stack } from '@gec/ui';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import { journalTexts } from '../journal/journal.texts.ts';
import type { RapportsPagesDeps } from './rapports.pages.tsx';
import { exportShape, presentExport } from './rapports.presenter.ts';
import { estJournal, GENRES_JOURNAL } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';
import { ExportsCard, FRAGMENT } from './rapports.views.tsx';

const PAGE = '/admin/logs/exports';
const texte = z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(200));

/** What is asked: the form of the document and the filters of the page of the journal. */
const demande = z.object({
  genre: z.enum(GENRES_JOURNAL),
  action: texte,
  utilisateur: texte,
  numero: texte,
  courrier: texte,
  du: texte,
  au: texte,
});

/** The export of the journal: asked from its page, made in the background, kept for its owner. */
export function registerJournalExports(
  app: App,
  { rapports, parametres }: Pick<RapportsPagesDeps, 'rapports' | 'parametres'>,
): void {
  const config = { permission: 'view_logs' } as const;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    errors: readonly FieldError[] = [],
    status = 200,
  ): Promise<FastifyReply> {
    const { lang } = request;
    const exports = (await rapports.list(actorOf(request))).filter(({ genre }) => estJournal(genre));
    const { fuseauHoraire, conservationExportsHeures } = await parametres.get();
    const card = (
      <ExportsCard
        lang={lang}
        csrfToken={csrfToken(request)}
        fuseau={fuseauHoraire}
        garde={conservationExportsHeures}
        exports={exports}
        page={PAGE}
      />
    );
    if (wantsFragment(request) === FRAGMENT) {
      return sendHtml(
        reply,
        renderDocument(<LangContext.Provider value={lang}>{card}</LangContext.Provider>),
      );
    }
    const t = rapportsTexts(lang);
    return renderPage(request, reply, {
      title: t.journalExports,
      active: 'journal',
      status,
      children: (
        <>
          <PageHeader
            title={t.journalExports}
            crumbs={[{ label: journalTexts(lang).titre, href: '/admin/logs' }, { label: t.journalExports }]}
          />
          <Stack>
            {errors.map(({ field, message }) => (
              <Alert key={field} tone="danger" title={message} />
            ))}
            {card}
          </Stack>
        </>
      ),
    });
  }

  app.get(PAGE, { config, schema: { hide: true } }, async (request, reply) => {
    if (!wantsJson(request)) return show(request, reply);
    const list = await rapports.list(actorOf(request));
    return reply.send({ exports: list.filter(({ genre }) => estJournal(genre)).map(presentExport) });
  });

  app.post(
    '/admin/logs/export',
    { config, schema: { hide: true, body: demande } },
    async (request, reply) => {
      const { genre, ...champs } = request.body;
      const actor = actorOf(request);
      try {
        const made = await rapports.requestExport(actor, await rapports.lireJournal(actor, genre, champs));
        if (wantsJson(request)) return await reply.code(202).send(presentExport(made));
        setFlash(reply, { tone: 'info', text: rapportsTexts(request.lang).lance });
        return redirectAfterPost(reply, `${PAGE}#${FRAGMENT}`);
      } catch (error) {
        const told = error instanceof AppError && (error.kind === 'invalid' || error.kind === 'conflict');
        if (wantsJson(request) || !told) throw error;
        const errors = error.fields.length > 0 ? error.fields : [{ field: 'genre', message: error.message }];
        return show(request, reply, errors, describeError(error, request).status);
      }
    },
  );

  app.post(
    '/api/v1/journal/exports',
    {
      config,
      schema: {
        tags: ['Journal'],
        summary: 'Exporter le journal avec ses filtres ; préparé en arrière-plan',
        description: 'Suivi et fichier : `/api/v1/exports/{id}`.',
        body: demande,
        response: { 202: exportShape },
      },
    },
    async (request, reply) => {
      const { genre, ...champs } = request.body;
      const actor = actorOf(request);
      const made = await rapports.requestExport(actor, await rapports.lireJournal(actor, genre, champs));
      return reply.code(202).header('location', `/api/v1/exports/${made.id}`).send(presentExport(made));
    },
  );
}

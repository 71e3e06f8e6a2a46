import { Readable } from 'node:stream';
import { fill, formatDateTime, invalid, notFound, plural } from '@gec/core';
import { asAttachment, csrfToken, redirectAfterPost, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { adminOf, renderPage } from '../../http/page.tsx';
import type { SyncService } from '../activation/sync.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { actionLabel, actorLabel, detailsLine } from '../journal/journal.texts.ts';
import { idParams, orShow, reasonForm, registerChanges, type Refused } from './changes.pages.tsx';
import { LicenseView } from './license.views.tsx';
import { exportCsv, exportXlsx } from './licenses.export.ts';
import { interpret, readListQuery } from './licenses.query.ts';
import type { LicenseFilters } from './licenses.schema.ts';
import type { LicensesService } from './licenses.service.ts';
import { licensesTexts } from './licenses.texts.ts';
import { ListView } from './licenses.views.tsx';

/** What the pages need. */
export interface LicensesPagesServices {
  readonly licenses: LicensesService;
  readonly sync: SyncService;
  readonly journal: Pick<JournalService, 'list'>;
  readonly clock: { now(): Date };
}

const PAGE_SIZE = 25;
const session = { config: { permission: 'session' as const } };

/** The filters of an export. What is not understood must not give out more keys than were asked for. */
function exported(request: FastifyRequest): LicenseFilters {
  const { filters, chips } = interpret(readListQuery(request.query), request.lang);
  const errors = chips.flatMap(({ id, error }) =>
    error === undefined ? [] : [{ field: id, message: error }],
  );
  if (errors.length > 0) throw invalid(errors);
  return filters;
}

function registerList(app: App, { licenses, clock }: LicensesPagesServices): void {
  app.get('/licences', session, async (request, reply) => {
    const query = readListQuery(request.query);
    const { filters, chips } = interpret(query, request.lang);
    const page = await licenses.list(filters, { size: PAGE_SIZE, before: query.before });
    return renderPage(request, reply, {
      title: licensesTexts(request.lang).licenses,
      active: 'licenses',
      wide: true,
      search: query.search,
      children: (
        <ListView
          {...page}
          csrfToken={csrfToken(request)}
          query={query}
          chips={chips}
          batches={await licenses.batches()}
          continued={query.before !== undefined}
          now={clock.now()}
        />
      ),
    });
  });

  app.get('/licences/export.csv', session, async (request, reply) => {
    const filters = exported(request);
    const lines = exportCsv(licenses.export(adminOf(request), filters), clock.now());
    return reply
      .header('content-disposition', asAttachment('licences.csv'))
      .type('text/csv; charset=utf-8')
      .send(Readable.from(lines));
  });

  app.get('/licences/export.xlsx', session, async (request, reply) => {
    const filters = exported(request);
    const file = await exportXlsx(licenses.export(adminOf(request), filters), clock.now());
    return reply
      .header('content-disposition', asAttachment('licences.xlsx'))
      .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
      .send(file);
  });

  app.post('/licences/publiees', session, async (request, reply) => {
    const t = licensesTexts(request.lang);
    const n = await licenses.blockPublished(adminOf(request));
    setFlash(reply, { tone: 'success', text: plural(request.lang, n, t.changed_one, t.changed_other) });
    return redirectAfterPost(reply, '/licences?published=oui');
  });
}

function registerOne(app: App, services: LicensesPagesServices): void {
  const { licenses, sync, journal, clock } = services;
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    refused?: Refused,
    revealed?: string,
  ): Promise<FastifyReply> => {
    const { lang } = request;
    const license = await licenses.find(id);
    if (!license) throw notFound(licensesTexts(lang).unknown);
    const activations = await sync.activations(id);
    const { lines } = await journal.list({ licenseId: id }, { size: 100 });
    const history = lines.map((line) => ({
      id: String(line.id),
      when: formatDateTime(lang, line.at),
      datetime: line.at,
      who: actorLabel(lang, line.actor),
      title: actionLabel(lang, line.action),
      children: detailsLine(lang, line.details) || undefined,
    }));
    return renderPage(request, reply, {
      title: fill(licensesTexts(lang).license, { hint: license.keyHint }),
      active: 'licenses',
      wide: true,
      status: refused?.status ?? 200,
      children: (
        <LicenseView
          csrfToken={csrfToken(request)}
          license={license}
          revealed={revealed ?? null}
          activations={activations.map((held) => ({ ...held, hasKey: held.installationJwk !== null }))}
          history={history}
          errors={refused?.errors ?? []}
          typed={refused?.typed ?? {}}
          now={clock.now()}
        />
      ),
    });
  };

  app.get('/licences/:id', { ...session, schema: { params: idParams } }, (request, reply) =>
    show(request, reply, request.params.id),
  );
  // A POST, because looking at a key is written down; the answer is the page itself, so the key is in no address.
  app.post('/licences/:id/cle', { ...session, schema: { params: idParams } }, async (request, reply) => {
    const key = await licenses.reveal(adminOf(request), request.params.id);
    return show(request, reply, request.params.id, undefined, key);
  });
  app.post(
    '/licences/:id/liberer',
    { ...session, schema: { params: idParams, body: reasonForm } },
    async (request, reply) => {
      const { id } = request.params;
      try {
        await sync.transfer(adminOf(request), id, request.body.reason);
      } catch (error) {
        const typed = { 'release-reason': request.body.reason };
        return orShow(request, error, typed, (refused) => show(request, reply, id, refused));
      }
      setFlash(reply, { tone: 'success', text: licensesTexts(request.lang).releasedDone });
      return redirectAfterPost(reply, `/licences/${id}`);
    },
  );
  app.post(
    '/licences/:id/examen/accepter',
    { ...session, schema: { params: idParams } },
    async (request, reply) => {
      await sync.acceptReview(adminOf(request), request.params.id);
      setFlash(reply, { tone: 'success', text: licensesTexts(request.lang).reviewAccepted });
      return redirectAfterPost(reply, `/licences/${request.params.id}`);
    },
  );
  app.post(
    '/licences/:id/examen/refuser',
    { ...session, schema: { params: idParams, body: reasonForm } },
    async (request, reply) => {
      const { id } = request.params;
      const { reason } = request.body;
      try {
        await sync.refuseReview(adminOf(request), id, reason);
      } catch (error) {
        const typed = { 'review-reason': reason };
        return orShow(request, error, typed, (refused) => show(request, reply, id, refused));
      }
      setFlash(reply, { tone: 'success', text: licensesTexts(request.lang).reviewRefused });
      return redirectAfterPost(reply, `/licences/${id}`);
    },
  );
  registerChanges(app, licenses, '/licences', (id) => ({ id }), show);
}

/** Registers the pages of the licences: list and one licence. */
export function registerLicensesPages(app: App, services: LicensesPagesServices): void {
  registerList(app, services);
  registerOne(app, services);
}

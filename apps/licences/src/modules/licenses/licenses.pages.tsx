import { Readable } from 'node:stream';
import { AppError, fill, formatDateTime, formatNumber, notFound, plural, type FieldError } from '@gec/core';
import { asAttachment, csrfToken, describeError, redirectAfterPost, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { adminOf, renderPage } from '../../http/page.tsx';
import type { SyncService } from '../activation/sync.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { actionLabel, detailsLine } from '../journal/journal.texts.ts';
import { LicenseView } from './license.views.tsx';
import { renderCards } from './licenses.cards.ts';
import { exportCsv, exportXlsx } from './licenses.export.ts';
import { interpret, readListQuery } from './licenses.query.ts';
import { LICENSE_TYPES, type LicenseTarget } from './licenses.schema.ts';
import type { LicensesService } from './licenses.service.ts';
import { licensesTexts } from './licenses.texts.ts';
import { BatchView, GenerationView, ListView } from './licenses.views.tsx';

/** What the pages need. */
export interface LicensesPagesServices {
  readonly licenses: LicensesService;
  readonly sync: SyncService;
  readonly journal: Pick<JournalService, 'list'>;
  readonly clock: { now(): Date };
}

const PAGE_SIZE = 25;
const session = { config: { permission: 'session' as const } };
const params = z.object({ id: z.coerce.number().int().min(1) });
const formText = z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(2_000));
const stateForm = z.object({ state: z.enum(['active', 'suspended', 'revoked']), reason: formText });
const extendForm = z.object({ days: formText, reason: formText });
const reasonForm = z.object({ reason: formText });

type Show = (
  request: FastifyRequest,
  reply: FastifyReply,
  id: number,
  refused?: { errors: readonly FieldError[]; status: number },
  revealed?: string,
) => Promise<FastifyReply>;

/** Shows a page again with why its form was refused; other errors go their way. */
async function orShow(
  request: FastifyRequest,
  error: unknown,
  show: (errors: readonly FieldError[], status: number) => Promise<FastifyReply>,
): Promise<FastifyReply> {
  if (!(error instanceof AppError) || error.kind === 'not-found') throw error;
  const { status } = describeError(error, request);
  return show(error.fields.length > 0 ? error.fields : [{ field: 'reason', message: error.message }], status);
}

/** The forms that change one licence or a batch: state and extension. */
function registerChanges(
  app: App,
  licenses: LicensesService,
  base: '/licences' | '/lots',
  targetOf: (id: number) => LicenseTarget,
  show: Show,
): void {
  const done = (request: FastifyRequest, reply: FastifyReply, id: number, text: string): FastifyReply => {
    setFlash(reply, { tone: 'success', text });
    return redirectAfterPost(reply, `${base}/${id}`);
  };

  app.post(
    `${base}/:id/etat`,
    { ...session, schema: { params, body: stateForm } },
    async (request, reply) => {
      const { id } = request.params;
      const t = licensesTexts(request.lang);
      try {
        const { state, reason } = request.body;
        const n = await licenses.changeState(adminOf(request), targetOf(id), state, reason || null);
        const text =
          base === '/lots' ? plural(request.lang, n, t.changed_one, t.changed_other) : t.stateChanged;
        return done(request, reply, id, text);
      } catch (error) {
        return orShow(request, error, (errors, status) => show(request, reply, id, { errors, status }));
      }
    },
  );

  app.post(
    `${base}/:id/prolonger`,
    { ...session, schema: { params, body: extendForm } },
    async (request, reply) => {
      const { id } = request.params;
      const t = licensesTexts(request.lang);
      try {
        const days = Number(request.body.days);
        const n = await licenses.extend(adminOf(request), targetOf(id), days, request.body.reason);
        const text =
          base === '/lots'
            ? plural(request.lang, n, t.changed_one, t.changed_other)
            : fill(t.extended, { n: days });
        return done(request, reply, id, text);
      } catch (error) {
        return orShow(request, error, (errors, status) => show(request, reply, id, { errors, status }));
      }
    },
  );
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
    const { filters } = interpret(readListQuery(request.query), request.lang);
    const lines = exportCsv(licenses.export(adminOf(request), filters), clock.now());
    return reply
      .header('content-disposition', asAttachment('licences.csv'))
      .type('text/csv; charset=utf-8')
      .send(Readable.from(lines));
  });

  app.get('/licences/export.xlsx', session, async (request, reply) => {
    const { filters } = interpret(readListQuery(request.query), request.lang);
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
  const show: Show = async (request, reply, id, refused, revealed) => {
    const { lang } = request;
    const license = await licenses.find(id);
    if (!license) throw notFound(licensesTexts(lang).unknown);
    const activations = await sync.activations(id);
    const { lines } = await journal.list({ licenseId: id }, { size: 100 });
    const history = lines.map((line) => ({
      id: String(line.id),
      when: formatDateTime(lang, line.at),
      datetime: line.at,
      who: line.actor,
      title: actionLabel(lang, line.action),
      children: detailsLine(line.details) || undefined,
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
          now={clock.now()}
        />
      ),
    });
  };

  app.get('/licences/:id', { ...session, schema: { params } }, (request, reply) =>
    show(request, reply, request.params.id),
  );
  // A POST, because looking at a key is written down; the answer is the page itself, so the key is in no address.
  app.post('/licences/:id/cle', { ...session, schema: { params } }, async (request, reply) => {
    const key = await licenses.reveal(adminOf(request), request.params.id);
    return show(request, reply, request.params.id, undefined, key);
  });
  app.post(
    '/licences/:id/liberer',
    { ...session, schema: { params, body: reasonForm } },
    async (request, reply) => {
      const { id } = request.params;
      try {
        await sync.transfer(adminOf(request), id, request.body.reason);
      } catch (error) {
        return orShow(request, error, (errors, status) => show(request, reply, id, { errors, status }));
      }
      setFlash(reply, { tone: 'success', text: licensesTexts(request.lang).releasedDone });
      return redirectAfterPost(reply, `/licences/${id}`);
    },
  );
  app.post('/licences/:id/examen', { ...session, schema: { params } }, async (request, reply) => {
    await sync.acceptReview(adminOf(request), request.params.id);
    setFlash(reply, { tone: 'success', text: licensesTexts(request.lang).reviewAccepted });
    return redirectAfterPost(reply, `/licences/${request.params.id}`);
  });
  registerChanges(app, licenses, '/licences', (id) => ({ id }), show);
}

function registerBatches(app: App, { licenses }: LicensesPagesServices): void {
  const showGeneration = async (
    request: FastifyRequest,
    reply: FastifyReply,
    values: Record<string, string>,
    errors: readonly FieldError[],
    status: number,
  ): Promise<FastifyReply> =>
    renderPage(request, reply, {
      title: licensesTexts(request.lang).generation,
      active: 'generation',
      status,
      children: (
        <GenerationView
          csrfToken={csrfToken(request)}
          batches={await licenses.batches()}
          values={values}
          errors={errors}
        />
      ),
    });

  app.get('/generation', session, (request, reply) => showGeneration(request, reply, {}, [], 200));

  app.post(
    '/generation',
    { ...session, schema: { body: z.record(z.string().max(40), formText) } },
    async (request, reply) => {
      const t = licensesTexts(request.lang);
      const values = request.body;
      const counts = new Map(LICENSE_TYPES.map(({ code }) => [code, Number(values[`count-${code}`] || '0')]));
      try {
        const batch = await licenses.generate(adminOf(request), {
          counts,
          label: values['label'] ?? '',
          owner: values['owner'] || null,
        });
        const text = fill(t.generated, { n: formatNumber(request.lang, batch.size), label: batch.label });
        setFlash(reply, { tone: 'success', text });
        return redirectAfterPost(reply, `/lots/${batch.id}`);
      } catch (error) {
        return orShow(request, error, (errors, status) =>
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
      children: <BatchView csrfToken={csrfToken(request)} batch={batch} errors={refused?.errors ?? []} />,
    });
  };
  app.get('/lots/:id', { ...session, schema: { params } }, (request, reply) =>
    show(request, reply, request.params.id),
  );
  app.get('/lots/:id/cartes.pdf', { ...session, schema: { params } }, async (request, reply) => {
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

/** Registers the pages of the licences: list, one licence, generation, batches. */
export function registerLicensesPages(app: App, services: LicensesPagesServices): void {
  registerList(app, services);
  registerOne(app, services);
  registerBatches(app, services);
}

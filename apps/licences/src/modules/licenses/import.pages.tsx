import { AppError, fill, formatNumber, invalid, type FieldError, type Lang } from '@gec/core';
import { UnreadableSheet } from '@gec/core/tableur';
import { csrfToken, describeError, redirectAfterPost, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { readSmallForm, type SmallForm } from '../../http/multipart.ts';
import { adminOf, renderPage } from '../../http/page.tsx';
import { sendProgress, wantsProgress } from '../../http/progress.ts';
import type { ImportService } from '../activation/import.service.ts';
import type { ReadKeys } from './import.read.ts';
import { readKeysFile } from './import.source.ts';
import { importTexts } from './import.texts.ts';
import { ImportView, type ShownReport } from './import.views.tsx';
import type { Progress } from './licenses.service.ts';
import { licensesTexts } from './licenses.texts.ts';

/** Bytes of a file and keys in it at most; the command line takes more. */
const FILE_MAX = 8 * 1024 * 1024;
const KEYS_MAX = 20_000;

interface Shown {
  label?: string;
  published?: boolean;
  errors?: readonly FieldError[];
  report?: ShownReport;
  status?: number;
}

/** The keys of the file of a form. @throws AppError invalid (field `fichier`) */
function keysOf(lang: Lang, file: SmallForm['file'], published: boolean): ReadKeys {
  const t = importTexts(lang);
  const wrong = (message: string) => invalid([{ field: 'fichier', message }]);
  if (!file) throw wrong(t.noFile);
  try {
    const read = readKeysFile(file.bytes, published);
    if (read.keys.length === 0) throw wrong(t.noKey);
    if (read.keys.length > KEYS_MAX) throw wrong(fill(t.tooMany, { max: formatNumber(lang, KEYS_MAX) }));
    return read;
  } catch (error) {
    if (error instanceof UnreadableSheet) throw wrong(t.unreadable);
    throw error;
  }
}

/** Registers the page on which an administrator takes keys over from a file. */
export function registerImportPages(app: App, { importer }: { importer: ImportService }): void {
  const show = (request: FastifyRequest, reply: FastifyReply, shown: Shown): Promise<FastifyReply> =>
    renderPage(request, reply, {
      title: licensesTexts(request.lang).import,
      active: 'generation',
      status: shown.status ?? 200,
      children: (
        <ImportView
          csrfToken={csrfToken(request)}
          label={shown.label ?? ''}
          published={shown.published ?? false}
          errors={shown.errors ?? []}
          report={shown.report ?? null}
        />
      ),
    });

  app.get('/import', { config: { permission: 'session' } }, (request, reply) => show(request, reply, {}));

  app.post(
    '/import',
    { config: { permission: 'session', csrf: 'manual' }, bodyLimit: FILE_MAX + 1024 * 1024 },
    async (request, reply) => {
      const { lang } = request;
      const t = importTexts(lang);
      const { fields, file } = await readSmallForm(request, FILE_MAX);
      const label = (fields['label'] ?? '').trim().slice(0, 200);
      const published = fields['published'] === 'oui';
      const dry = fields['action'] !== 'importer';
      const take = async (onProgress?: Progress) => {
        const { keys, malformed } = keysOf(lang, file, published);
        const name = label || fill(t.defaultLabel, { file: file?.name.slice(0, 100) ?? '' });
        const report = await importer.run(adminOf(request), keys, { label: name, dry, onProgress });
        return { ...report, malformed };
      };
      const done = ({ added, known, malformed }: ShownReport) => {
        const n = (value: number) => formatNumber(lang, value);
        return fill(t.done, { added: n(added), known: n(known), malformed: n(malformed.length) });
      };
      if (!dry && wantsProgress(request)) {
        return sendProgress(request, reply, async (tell) => ({
          text: done(await take(tell)),
          href: '/licences',
          label: t.see,
        }));
      }
      try {
        const report = await take();
        if (dry) return await show(request, reply, { label, published, report });
        setFlash(reply, { tone: 'success', text: done(report) });
        return redirectAfterPost(reply, '/licences');
      } catch (error) {
        if (!(error instanceof AppError) || error.fields.length === 0) throw error;
        const { status } = describeError(error, request);
        return show(request, reply, { label, published, errors: error.fields, status });
      }
    },
  );
}

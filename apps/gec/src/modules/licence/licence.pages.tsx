import { AppError, fill, type FieldError } from '@gec/core';
import { explainStatus, type LicenceStatus } from '@gec/licence-client';
import { actorOf, asAttachment, csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import { readOneFile } from '../pieces/pieces.multipart.ts';
import { afficherLicence, presentLicence } from './licence.presenter.ts';
import { FICHIER_MAX, genreShape } from './licence.schema.ts';
import type { LicenceService } from './licence.service.ts';
import { licenceTexts } from './licence.texts.ts';
import { LicencePage, LicenceQrPage, type LicencePageProps } from './licence.views.tsx';

/** What the addresses of the licence are made from. */
export interface LicenceRoutesDeps {
  licence: LicenceService;
}

const PAGE = '/admin/licence';
const cleForm = z.object({ cle: z.string().max(200).default('') });
const demandeForm = z.object({
  genre: genreShape.default('activate'),
  cleDemande: z.string().max(200).default(''),
  forme: z.enum(['fichier', 'qr']).default('fichier'),
});
const codesForm = z.object({ lignes: z.string().max(FICHIER_MAX).default('') });

/** A message beside the field of the form that it belongs to, whatever the service calls it. */
function refused(field: string, message: string): AppError {
  return new AppError('invalid', 'INVALID', message, { fields: [{ field, message }] });
}

/** The pages of the licence. */
export function registerLicencePages(app: App, { licence }: LicenceRoutesDeps): void {
  const config = { permission: 'manage_system_settings' } as const;
  const schema = { hide: true } as const;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: {
      saisie?: LicencePageProps['saisie'];
      errors?: readonly FieldError[];
      alerte?: string;
      status?: number;
    } = {},
  ): Promise<FastifyReply> {
    const { lang } = request;
    return renderPage(request, reply, {
      title: licenceTexts(lang).titre,
      active: 'licence',
      status: shown.status,
      children: (
        <LicencePage
          lang={lang}
          csrfToken={csrfToken(request)}
          licence={afficherLicence(lang, await licence.consulter(actorOf(request)))}
          saisie={shown.saisie ?? {}}
          errors={shown.errors ?? []}
          alerte={shown.alerte}
        />
      ),
    });
  }

  /** Does one thing and says how it ended; a refusal comes back with what was typed, `field` beside its control. */
  async function act(
    request: FastifyRequest,
    reply: FastifyReply,
    field: string,
    saisie: LicencePageProps['saisie'],
    work: () => Promise<FastifyReply | string>,
  ): Promise<FastifyReply> {
    try {
      const done = await work();
      if (typeof done !== 'string') return done;
      setFlash(reply, { tone: 'success', text: done });
      return redirectAfterPost(reply, PAGE);
    } catch (error) {
      if (!(error instanceof AppError) || !['invalid', 'conflict', 'unavailable'].includes(error.kind))
        throw error;
      if (error.kind === 'invalid') {
        return show(request, reply, { saisie, errors: [{ field, message: error.message }], status: 400 });
      }
      return show(request, reply, {
        saisie,
        alerte: error.message,
        status: error.kind === 'conflict' ? 409 : 503,
      });
    }
  }

  const said = (
    request: FastifyRequest,
    text: 'activee' | 'appliquee' | 'synchronisee',
    status: LicenceStatus,
  ) => fill(licenceTexts(request.lang)[text], { etat: explainStatus(request.lang, status).title });

  app.get(PAGE, { config, schema }, async (request, reply) =>
    wantsJson(request)
      ? reply.send(presentLicence(await licence.consulter(actorOf(request))))
      : show(request, reply),
  );

  app.post(`${PAGE}/activer`, { config, schema: { ...schema, body: cleForm } }, async (request, reply) => {
    const { cle } = request.body;
    return act(request, reply, 'cle', { cle }, async () =>
      said(request, 'activee', await licence.activer(actorOf(request), cle)),
    );
  });

  app.post(`${PAGE}/synchroniser`, { config, schema }, async (request, reply) =>
    act(request, reply, 'cle', {}, async () =>
      said(request, 'synchronisee', await licence.synchroniser(actorOf(request))),
    ),
  );

  app.post(`${PAGE}/rendre`, { config, schema }, async (request, reply) =>
    act(request, reply, 'cle', {}, async () => {
      await licence.rendre(actorOf(request));
      return licenceTexts(request.lang).rendue;
    }),
  );

  app.post(
    `${PAGE}/demande`,
    { config, schema: { ...schema, body: demandeForm } },
    async (request, reply) => {
      const { genre, cleDemande, forme } = request.body;
      return act(request, reply, 'cleDemande', { genre, cleDemande }, async () => {
        const file = await licence.demander(actorOf(request), genre, cleDemande);
        if (forme === 'fichier') {
          return reply
            .type('application/json')
            .header('content-disposition', asAttachment(file.name))
            .send(Buffer.from(file.content));
        }
        return renderPage(request, reply, {
          title: licenceTexts(request.lang).qrTitre,
          active: 'licence',
          children: <LicenceQrPage lang={request.lang} codes={file.codes} />,
        });
      });
    },
  );

  app.post(`${PAGE}/codes`, { config, schema: { ...schema, body: codesForm } }, async (request, reply) => {
    const { lignes } = request.body;
    return act(request, reply, 'lignes', { lignes }, async () => {
      if (lignes.trim() === '') throw refused('lignes', licenceTexts(request.lang).lignesManquent);
      return said(request, 'appliquee', await licence.appliquer(actorOf(request), lignes));
    });
  });

  app.post(
    `${PAGE}/fichier`,
    { config: { ...config, csrf: 'manual' }, bodyLimit: 2 * FICHIER_MAX, schema },
    async (request, reply) => {
      const bytes = await readOneFile(request, 'fichier', FICHIER_MAX);
      return act(request, reply, 'fichier', {}, async () => {
        const t = licenceTexts(request.lang);
        if (bytes === null || bytes.length === 0) throw refused('fichier', t.fichierManque);
        if (bytes.length > FICHIER_MAX) throw refused('fichier', t.fichierTropGros);
        return said(request, 'appliquee', await licence.appliquer(actorOf(request), bytes));
      });
    },
  );
}

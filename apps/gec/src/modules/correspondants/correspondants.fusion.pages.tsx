import { AppError, fill, formatNumber, invalid, type FieldError } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { readSmallForm } from '../pieces/pieces.multipart.ts';
import type { AnnuaireService } from './correspondants.annuaire.ts';
import { fusionForm, fusionQuery, lireLignes } from './correspondants.forms.ts';
import type { FusionService } from './correspondants.fusion.ts';
import { FusionView, ImportView } from './correspondants.fusion.views.tsx';
import type { PlanImportCorrespondants } from './correspondants.import.schema.ts';
import type { ImportCorrespondantsService } from './correspondants.import.ts';
import { presentPlan } from './correspondants.presenter.ts';
import { correspondantsTexts } from './correspondants.texts.ts';

/** What merging and importing on pages needs. */
export interface FusionPagesDeps {
  annuaire: AnnuaireService;
  fusions: FusionService;
  importCorrespondants: ImportCorrespondantsService;
}

const config = { permission: 'manage_statuses' } as const;
const HOME = '/admin/correspondants';
const active = 'correspondants';
/** Bytes of a list and of the lines that a form carries back. */
const FICHIER_MAX = 2 * 1024 * 1024;
const LIGNES_MAX = 8 * 1024 * 1024;

/** Registers the pages on which correspondants are merged and imported. */
export function registerFusionPages(app: App, deps: FusionPagesDeps): void {
  const { annuaire, fusions, importCorrespondants } = deps;

  async function showFusion(
    request: FastifyRequest,
    reply: FastifyReply,
    garde: number,
    fondu: number,
    refused: { refus?: string; status?: number } = {},
  ): Promise<FastifyReply> {
    const apercu = await fusions.preview(personOf(request), garde, fondu);
    if (wantsJson(request)) return reply.send(apercu);
    return renderPage(request, reply, {
      title: correspondantsTexts(request.lang).fusionTitre,
      active,
      status: refused.status,
      children: <FusionView csrfToken={csrfToken(request)} apercu={apercu} refus={refused.refus} />,
    });
  }

  app.get(
    `${HOME}/fusion`,
    { config, schema: { hide: true, querystring: fusionQuery } },
    async (request, reply) => {
      const actor = personOf(request);
      const { garde, fondu, avec } = request.query;
      const t = correspondantsTexts(request.lang);
      const other = fondu ?? (await annuaire.parNom(actor, avec));
      if (other === null || other === garde) {
        const text = other === null ? t.fusionIntrouvable : t.memeDeux;
        if (wantsJson(request)) throw invalid([{ field: 'avec', message: text }]);
        setFlash(reply, { tone: 'warning', text });
        return redirectAfterPost(reply, `${HOME}/${garde}`);
      }
      return showFusion(request, reply, garde, other);
    },
  );

  app.post(`${HOME}/fusion`, { config, schema: { hide: true, body: fusionForm } }, async (request, reply) => {
    const actor = personOf(request);
    const { garde, fondu, version_garde, version_fondu, reecrire } = request.body;
    const t = correspondantsTexts(request.lang);
    try {
      const noms = await fusions.preview(actor, garde, fondu);
      const { id, terminee } = await fusions.merge(actor, {
        garde,
        fondu,
        versions: { garde: version_garde, fondu: version_fondu },
        reecrire: reecrire === 'oui',
      });
      if (wantsJson(request)) return await reply.code(terminee ? 200 : 202).send({ id, terminee });
      const text = fill(t.fusionFaite, { fondu: noms.fondu.nom, garde: noms.garde.nom });
      setFlash(reply, terminee ? { tone: 'success', text } : { tone: 'info', text: t.fusionCommencee });
      return await redirectAfterPost(reply, `${HOME}/${garde}`);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'conflict' || wantsJson(request)) throw error;
      // What both are now is shown, with why nothing was done.
      return showFusion(request, reply, garde, fondu, { refus: error.message, status: 409 });
    }
  });

  function showImport(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: { plan?: PlanImportCorrespondants; errors?: readonly FieldError[]; status?: number } = {},
  ): Promise<FastifyReply> {
    annuaire.enterToChange(personOf(request));
    return renderPage(request, reply, {
      title: correspondantsTexts(request.lang).importTitre,
      active,
      status: shown.status,
      children: (
        <ImportView csrfToken={csrfToken(request)} errors={shown.errors ?? []} plan={shown.plan ?? null} />
      ),
    });
  }

  app.get(`${HOME}/import`, { config, schema: { hide: true } }, async (request, reply) =>
    showImport(request, reply),
  );

  app.post(
    `${HOME}/import`,
    {
      config: { ...config, csrf: 'manual' },
      bodyLimit: FICHIER_MAX + 64 * 1024,
      schema: { hide: true },
    },
    async (request, reply) => {
      const { file } = await readSmallForm(request, 'fichier', FICHIER_MAX);
      try {
        if (!file) {
          throw invalid([{ field: 'fichier', message: correspondantsTexts(request.lang).sansFichier }]);
        }
        const plan = await importCorrespondants.dryRun(personOf(request), file.bytes, file.nom);
        if (wantsJson(request)) return await reply.send(presentPlan(plan));
        return await showImport(request, reply, { plan });
      } catch (error) {
        if (!(error instanceof AppError) || error.fields.length === 0 || wantsJson(request)) throw error;
        const { status, fields } = describeError(error, request);
        return showImport(request, reply, { errors: fields, status });
      }
    },
  );

  app.post(
    `${HOME}/import/confirmer`,
    {
      config,
      bodyLimit: LIGNES_MAX,
      schema: { hide: true, body: z.object({ lignes: z.string().max(LIGNES_MAX) }) },
    },
    async (request, reply) => {
      const { lang } = request;
      const t = correspondantsTexts(lang);
      const lignes = lireLignes(request.body.lignes);
      if (lignes === null) throw invalid([{ field: 'fichier', message: t.listeVide }]);
      const done = await importCorrespondants.run(personOf(request), lignes);
      if (wantsJson(request)) return reply.send(presentPlan(done));
      const n = (value: number) => formatNumber(lang, value);
      const { ajout, modification, erreur } = done.comptes;
      const text = fill(t.importe, {
        ajout: n(ajout),
        modification: n(modification),
        erreur: n(erreur),
      });
      setFlash(reply, { tone: 'success', text });
      return redirectAfterPost(reply, HOME);
    },
  );
}

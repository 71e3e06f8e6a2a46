import { AppError, fill, invalid, type FieldError } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { lireListe, listeQuery as doublonsQuery } from '../../http/liste.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { sendTable } from '../../tableur/write-table.ts';
import type { Atelier } from '../../workers/atelier.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { AnnuaireService } from './correspondants.annuaire.ts';
import {
  activationForm,
  correspondantForm,
  ecritureParams,
  formatParams,
  idParams,
  lireFiltres,
  listeQuery,
  modifierForm,
  paireForm,
  SAISIE_VIERGE,
} from './correspondants.forms.ts';
import type { FusionService } from './correspondants.fusion.ts';
import { AnnuaireView, DoublonsView } from './correspondants.liste.views.tsx';
import { exportDe, exportDoublons, presentFiche } from './correspondants.presenter.ts';
import { TRIS_DOUBLONS, type SaisieCorrespondant } from './correspondants.schema.ts';
import { correspondantsTexts } from './correspondants.texts.ts';
import { CorrespondantView, NouveauCorrespondantView } from './correspondants.views.tsx';

/** What the pages of the directory are made from. */
export interface CorrespondantsPagesDeps {
  annuaire: AnnuaireService;
  fusions: FusionService;
  atelier: Pick<Atelier, 'document'>;
  parametres: Pick<ParametresService, 'get'>;
}

const config = { permission: 'manage_statuses' } as const;
const HOME = '/admin/correspondants';
const PAGE_SIZE = 50;
const DOUBLONS_PAR_PAGE = 25;

const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && (error.kind === 'invalid' || error.kind === 'conflict');

/** Registers the pages of the directory: list, doubles, one correspondant. */
export function registerCorrespondantsPages(app: App, deps: CorrespondantsPagesDeps): void {
  const { annuaire, fusions, atelier, parametres } = deps;
  const active = 'correspondants';

  app.get(HOME, { config, schema: { hide: true, querystring: listeQuery } }, async (request, reply) => {
    const actor = personOf(request);
    const { filters, page, errors } = lireFiltres(request.lang, request.query);
    if (wantsJson(request) && errors.length > 0) throw invalid(errors);
    const found = await annuaire.list(actor, filters, { page, size: PAGE_SIZE });
    if (wantsJson(request)) {
      return reply.send({
        total: found.total,
        page,
        correspondants: found.correspondants.map(presentFiche),
      });
    }
    const { fuseauHoraire } = await parametres.get();
    return renderPage(request, reply, {
      title: correspondantsTexts(request.lang).titre,
      active,
      status: errors.length > 0 ? 400 : 200,
      children: (
        <AnnuaireView
          {...found}
          query={request.query}
          filters={filters}
          page={page}
          pageSize={PAGE_SIZE}
          errors={errors}
          peutChanger={annuaire.mayChange(actor)}
          fuseau={fuseauHoraire}
        />
      ),
    });
  });

  app.get(
    `${HOME}/export.:format`,
    { config, schema: { hide: true, params: formatParams, querystring: listeQuery } },
    async (request, reply) => {
      const { lang } = request;
      const { filters, errors } = lireFiltres(lang, request.query);
      if (errors.length > 0) throw invalid(errors);
      const fiches = await annuaire.export(personOf(request), filters);
      const { fuseauHoraire } = await parametres.get();
      const { format } = request.params;
      const nom = correspondantsTexts(lang).titre;
      return sendTable(reply, atelier, { format, lang, nom, ...exportDe(lang, fiches, fuseauHoraire) });
    },
  );

  app.get(
    `${HOME}/doublons`,
    { config, schema: { hide: true, querystring: doublonsQuery } },
    async (request, reply) => {
      const { lang, query } = request;
      const t = correspondantsTexts(lang);
      const lue = lireListe(query, TRIS_DOUBLONS, t.filtreInconnu);
      const { q, tri, ordre, page, format } = lue;
      if (format) {
        const paires = await annuaire.exporterDoublons(personOf(request), { q, tri, ordre });
        return sendTable(reply, atelier, { format, lang, nom: t.doublons, ...exportDoublons(lang, paires) });
      }
      const at = { page, size: DOUBLONS_PAR_PAGE };
      const found = await annuaire.doublons(personOf(request), { q, tri, ordre }, at);
      if (wantsJson(request)) {
        return reply.send({
          total: found.total,
          page,
          paires: found.paires.map(({ a, b, motif }) => ({ a: presentFiche(a), b: presentFiche(b), motif })),
        });
      }
      const shown = { rows: found.paires, total: found.total, lue, query, pageSize: DOUBLONS_PAR_PAGE };
      return renderPage(request, reply, {
        title: t.doublons,
        active,
        children: <DoublonsView csrfToken={csrfToken(request)} {...shown} />,
      });
    },
  );

  app.post(
    `${HOME}/distinguer`,
    { config, schema: { hide: true, body: paireForm } },
    async (request, reply) => {
      await annuaire.distinguer(personOf(request), request.body.a, request.body.b);
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: correspondantsTexts(request.lang).distingues });
      return redirectAfterPost(reply, `${HOME}/doublons`);
    },
  );

  function showNew(
    request: FastifyRequest,
    reply: FastifyReply,
    form: { saisie: SaisieCorrespondant; errors: readonly FieldError[]; status?: number },
  ): Promise<FastifyReply> {
    annuaire.enterToChange(personOf(request));
    return renderPage(request, reply, {
      title: correspondantsTexts(request.lang).ajouter,
      active,
      status: form.status,
      children: (
        <NouveauCorrespondantView csrfToken={csrfToken(request)} saisie={form.saisie} errors={form.errors} />
      ),
    });
  }

  app.get(`${HOME}/nouveau`, { config, schema: { hide: true } }, async (request, reply) =>
    showNew(request, reply, { saisie: SAISIE_VIERGE, errors: [] }),
  );

  app.post(HOME, { config, schema: { hide: true, body: correspondantForm } }, async (request, reply) => {
    try {
      const id = await annuaire.add(personOf(request), request.body);
      return await done(request, reply, id, 'ajoute', 201);
    } catch (error) {
      if (!isRefusal(error) || wantsJson(request)) throw error;
      const { status, fields } = describeError(error, request);
      return showNew(request, reply, { saisie: request.body, errors: fields, status });
    }
  });

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    form: {
      saisie?: SaisieCorrespondant;
      errors?: readonly FieldError[];
      version?: number;
      conflit?: boolean;
      status?: number;
    } = {},
  ): Promise<FastifyReply> {
    const actor = personOf(request);
    const { ecritures, ...fiche } = await annuaire.get(actor, id);
    if (wantsJson(request)) return reply.send(presentFiche(fiche));
    const [merges, { fuseauHoraire }] = await Promise.all([fusions.fusions(actor, id), parametres.get()]);
    return renderPage(request, reply, {
      title: fiche.nom,
      active,
      status: form.status,
      children: (
        <CorrespondantView
          csrfToken={csrfToken(request)}
          fiche={fiche}
          saisie={form.saisie ?? fiche}
          errors={form.errors ?? []}
          version={form.version ?? fiche.version}
          conflit={form.conflit ? fiche : undefined}
          ecritures={ecritures}
          fusions={merges}
          peutChanger={annuaire.mayChange(actor)}
          fuseau={fuseauHoraire}
        />
      ),
    });
  }

  /** After a change: back to the correspondant with a word, or the correspondant as JSON. */
  async function done(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    word: 'ajoute' | 'modifie' | 'active' | 'desactive' | 'ecritureRetiree',
    status = 200,
  ): Promise<FastifyReply> {
    const fiche = await annuaire.get(personOf(request), id);
    if (wantsJson(request)) return reply.code(status).send(presentFiche(fiche));
    const text = fill(correspondantsTexts(request.lang)[word], { nom: fiche.nom });
    setFlash(reply, { tone: 'success', text });
    return redirectAfterPost(reply, `${HOME}/${id}`);
  }

  app.get(`${HOME}/:id`, { config, schema: { hide: true, params: idParams } }, (request, reply) =>
    show(request, reply, request.params.id),
  );

  app.post(
    `${HOME}/:id`,
    { config, schema: { hide: true, params: idParams, body: modifierForm } },
    async (request, reply) => {
      const { id } = request.params;
      const { version, ...saisie } = request.body;
      try {
        await annuaire.update(personOf(request), id, saisie, version);
        return await done(request, reply, id, 'modifie');
      } catch (error) {
        if (!isRefusal(error) || wantsJson(request)) throw error;
        const { status, fields } = describeError(error, request);
        const conflit = error.kind === 'conflict';
        // After both were shown, sending again is a decision: the form takes the newer version.
        return show(request, reply, id, {
          saisie,
          errors: fields,
          status,
          conflit,
          ...(conflit ? {} : { version }),
        });
      }
    },
  );

  app.post(
    `${HOME}/:id/activation`,
    { config, schema: { hide: true, params: idParams, body: activationForm } },
    async (request, reply) => {
      const { id } = request.params;
      const actif = request.body.actif === 'oui';
      try {
        await annuaire.setActif(personOf(request), id, actif, request.body.version);
        return await done(request, reply, id, actif ? 'active' : 'desactive');
      } catch (error) {
        if (!isRefusal(error) || wantsJson(request)) throw error;
        setFlash(reply, { tone: 'danger', text: error.message });
        return redirectAfterPost(reply, `${HOME}/${id}`);
      }
    },
  );

  app.post(
    `${HOME}/:id/ecritures/:ecriture/retirer`,
    { config, schema: { hide: true, params: ecritureParams } },
    async (request, reply) => {
      const { id, ecriture } = request.params;
      await annuaire.retirerEcriture(personOf(request), id, ecriture);
      return done(request, reply, id, 'ecritureRetiree');
    },
  );
}

import { addDays, AppError, dayOf, type FieldError } from '@gec/core';
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
import { LangContext, renderDocument } from '@gec/ui';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Base } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { renderPage } from '../../http/page.tsx';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { filtersToQuery } from '../recherche/recherche.schema.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import { exportParam, ficheParam, sendExport, sendFiche, type RapportsRoutesDeps } from './rapports.http.ts';
import { presentChiffres, presentExport } from './rapports.presenter.ts';
import { estJournal, type Genre } from './rapports.schema.ts';
import { rapportsTexts } from './rapports.texts.ts';
import { ExportsCard, FRAGMENT, RapportsPage, type RapportsPageProps } from './rapports.views.tsx';

/** What the pages of reports are made from. */
export interface RapportsPagesDeps extends RapportsRoutesDeps, Pick<Base, 'clock'> {
  parametres: Pick<ParametresService, 'get'>;
  referentiels: Pick<ReferentielsService, 'statuts'>;
}

type Champs = Readonly<Record<string, unknown>>;

/** What a form or an address sends; the service says what is wrong with it. */
const champsShape = z.record(z.string(), z.unknown());

const REGISTRE: ReadonlySet<string> = new Set(['flux', 'du', 'au']);

/** The pages `/rapports` and `/export_pdf/{id}`. */
export function registerRapportsPages(app: App, deps: RapportsPagesDeps): void {
  const { rapports, parametres, referentiels, clock } = deps;
  const permission = { permission: 'export_courriers' } as const;
  /** Letters and the journal have different rights; the service says which export is whose. */
  const chacun = { permission: ['export_courriers', 'view_logs'] } as const;
  /** Where somebody finds an export again. */
  const pageDe = (genre: Genre) => (estJournal(genre) ? '/admin/logs/exports' : '/rapports');

  /** A refused request comes back as it was typed, its register or its list with what is wrong. */
  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    champs: Champs,
    refused?: { errors: readonly FieldError[]; status: number },
  ): Promise<FastifyReply> {
    const actor = actorOf(request);
    const { lang } = request;
    const { fuseauHoraire, conservationExportsHeures: garde } = await parametres.get();
    const fragment = wantsFragment(request) === FRAGMENT;
    const exports = await rapports.list(actor);
    const common = { lang, csrfToken: csrfToken(request), fuseau: fuseauHoraire, exports, garde };
    if (fragment) {
      const part = (
        <LangContext.Provider value={lang}>
          <ExportsCard {...common} />
        </LangContext.Provider>
      );
      return sendHtml(reply, renderDocument(part));
    }
    const { filtres, errors, phrase } = await rapports.filtres(actor, champs);
    const today = dayOf(clock.now(), fuseauHoraire);
    const word = (name: string, usual: string) => {
      const value = champs[name];
      return typeof value === 'string' ? value : usual;
    };
    const ofRegistre = refused?.errors.filter(({ field }) => REGISTRE.has(field)) ?? [];
    const others = refused?.errors.filter(({ field }) => !REGISTRE.has(field)) ?? [];
    const query = filtersToQuery(filtres);
    const known = new Set(errors.map(({ message }) => message));
    const props: RapportsPageProps = {
      ...common,
      filtres: {
        phrase,
        champs: [...query],
        errors: [...errors, ...others.filter(({ message }) => !known.has(message))],
        href: `/view_mail${query.size > 0 ? `?${query.toString()}` : ''}`,
      },
      registre: {
        flux: word('flux', 'ENTRANT'),
        du: word('du', addDays(today, -30)),
        au: word('au', today),
        errors: ofRegistre,
      },
      chiffres: await rapports.chiffres(actor),
      statutTraite: (await referentiels.statuts()).find(({ nom }) => nom === 'TRAITE')?.libelle ?? 'TRAITE',
    };
    return renderPage(request, reply, {
      title: rapportsTexts(lang).titre,
      active: 'rapports',
      status: refused?.status ?? (errors.length > 0 ? 400 : 200),
      children: <RapportsPage {...props} />,
    });
  }

  app.get(
    '/rapports',
    { config: permission, schema: { hide: true, querystring: champsShape } },
    async (request, reply) => {
      if (!wantsJson(request)) return show(request, reply, request.query);
      const actor = actorOf(request);
      const [exports, chiffres] = await Promise.all([rapports.list(actor), rapports.chiffres(actor)]);
      return reply.send({ exports: exports.map(presentExport), chiffres: presentChiffres(chiffres) });
    },
  );

  app.post(
    '/rapports/export',
    { config: permission, schema: { hide: true, body: champsShape } },
    async (request, reply) => {
      const actor = actorOf(request);
      try {
        const demande = await rapports.lireDemande(actor, request.body);
        const made = await rapports.requestExport(actor, demande);
        if (wantsJson(request)) return await reply.code(202).send(presentExport(made));
        setFlash(reply, { tone: 'info', text: rapportsTexts(request.lang).lance });
        const query = 'filtres' in demande ? filtersToQuery(demande.filtres).toString() : '';
        return redirectAfterPost(reply, `/rapports${query === '' ? '' : `?${query}`}#${FRAGMENT}`);
      } catch (error) {
        const told = error instanceof AppError && (error.kind === 'invalid' || error.kind === 'conflict');
        if (wantsJson(request) || !told) throw error;
        const { status } = describeError(error, request);
        const errors =
          error.fields.length > 0 ? error.fields : [{ field: 'filtres', message: error.message }];
        return show(request, reply, request.body, { errors, status });
      }
    },
  );

  app.get(
    '/rapports/taches/:id',
    { config: chacun, schema: { hide: true, params: exportParam } },
    async (request, reply) => {
      const found = presentExport(await rapports.find(actorOf(request), request.params.id));
      return wantsJson(request)
        ? reply.send(found)
        : reply.redirect(`${pageDe(found.genre)}#${FRAGMENT}`, 303);
    },
  );

  app.get(
    '/rapports/taches/:id/fichier',
    { config: chacun, exposeHeadRoute: false, schema: { hide: true, params: exportParam } },
    async (request, reply) => sendExport(reply, await rapports.download(actorOf(request), request.params.id)),
  );

  app.post(
    '/rapports/taches/:id/supprimer',
    { config: chacun, schema: { hide: true, params: exportParam } },
    async (request, reply) => {
      const actor = actorOf(request);
      const { id } = request.params;
      const { etat, genre } = await rapports.find(actor, id);
      await rapports.remove(actor, id);
      if (wantsJson(request)) return reply.code(204).send();
      const t = rapportsTexts(request.lang);
      const finished = etat === 'TERMINEE' || etat === 'ECHOUEE';
      setFlash(reply, { tone: 'success', text: finished ? t.supprimeFait : t.annuleFait });
      return redirectAfterPost(reply, `${pageDe(genre)}#${FRAGMENT}`);
    },
  );

  app.get(
    '/export_pdf/:id',
    {
      // Whoever may read a letter may print its sheet.
      config: { permission: 'session' },
      exposeHeadRoute: false,
      schema: { hide: true, params: ficheParam },
    },
    async (request, reply) => sendFiche(request, reply, deps, request.params.id),
  );
}

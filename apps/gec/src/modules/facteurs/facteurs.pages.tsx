import { AppError, fill, type FieldError } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ComponentChildren } from 'preact';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf, renderPage, renderVisitorPage } from '../../http/page.tsx';
import { siteOf } from '../../http/site.ts';
import { presentEtat, presentFacteur } from './facteurs.presenter.ts';
import type { AjoutFacteur, FacteursService } from './facteurs.service.ts';
import { facteursTexts } from './facteurs.texts.ts';
import {
  CodesView,
  FacteursAdminView,
  FACTEURS_PAGE,
  FacteursRequisView,
  FacteursView,
  RetirerView,
  TotpView,
  type FormRefuse,
} from './facteurs.views.tsx';

const text = z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(40_000));
const idParam = z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) });
const passwordBody = z.object({ mot_de_passe: text });
const session = { permission: 'session' } as const;

/** Fields that a refusal names; one that names none stands over the form. */
function errorsOf(error: AppError, usual: string): readonly FieldError[] {
  return error.fields.length > 0 ? error.fields : [{ field: usual, message: error.message }];
}

/** Registers the pages of second factors: one's own, and those of somebody who lost theirs. */
export function registerFacteursPages(app: App, { facteurs }: { readonly facteurs: FacteursService }): void {
  /** A page in the frame of the program, or alone while a factor must be added first. */
  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    page: { title: string; texte?: string; status?: number; children: ComponentChildren },
  ): Promise<FastifyReply> {
    const { title, texte, status, children } = page;
    return personOf(request).doitAjouterFacteur
      ? renderVisitorPage(request, reply, { title, text: texte, status, children })
      : renderPage(request, reply, { title, status, children });
  }

  async function overview(
    request: FastifyRequest,
    reply: FastifyReply,
    refuse?: FormRefuse,
    status = 200,
  ): Promise<FastifyReply> {
    const person = personOf(request);
    const t = facteursTexts(request.lang);
    const etat = await facteurs.etat(person);
    const props = { csrfToken: csrfToken(request), etat, site: siteOf(request) !== null, refuse };
    const must = person.doitAjouterFacteur === true;
    return show(request, reply, {
      title: must ? t.requisTitre : t.titre,
      texte: t.requisTexte,
      status,
      children: must ? <FacteursRequisView {...props} /> : <FacteursView {...props} />,
    });
  }

  /** Answers a form that was refused with the form; a program gets the error. */
  async function refused(
    request: FastifyRequest,
    reply: FastifyReply,
    error: unknown,
    again: (errors: AppError, status: number) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    if (!(error instanceof AppError) || wantsJson(request) || error.kind === 'not-found') throw error;
    const { status, retryAfter } = describeError(error, request);
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
    return again(error, status);
  }

  /** After a factor was added: its recovery codes if it is the first one, which are shown this once. */
  async function added(
    request: FastifyRequest,
    reply: FastifyReply,
    made: AjoutFacteur,
  ): Promise<FastifyReply> {
    const t = facteursTexts(request.lang);
    if (wantsJson(request)) return reply.code(201).send({ id: made.id, codes_secours: made.codes });
    if (made.codes === null) {
      setFlash(reply, { tone: 'success', text: t.ajoute });
      return redirectAfterPost(reply, FACTEURS_PAGE);
    }
    const children = <CodesView codes={made.codes} />;
    reply.header('cache-control', 'no-store');
    return renderVisitorPage(request, reply, { title: t.secoursTitre, children });
  }

  app.get(FACTEURS_PAGE, { config: session, schema: { hide: true } }, async (request, reply) =>
    wantsJson(request)
      ? reply.send(presentEtat(await facteurs.etat(personOf(request))))
      : overview(request, reply),
  );

  app.post(
    `${FACTEURS_PAGE}/application`,
    { config: session, schema: { hide: true, body: passwordBody } },
    async (request, reply) => {
      try {
        const made = await facteurs.commencerTotp(personOf(request), request.body.mot_de_passe);
        if (wantsJson(request)) return await reply.code(201).send(made);
        return redirectAfterPost(reply, `${FACTEURS_PAGE}/application`);
      } catch (error) {
        return refused(request, reply, error, (one, status) =>
          overview(request, reply, { form: 'application', errors: errorsOf(one, 'mot_de_passe') }, status),
        );
      }
    },
  );

  async function totp(
    request: FastifyRequest,
    reply: FastifyReply,
    refuse?: FormRefuse,
    status = 200,
  ): Promise<FastifyReply> {
    const waiting = await facteurs.totpEnCours(personOf(request));
    const t = facteursTexts(request.lang);
    if (!waiting) {
      if (refuse) setFlash(reply, { tone: 'warning', text: t.enrolementExpire });
      return redirectAfterPost(reply, FACTEURS_PAGE);
    }
    if (wantsJson(request)) return reply.send(waiting);
    const children = <TotpView csrfToken={csrfToken(request)} totp={waiting} refuse={refuse} />;
    reply.header('cache-control', 'no-store');
    return renderVisitorPage(request, reply, { title: t.application, status, children });
  }

  app.get(
    `${FACTEURS_PAGE}/application`,
    { config: session, schema: { hide: true } },
    async (request, reply) => totp(request, reply),
  );

  app.post(
    `${FACTEURS_PAGE}/application/confirmer`,
    { config: session, schema: { hide: true, body: z.object({ code: text, nom: text }) } },
    async (request, reply) => {
      try {
        return await added(request, reply, await facteurs.confirmerTotp(personOf(request), request.body));
      } catch (error) {
        return refused(request, reply, error, (one, status) =>
          totp(
            request,
            reply,
            { form: 'confirmation', errors: errorsOf(one, 'code'), nom: request.body.nom },
            status,
          ),
        );
      }
    },
  );

  app.post(
    `${FACTEURS_PAGE}/cle`,
    { config: session, schema: { hide: true, body: z.object({ cle: text, nom: text }) } },
    async (request, reply) => {
      const { cle: reponse, nom } = request.body;
      try {
        const site = siteOf(request);
        if (!site) throw new AppError('conflict', 'NUMERIC_ADDRESS', facteursTexts(request.lang).cleAdresse);
        const made = await facteurs.ajouterCle(personOf(request), site, { reponse, nom });
        return await added(request, reply, made);
      } catch (error) {
        return refused(request, reply, error, (one, status) =>
          overview(request, reply, { form: 'cle', errors: errorsOf(one, 'reponse'), nom }, status),
        );
      }
    },
  );

  app.post(
    `${FACTEURS_PAGE}/secours`,
    { config: session, schema: { hide: true, body: passwordBody } },
    async (request, reply) => {
      try {
        const codes = await facteurs.nouveauxSecours(personOf(request), request.body.mot_de_passe);
        if (wantsJson(request)) return await reply.send({ codes_secours: codes });
        reply.header('cache-control', 'no-store');
        const title = facteursTexts(request.lang).secoursTitre;
        return await renderVisitorPage(request, reply, { title, children: <CodesView codes={codes} /> });
      } catch (error) {
        return refused(request, reply, error, (one, status) =>
          overview(request, reply, { form: 'secours', errors: errorsOf(one, 'mot_de_passe') }, status),
        );
      }
    },
  );

  async function removal(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    errors: readonly FieldError[] = [],
    status = 200,
  ): Promise<FastifyReply> {
    const facteur = await facteurs.find(personOf(request), id);
    if (wantsJson(request)) return reply.send(presentFacteur(facteur));
    return renderPage(request, reply, {
      title: facteursTexts(request.lang).retirer,
      status,
      children: <RetirerView csrfToken={csrfToken(request)} facteur={facteur} errors={errors} />,
    });
  }

  app.get(
    `${FACTEURS_PAGE}/:id/retirer`,
    { config: session, schema: { hide: true, params: idParam } },
    async (request, reply) => removal(request, reply, request.params.id),
  );

  app.post(
    `${FACTEURS_PAGE}/:id/retirer`,
    { config: session, schema: { hide: true, params: idParam, body: passwordBody } },
    async (request, reply) => {
      const { id } = request.params;
      try {
        await facteurs.retirer(personOf(request), id, request.body.mot_de_passe);
        if (wantsJson(request)) return await reply.code(204).send();
        setFlash(reply, { tone: 'success', text: facteursTexts(request.lang).retire });
        return redirectAfterPost(reply, FACTEURS_PAGE);
      } catch (error) {
        return refused(request, reply, error, (one, status) =>
          removal(request, reply, id, errorsOf(one, 'autre'), status),
        );
      }
    },
  );

  const admin = { permission: 'manage_users' } as const;

  app.get(
    '/admin/users/:id/second-facteur',
    { config: admin, schema: { hide: true, params: idParam } },
    async (request, reply) => {
      const { compte, facteurs: list, secours } = await facteurs.etatDe(personOf(request), request.params.id);
      if (wantsJson(request))
        return reply.send({ facteurs: list.map(presentFacteur), codes_secours: secours });
      return renderPage(request, reply, {
        title: facteursTexts(request.lang).titre,
        active: 'utilisateurs',
        children: (
          <FacteursAdminView
            csrfToken={csrfToken(request)}
            compte={compte}
            facteurs={list}
            secours={secours}
          />
        ),
      });
    },
  );

  app.post(
    '/admin/users/:id/second-facteur',
    { config: admin, schema: { hide: true, params: idParam } },
    async (request, reply) => {
      const actor = personOf(request);
      const { id } = request.params;
      const { compte } = await facteurs.etatDe(actor, id);
      const retires = await facteurs.reinitialiser(actor, id);
      if (wantsJson(request)) return reply.send({ retires });
      const t = facteursTexts(request.lang);
      const nom = compte.nomComplet;
      const text = fill(retires === 0 ? t.adminRien : t.adminFait, { nom });
      setFlash(reply, { tone: retires === 0 ? 'info' : 'success', text });
      return redirectAfterPost(reply, `/admin/users/${id}/second-facteur`);
    },
  );
}

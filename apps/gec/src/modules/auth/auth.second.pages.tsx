import { AppError, invalid, plural } from '@gec/core';
import {
  clearPendingCookie,
  describeError,
  pendingTokenOf,
  redirectAfterPost,
  safeNext,
  setFlash,
  setSessionCookie,
  wantsFragment,
  wantsJson,
} from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { personOf, renderVisitorPage } from '../../http/page.tsx';
import { siteOf } from '../../http/site.ts';
import { cleForm, secondForm } from './auth.forms.ts';
import { presentPersonne } from './auth.presenter.ts';
import type { ConnexionOuverte, DepuisOu } from './auth.schema.ts';
import type { AuthService } from './auth.service.ts';
import { authTexts } from './auth.texts.ts';
import { SecondView } from './auth.second.views.tsx';

const PAGE = '/login/second-facteur';
const FACTEURS = '/profil/second-facteur';

/** What somebody may do who must add a second factor first, besides adding it. */
const BEFORE_FACTOR: ReadonlySet<string> = new Set(['/logout', '/api/v1/session', '/profil/mot-de-passe']);

function mayStay(url: string): boolean {
  return BEFORE_FACTOR.has(url) || url.startsWith(FACTEURS) || url.startsWith('/api/v1/profil/facteurs');
}

/**
 * Keeps whoever must add a second factor on the pages that do it: pages redirect there, JSON gets 403
 * `SECOND_FACTOR_ENROLMENT_REQUIRED`. To be called before the routes are registered, so that none is left out.
 */
export function requireFactor(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.actor || request.is404 || request.routeOptions.config.public) return undefined;
    const person = personOf(request);
    // A first password comes first.
    if (!person.doitAjouterFacteur || person.doitChangerMotDePasse) return undefined;
    if (mayStay(request.routeOptions.url ?? '')) return undefined;
    if (wantsJson(request) || wantsFragment(request) !== null) {
      const message = authTexts(request.lang).facteurRequis;
      throw new AppError('forbidden', 'SECOND_FACTOR_ENROLMENT_REQUIRED', message);
    }
    return reply.redirect(FACTEURS, 303);
  });
}

/** Where a request to enter comes from. */
export function depuisOu(request: FastifyRequest): DepuisOu {
  return {
    ip: request.clientIp,
    userAgent: request.headers['user-agent'],
    lang: request.lang,
    ancienneSession: request.session?.id ?? null,
  };
}

/** Gives the browser the session that was opened, and sends the person on. */
export async function entrer(
  request: FastifyRequest,
  reply: FastifyReply,
  auth: AuthService,
  opened: ConnexionOuverte & { next: string },
): Promise<FastifyReply> {
  setSessionCookie(request, reply, opened.token);
  if (!wantsJson(request)) return redirectAfterPost(reply, safeNext(opened.next));
  const person = await auth.authenticate(opened.userId, request.clientIp);
  return reply.send({
    second_factor_required: false,
    user: person && presentPersonne(person),
    doit_changer_mot_de_passe: opened.doitChangerMotDePasse,
    doit_ajouter_facteur: person?.doitAjouterFacteur ?? false,
    next: safeNext(opened.next),
  });
}

/** Registers the second step of signing in, and entering by a passkey alone. */
export function registerSecondPages(app: App, { auth }: { readonly auth: AuthService }): void {
  const config = { public: true } as const;

  /** Back to the first step, with the reason. */
  function recommencer(request: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
    clearPendingCookie(request, reply);
    setFlash(reply, { tone: 'warning', text });
    return redirectAfterPost(reply, '/login');
  }

  app.get(PAGE, { config }, async (request, reply) => {
    const token = pendingTokenOf(request);
    const waiting = token === null ? null : await auth.seconde(token);
    const t = authTexts(request.lang);
    if (!waiting) {
      if (!wantsJson(request)) return redirectAfterPost(reply, '/login');
      throw new AppError('unauthenticated', 'SECOND_FACTOR_EXPIRED', t.secondExpire);
    }
    const { methodes } = waiting;
    if (wantsJson(request)) return reply.send({ second_factor_required: true, methodes });
    return renderVisitorPage(request, reply, {
      title: t.secondTitre,
      text: methodes.totp ? t.secondTexteCode : methodes.cle ? t.secondTexteCle : undefined,
      children: <SecondView methodes={methodes} cle={siteOf(request) !== null} />,
    });
  });

  app.post(PAGE, { config, schema: { body: secondForm } }, async (request, reply) => {
    const t = authTexts(request.lang);
    const { code, cle } = request.body;
    const token = pendingTokenOf(request) ?? '';
    try {
      const site = siteOf(request);
      if (code === '' && (cle === '' || site === null)) {
        throw invalid([{ field: 'code', message: t.obligatoire }]);
      }
      const reponse = code === '' && site !== null ? { cle, site } : { code };
      const opened = await auth.finir(token, reponse, depuisOu(request));
      clearPendingCookie(request, reply);
      if (opened.secours !== null && !wantsJson(request)) {
        const text = plural(request.lang, opened.secours, t.secoursReste_un, t.secoursReste_autre);
        setFlash(reply, { tone: 'warning', text });
      }
      return await entrer(request, reply, auth, opened);
    } catch (error) {
      if (!(error instanceof AppError) || wantsJson(request)) throw error;
      const waiting = await auth.seconde(token);
      if (!waiting) return recommencer(request, reply, error.message);
      const { status, retryAfter } = describeError(error, request);
      if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
      const locked = error.kind === 'locked-out';
      return renderVisitorPage(request, reply, {
        title: locked ? t.bloqueTitre : t.secondTitre,
        status,
        children: (
          <SecondView
            methodes={waiting.methodes}
            cle={siteOf(request) !== null}
            error={error.message}
            locked={locked}
          />
        ),
      });
    }
  });

  app.post(`${PAGE}/cle`, { config }, async (request, reply) => {
    const site = siteOf(request);
    if (!site) throw new AppError('conflict', 'NUMERIC_ADDRESS', authTexts(request.lang).cleAdresse);
    const options = await auth.optionsSeconde(pendingTokenOf(request) ?? '', site, request.lang);
    return reply.send({ options });
  });

  app.post('/login/cle/options', { config }, async (request, reply) => {
    const site = siteOf(request);
    if (!site) throw new AppError('conflict', 'NUMERIC_ADDRESS', authTexts(request.lang).cleAdresse);
    return reply.send({ options: await auth.optionsCle(site) });
  });

  app.post('/login/cle', { config, schema: { body: cleForm } }, async (request, reply) => {
    const { cle, next } = request.body;
    try {
      const site = siteOf(request);
      if (!site) throw new AppError('conflict', 'NUMERIC_ADDRESS', authTexts(request.lang).cleAdresse);
      const opened = await auth.entrerParCle(site, cle, depuisOu(request));
      clearPendingCookie(request, reply);
      return await entrer(request, reply, auth, { ...opened, next });
    } catch (error) {
      if (!(error instanceof AppError) || wantsJson(request)) throw error;
      return recommencer(request, reply, error.message);
    }
  });
}

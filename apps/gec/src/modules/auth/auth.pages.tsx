import { AppError, invalid, type FieldError } from '@gec/core';
import {
  clearSessionCookie,
  csrfToken,
  describeError,
  redirectAfterPost,
  safeNext,
  setFlash,
  setPendingCookie,
  setSessionCookie,
  wantsFragment,
  wantsJson,
} from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { plural } from '@gec/core';
import type { App } from '../../http/app.ts';
import { personOf, renderPage, renderVisitorPage } from '../../http/page.tsx';
import { siteOf } from '../../http/site.ts';
import { loginForm, passwordForm, preferencesForm, sessionsForm } from './auth.forms.ts';
import { presentCompte } from './auth.presenter.ts';
import { depuisOu, entrer, registerSecondPages } from './auth.second.pages.tsx';
import type { AuthService } from './auth.service.ts';
import { authTexts } from './auth.texts.ts';
import { FirstPasswordView, LoginView, ProfileView } from './auth.views.tsx';

/** What the pages need. */
export interface AuthPagesServices {
  readonly auth: AuthService;
}

const PASSWORD_PAGE = '/profil/mot-de-passe';
const THEME_SECONDS = 365 * 86_400;

/** What a person may do who must change their password first, besides leaving. */
const BEFORE_PASSWORD: ReadonlySet<string> = new Set([
  PASSWORD_PAGE,
  '/logout',
  '/api/v1/session',
  '/api/v1/profil/mot-de-passe',
]);

/** The session of a request that has one for certain. */
function sessionIdOfRequest(request: FastifyRequest): string {
  if (!request.session) throw new Error('the route needs a session');
  return request.session.id;
}

/**
 * Keeps whoever has a one-time password on the page that changes it: pages redirect there, JSON gets 403
 * `PASSWORD_CHANGE_REQUIRED`. To be called before the routes are registered, so that none is left out.
 */
export function requireOwnPassword(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.actor || request.is404 || request.routeOptions.config.public) return undefined;
    if (!personOf(request).doitChangerMotDePasse) return undefined;
    if (BEFORE_PASSWORD.has(request.routeOptions.url ?? '')) return undefined;
    if (wantsJson(request) || wantsFragment(request) !== null) {
      const message = authTexts(request.lang).changementRequis;
      throw new AppError('forbidden', 'PASSWORD_CHANGE_REQUIRED', message);
    }
    const next = request.method === 'GET' ? safeNext(request.url) : '/';
    const query = next === '/' ? '' : `?next=${encodeURIComponent(next)}`;
    return reply.redirect(`${PASSWORD_PAGE}${query}`, 303);
  });
}

function registerLogin(app: App, auth: AuthService): void {
  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    form: { identifiant: string; next: string },
    refused?: { error: AppError; status: number },
  ): Promise<FastifyReply> {
    const t = authTexts(request.lang);
    const locked = refused?.error.kind === 'locked-out';
    return renderVisitorPage(request, reply, {
      title: locked ? t.bloqueTitre : t.connexion,
      text: refused ? undefined : t.connexionTexte,
      status: refused?.status ?? 200,
      children: (
        <LoginView {...form} error={refused?.error.message} locked={locked} cle={siteOf(request) !== null} />
      ),
    });
  }

  app.get('/login', { config: { public: true } }, async (request, reply) => {
    const { next } = request.query as { next?: unknown };
    if (request.actor) return redirectAfterPost(reply, safeNext(next));
    return show(request, reply, { identifiant: '', next: safeNext(next) });
  });

  app.post('/login', { config: { public: true }, schema: { body: loginForm } }, async (request, reply) => {
    const { email, username, password, next } = request.body;
    const identifiant = email || username;
    try {
      const answer = await auth.login({
        ...depuisOu(request),
        identifiant,
        motDePasse: password,
        next: safeNext(next),
      });
      if (answer.etape === 'ouverte') {
        return await entrer(request, reply, auth, { ...answer, next: safeNext(next) });
      }
      setPendingCookie(request, reply, answer.attente);
      if (!wantsJson(request)) return redirectAfterPost(reply, '/login/second-facteur');
      return await reply.send({
        second_factor_required: true,
        methodes: answer.methodes,
        next: safeNext(next),
      });
    } catch (error) {
      if (!(error instanceof AppError) || wantsJson(request)) throw error;
      const { status, retryAfter } = describeError(error, request);
      if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
      return show(request, reply, { identifiant, next: safeNext(next) }, { error, status });
    }
  });

  app.post('/logout', { config: { permission: 'session' } }, async (request, reply) => {
    await auth.logout(personOf(request), sessionIdOfRequest(request));
    clearSessionCookie(request, reply);
    if (wantsJson(request)) return reply.code(204).send();
    return redirectAfterPost(reply, '/login');
  });
}

function registerPassword(app: App, auth: AuthService, showProfile: ShowProfile): void {
  async function refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    next: string,
    errors: readonly FieldError[],
    status: number,
  ): Promise<FastifyReply> {
    const person = personOf(request);
    if (!person.doitChangerMotDePasse) return showProfile(request, reply, errors, status);
    const t = authTexts(request.lang);
    return renderVisitorPage(request, reply, {
      title: t.premierTitre,
      text: t.premierTexte,
      status,
      children: (
        <FirstPasswordView
          csrfToken={csrfToken(request)}
          username={person.username}
          errors={errors}
          next={next}
        />
      ),
    });
  }

  app.get(PASSWORD_PAGE, { config: { permission: 'session' } }, async (request, reply) => {
    const { next } = request.query as { next?: unknown };
    if (!personOf(request).doitChangerMotDePasse) return reply.redirect('/profil#mot-de-passe', 303);
    return refuse(request, reply, safeNext(next), [], 200);
  });

  app.post(
    PASSWORD_PAGE,
    { config: { permission: 'session' }, schema: { body: passwordForm } },
    async (request, reply) => {
      const { ancien, nouveau, confirmation, next } = request.body;
      const person = personOf(request);
      const t = authTexts(request.lang);
      try {
        if (nouveau !== confirmation) {
          throw invalid([{ field: 'confirmation', message: t.confirmationFausse }]);
        }
        const from = { userAgent: request.headers['user-agent'] };
        const { token } = await auth.changePassword(person, { ancien, nouveau }, from);
        setSessionCookie(request, reply, token);
      } catch (error) {
        if (!(error instanceof AppError) || wantsJson(request)) throw error;
        const { status, retryAfter } = describeError(error, request);
        if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
        const errors = error.fields.length > 0 ? error.fields : [{ field: 'ancien', message: error.message }];
        return refuse(request, reply, safeNext(next), errors, status);
      }
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: t.motDePasseChange });
      return redirectAfterPost(reply, person.doitChangerMotDePasse ? safeNext(next) : '/profil');
    },
  );
}

type ShowProfile = (
  request: FastifyRequest,
  reply: FastifyReply,
  errors: readonly FieldError[],
  status: number,
) => Promise<FastifyReply>;

function profilePage(auth: AuthService): ShowProfile {
  return async (request, reply, errors, status) => {
    const person = personOf(request);
    const compte = await auth.compte(person);
    const sessions = await auth.sessions(person, sessionIdOfRequest(request));
    if (wantsJson(request)) return reply.send({ ...presentCompte(compte), sessions });
    return renderPage(request, reply, {
      title: authTexts(request.lang).profil,
      status,
      children: (
        <ProfileView
          csrfToken={csrfToken(request)}
          person={person}
          compte={compte}
          sessions={sessions}
          protege={await auth.protege(person)}
          theme={request.theme ?? 'auto'}
          errors={errors}
        />
      ),
    });
  };
}

/** Registers sign-in, sign-out and the profile. */
export function registerAuthPages(app: App, { auth }: AuthPagesServices): void {
  const showProfile = profilePage(auth);
  registerLogin(app, auth);
  registerSecondPages(app, { auth });
  registerPassword(app, auth, showProfile);

  app.get('/profil', { config: { permission: 'session' } }, (request, reply) =>
    showProfile(request, reply, [], 200),
  );

  app.post(
    '/profil/langue',
    { config: { permission: 'session' }, schema: { body: preferencesForm } },
    async (request, reply) => {
      const { langue, theme } = request.body;
      await auth.setLangue(personOf(request), langue);
      if (theme !== undefined) {
        // Readable by the script of the account menu, which sets it too.
        reply.setCookie('theme', theme, {
          path: '/',
          sameSite: 'lax',
          secure: request.protocol === 'https',
          maxAge: theme === 'auto' ? 0 : THEME_SECONDS,
        });
      }
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: authTexts(langue).preferencesEnregistrees });
      return redirectAfterPost(reply, '/profil');
    },
  );

  app.post(
    '/profil/sessions/fermer',
    { config: { permission: 'session' }, schema: { body: sessionsForm } },
    async (request, reply) => {
      const person = personOf(request);
      const current = sessionIdOfRequest(request);
      const t = authTexts(request.lang);
      let text = t.sessionFermee;
      let fermees = 1;
      if (request.body.session !== '') await auth.closeSession(person, request.body.session, current);
      else {
        fermees = await auth.closeOthers(person, current);
        text =
          fermees === 0
            ? t.aucuneAutre
            : plural(request.lang, fermees, t.sessionsFermees_une, t.sessionsFermees_autres);
      }
      if (wantsJson(request)) return reply.send({ fermees });
      setFlash(reply, { tone: 'success', text });
      return redirectAfterPost(reply, '/profil');
    },
  );
}

import { AppError, LANGS, plural, type FieldError } from '@gec/core';
import {
  clearSessionCookie,
  csrfToken,
  describeError,
  redirectAfterPost,
  safeNext,
  setFlash,
  setSessionCookie,
  wantsJson,
} from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { adminOf, renderPage, renderVisitorPage } from '../../http/page.tsx';
import type { AdminsService } from './admins.service.ts';
import { adminsTexts } from './admins.texts.ts';
import { FirstPasswordView, LoginView, ProfileView } from './admins.views.tsx';

const PASSWORD_PAGE = '/profil/mot-de-passe';
const SHOWN_ID = 12;

/** A field of a form: missing or sent twice, it is empty, and refused with our own words. */
const formText = z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(2_000));
const loginForm = z.object({ username: formText, email: formText, password: formText, next: formText });
const passwordForm = z.object({ current: formText, fresh: formText, repeat: formText });
const langForm = z.object({ lang: z.enum(LANGS) });

/** Keeps whoever has a one-time password on the page that changes it. To be called before routes are registered. */
export function requireOwnPassword(app: App): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.actor || request.is404 || request.routeOptions.config.public) return done();
    if (!adminOf(request).mustChangePassword) return done();
    if ([PASSWORD_PAGE, '/logout'].includes(request.routeOptions.url ?? '')) return done();
    if (wantsJson(request)) {
      const message = adminsTexts(request.lang).changeRequired;
      throw new AppError('forbidden', 'PASSWORD_CHANGE_REQUIRED', message);
    }
    reply.redirect(PASSWORD_PAGE, 303);
  });
}

function sessionIdOf(request: FastifyRequest): string {
  if (!request.session) throw new Error('the route needs a session');
  return request.session.id;
}

function registerLogin(app: App, admins: AdminsService): void {
  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    form: { username: string; next: string },
    refused?: { error: AppError; status: number },
  ): Promise<FastifyReply> => {
    const t = adminsTexts(request.lang);
    const locked = refused?.error.kind === 'locked-out';
    return renderVisitorPage(request, reply, {
      title: locked ? t.lockedTitle : t.login,
      text: refused ? undefined : t.loginText,
      status: refused?.status ?? 200,
      children: <LoginView {...form} error={refused?.error.message} locked={locked} />,
    });
  };

  app.get('/login', { config: { public: true } }, async (request, reply) => {
    const { next } = request.query as { next?: unknown };
    if (request.actor) return redirectAfterPost(reply, safeNext(next));
    return show(request, reply, { username: '', next: safeNext(next) });
  });

  app.post('/login', { config: { public: true }, schema: { body: loginForm } }, async (request, reply) => {
    const { password, next } = request.body;
    const username = request.body.username || request.body.email;
    try {
      const token = await admins.login({
        username,
        password,
        ip: request.clientIp,
        userAgent: request.headers['user-agent'],
        lang: request.lang,
        formerSession: request.session?.id ?? null,
      });
      setSessionCookie(request, reply, token);
      return wantsJson(request)
        ? reply.send({ next: safeNext(next) })
        : redirectAfterPost(reply, safeNext(next));
    } catch (error) {
      if (!(error instanceof AppError) || wantsJson(request)) throw error;
      const { status, retryAfter } = describeError(error, request);
      if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
      return show(request, reply, { username, next: safeNext(next) }, { error, status });
    }
  });

  app.post('/logout', { config: { permission: 'session' } }, async (request, reply) => {
    await admins.logout(adminOf(request), sessionIdOf(request));
    clearSessionCookie(request, reply);
    return redirectAfterPost(reply, '/login');
  });
}

/** Registers sign-in, sign-out and the profile. */
export function registerAdminsPages(app: App, { admins }: { admins: AdminsService }): void {
  registerLogin(app, admins);

  async function showProfile(
    request: FastifyRequest,
    reply: FastifyReply,
    errors: readonly FieldError[],
    status: number,
  ): Promise<FastifyReply> {
    const admin = adminOf(request);
    const t = adminsTexts(request.lang);
    const props = { csrfToken: csrfToken(request), username: admin.username, errors };
    if (admin.mustChangePassword) {
      return renderVisitorPage(request, reply, {
        title: t.firstTitle,
        text: t.firstText,
        status,
        children: <FirstPasswordView {...props} />,
      });
    }
    const current = sessionIdOf(request);
    const sessions = (await admins.sessions(admin)).map((session) => ({
      id: session.id.slice(0, SHOWN_ID),
      ip: session.ip,
      since: session.createdAt,
      lastSeen: session.lastSeenAt,
      current: session.id === current,
    }));
    return renderPage(request, reply, {
      title: t.profile,
      status,
      children: <ProfileView {...props} lang={admin.lang} sessions={sessions} />,
    });
  }

  app.get('/profil', { config: { permission: 'session' } }, (request, reply) =>
    showProfile(request, reply, [], 200),
  );
  app.get(PASSWORD_PAGE, { config: { permission: 'session' } }, (request, reply) =>
    showProfile(request, reply, [], 200),
  );

  app.post(
    PASSWORD_PAGE,
    { config: { permission: 'session' }, schema: { body: passwordForm } },
    async (request, reply) => {
      const admin = adminOf(request);
      try {
        const token = await admins.changePassword(admin, request.body, request.headers['user-agent']);
        setSessionCookie(request, reply, token);
      } catch (error) {
        if (!(error instanceof AppError) || wantsJson(request)) throw error;
        const { status, retryAfter } = describeError(error, request);
        if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
        const errors =
          error.fields.length > 0 ? error.fields : [{ field: 'current', message: error.message }];
        return showProfile(request, reply, errors, status);
      }
      setFlash(reply, { tone: 'success', text: adminsTexts(request.lang).changed });
      return redirectAfterPost(reply, admin.mustChangePassword ? '/' : '/profil');
    },
  );

  app.post(
    '/profil/langue',
    { config: { permission: 'session' }, schema: { body: langForm } },
    async (request, reply) => {
      await admins.setLang(adminOf(request), request.body.lang);
      setFlash(reply, { tone: 'success', text: adminsTexts(request.body.lang).saved });
      return redirectAfterPost(reply, '/profil');
    },
  );

  app.post('/profil/sessions', { config: { permission: 'session' } }, async (request, reply) => {
    const t = adminsTexts(request.lang);
    const n = await admins.closeOthers(adminOf(request), sessionIdOf(request));
    setFlash(reply, { tone: 'success', text: plural(request.lang, n, t.closed_one, t.closed_other) });
    return redirectAfterPost(reply, '/profil');
  });
}

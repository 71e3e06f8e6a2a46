import { DEFAULT_ROLES, type Permission, type UserActor } from '@gec/core';
import { createLogger } from './logger.ts';
import { csrfToken } from './csrf.ts';
import { endSession, startSession } from './cookies.ts';
import { createServer } from './server.ts';
import { sessionIdOf, type Session, type SessionService } from './sessions/sessions.service.ts';
import type { HttpServer, ServerOptions } from './types.ts';

/** Test support: sessions in memory, for what does not concern the database. */
export function memorySessions(): SessionService & { readonly open: Map<string, Session> } {
  const open = new Map<string, Session>();
  let made = 0;
  return {
    open,
    async create(_trx, userId, from) {
      const token = String(made++).padStart(43, 't');
      const now = new Date(0).toISOString();
      const session: Session = {
        id: sessionIdOf(token),
        userId,
        createdAt: now,
        lastSeenAt: now,
        expiresAt: now,
        ip: from.ip,
        userAgent: from.userAgent ?? '',
      };
      open.set(session.id, session);
      return { token, session };
    },
    resolve: async (token) => open.get(sessionIdOf(token)) ?? null,
    async revoke(id) {
      open.delete(id);
    },
    async revokeAll(userId) {
      const ids = [...open.values()].filter((session) => session.userId === userId).map(({ id }) => id);
      for (const id of ids) open.delete(id);
      return ids.length;
    },
    list: async (userId) => [...open.values()].filter((session) => session.userId === userId),
    listAll: async (limit) => [...open.values()].slice(0, limit),
    sweep: async () => 0,
  };
}

/** Test support: user 1 is a clerk, user 2 administers, user 9 was deactivated. */
export function testActor(userId: number, ip = ''): UserActor | null {
  if (userId === 9) return null;
  const permissions: readonly Permission[] = userId === 2 ? DEFAULT_ROLES.super_admin : DEFAULT_ROLES.user;
  return {
    kind: 'user',
    userId,
    username: `user${userId}`,
    role: userId === 2 ? 'super_admin' : 'user',
    departementId: null,
    permissions: new Set(permissions),
    lang: userId === 2 ? 'en' : 'fr',
    ip,
  };
}

/** Test support: a server with a sign-in, a sign-out and a form, whose error pages tell all they were given. */
export async function testServer(
  options: Partial<ServerOptions> = {},
  routes: (app: HttpServer) => void | Promise<void> = () => undefined,
): Promise<HttpServer> {
  const app = await createServer({
    logger: createLogger({ level: 'silent' }),
    trustedProxies: [],
    secureCookies: 'auto',
    sessionSecret: 'a secret of the tests, long enough to be one',
    cookiePrefix: 'gec',
    sessions: memorySessions(),
    authenticate: async (userId, request) => testActor(userId, request.clientIp),
    renderError: ({ status, title, message, lang }) =>
      `<!doctype html><html lang="${lang}"><title>${status} ${title}</title><p>${message}</p></html>`,
    health: async () => ({ status: 'healthy' }),
    metrics: false,
    ...options,
  });
  app.post<{ Querystring: { user?: string } }>(
    '/login',
    { config: { public: true } },
    async (request, reply) => {
      await startSession(request, reply, Number(request.query.user ?? 1));
      return reply.redirect('/', 303);
    },
  );
  app.post('/logout', { config: { permission: 'session' } }, async (request, reply) => {
    await endSession(request, reply);
    return reply.redirect('/login', 303);
  });
  app.get('/token', { config: { permission: 'session' } }, async (request) => csrfToken(request));
  app.post('/form', { config: { permission: 'session' } }, async (request) => ({ got: request.body }));
  await routes(app);
  await app.ready();
  return app;
}

/** Test support: the value of a `Set-Cookie`, ready to be sent back. */
export function cookieFrom(headers: Record<string, unknown>): string {
  return [headers['set-cookie'] ?? []]
    .flat()
    .map((line) => String(line).split(';')[0] ?? '')
    .join('; ');
}

/** Test support: signs a user in and gives the cookie. */
export async function signIn(app: HttpServer, user = 1): Promise<string> {
  const response = await app.inject({ method: 'POST', url: `/login?user=${user}` });
  return cookieFrom(response.headers);
}

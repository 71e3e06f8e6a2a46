import { AppError, can, type Permission } from '@gec/core';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { isUnsafe } from './csrf.ts';
import { httpTexts } from './http.texts.ts';
import type { Internals, RouteInfo } from './internals.ts';
import { LIGHT_ROUTE } from './light.ts';
import { safeNext, wantsFragment, wantsJson } from './respond.ts';
import type { HttpServer } from './types.ts';

function accessOf(config: FastifyContextConfig): RouteInfo['access'] | null {
  const { public: isPublic, permission } = config;
  if (isPublic) return permission === undefined ? 'public' : null;
  if (permission === undefined) return null;
  if (permission === 'session') return 'session';
  const anyOf: readonly Permission[] = typeof permission === 'string' ? [permission] : permission;
  return anyOf.length > 0 ? { anyOf } : null;
}

/**
 * Makes every route say who may use it: `config: { public: true }` or `config: { permission: … }`. A route that says
 * neither, or both, makes the program fail at its start.
 */
export function requireAccess(app: HttpServer, internals: Internals): void {
  app.addHook('onRoute', (route) => {
    const config = (route.config ??= {});
    if (!config.public && config.permission === undefined) {
      // A library's own routes cannot say it themselves.
      Object.assign(config, internals.prefixes.find(({ prefix }) => route.url.startsWith(prefix))?.config);
    }
    const access = accessOf(config);
    const methods = [route.method].flat();
    if (!access) {
      throw new Error(`${methods.join(',')} ${route.url} must declare config.public or config.permission`);
    }
    if (config.light) {
      if (access !== 'public') throw new Error(`${methods.join(',')} ${route.url} is light, hence public`);
      Object.assign(route, LIGHT_ROUTE);
    }
    for (const method of methods) internals.routes.push({ method, url: route.url, access });
  });
}

/** Every route of a server with who may use it, for tests that walk them all. */
export function listRoutes(app: Pick<HttpServer, 'httpInternals'>): readonly RouteInfo[] {
  return app.httpInternals.routes;
}

/** Where a form that was sent without a session came from, if it was a page of ours. */
function refererPath(request: FastifyRequest): string {
  const referer = request.headers.referer;
  if (referer === undefined || !URL.canParse(referer)) return '/';
  const url = new URL(referer);
  return url.host === request.host ? `${url.pathname}${url.search}` : '/';
}

/**
 * Lets a request through to its route, or not: without a session a page goes to the sign-in page (and comes back
 * later), a script or program gets 401; with one that lacks the permission, 403.
 *
 * @returns the reply if it was sent
 * @throws AppError 401, 403
 */
export function guard(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  if (request.is404) return undefined;
  const access = accessOf(request.routeOptions.config);
  if (access === 'public') return undefined;
  const texts = httpTexts(request.lang);
  if (!request.actor) {
    if (wantsJson(request) || wantsFragment(request) !== null) {
      throw new AppError('unauthenticated', 'UNAUTHENTICATED', texts.unauthenticated);
    }
    const next = safeNext(isUnsafe(request) ? refererPath(request) : request.url);
    const query = next === '/' ? '' : `?next=${encodeURIComponent(next)}`;
    return reply.redirect(`${request.server.httpInternals.loginPath}${query}`, 303);
  }
  const actor = request.actor;
  if (access === 'session' || access?.anyOf.some((permission) => can(actor, permission))) return undefined;
  throw new AppError('forbidden', 'FORBIDDEN', texts.forbidden);
}

import { LANGS, type Lang, type UserActor } from '@gec/core';
import type { FastifyRequest } from 'fastify';
import type { Theme } from './types.ts';

function isLang(word: string | undefined): word is Lang {
  return (LANGS as readonly (string | undefined)[]).includes(word);
}

/** The first language that the browser prefers and we speak (RFC 9110 § 12.5.4), French when there is none. */
export function acceptedLang(header: string | undefined): Lang {
  if (header === undefined) return 'fr';
  const wishes = header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((v) => v !== undefined);
      return { lang: tag.split('-')[0], q: q === undefined ? 1 : Number(q) };
    })
    .filter((wish) => wish.q > 0)
    .sort((a, b) => b.q - a.q);
  for (const { lang } of wishes) if (isLang(lang)) return lang;
  return 'fr';
}

/** Requests whose address cannot be parsed never reach the hook that reads their cookies. */
function cookieOf(request: FastifyRequest, name: string): string | undefined {
  return (request.cookies as FastifyRequest['cookies'] | null | undefined)?.[name];
}

/** The language of a request that has no actor yet: cookie `lang`, else Accept-Language, else French. */
export function langOf(request: FastifyRequest): Lang {
  const chosen = cookieOf(request, 'lang');
  return isLang(chosen) ? chosen : acceptedLang(request.headers['accept-language']);
}

/** The chosen colour scheme: cookie `theme`. */
export function themeOf(request: FastifyRequest): Theme {
  const chosen = cookieOf(request, 'theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : null;
}

/**
 * The signed-in person.
 *
 * @throws Error (a fault of ours) on a public route that has none; there, read `request.actor`
 */
export function actorOf(request: FastifyRequest): UserActor {
  if (!request.actor) throw new Error(`${request.routeOptions.url ?? '?'} asked for an actor and has none`);
  return request.actor;
}

/**
 * Scheme, host and port by which the client reached us. The scheme comes from the socket or a trusted proxy; a host
 * that is the public address has the public scheme, wherever TLS ends.
 */
export function requestOrigin(request: FastifyRequest): string {
  const { publicOrigin, publicHost } = request.server.httpInternals;
  const host = request.host.toLowerCase();
  if (publicOrigin !== null && publicHost === host) return publicOrigin;
  return `${request.protocol}://${host}`;
}

/** Whether the client reached us over https, as far as we can know. */
export function isSecure(request: FastifyRequest): boolean {
  const { publicOrigin, publicHost } = request.server.httpInternals;
  if (request.protocol === 'https') return true;
  if (publicOrigin === null || !publicOrigin.startsWith('https:')) return false;
  return publicHost === request.host.toLowerCase();
}

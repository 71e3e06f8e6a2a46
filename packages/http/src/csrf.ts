import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '@gec/core';
import type { FastifyRequest } from 'fastify';
import { requestOrigin } from './context.ts';
import { httpTexts } from './http.texts.ts';
import { isApi } from './respond.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const TOKEN_BYTES = 32;

/** Whether a request may change something. */
export function isUnsafe(request: FastifyRequest): boolean {
  return !SAFE_METHODS.has(request.method);
}

/** The key of the form tokens, apart from what else the session secret serves (RFC 5869). */
export function deriveCsrfKey(sessionSecret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', sessionSecret, '', 'gec-http csrf v1', 32));
}

function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}

function isOwnOrigin(request: FastifyRequest, origin: string | null): boolean {
  if (origin === null) return false;
  return origin === originOf(requestOrigin(request)) || origin === request.server.httpInternals.publicOrigin;
}

/**
 * Refuses a changing request that a browser sent on behalf of another site: by `Sec-Fetch-Site`, and by `Origin` or,
 * lacking it, `Referer`. A request with none of them comes from a program such as curl, which carries no one's
 * cookies, and passes.
 *
 * @throws AppError 403 FOREIGN_ORIGIN
 */
export function checkOrigin(request: FastifyRequest): void {
  if (!isUnsafe(request)) return;
  const { origin, referer, 'sec-fetch-site': site } = request.headers;
  let own = site === undefined || site === 'same-origin' || site === 'none';
  if (origin !== undefined) own &&= isOwnOrigin(request, originOf(origin));
  else if (referer !== undefined) own &&= isOwnOrigin(request, originOf(referer));
  if (!own) throw new AppError('forbidden', 'FOREIGN_ORIGIN', httpTexts(request.lang).foreignOrigin);
}

/**
 * Refuses bodies that an HTML form of another site could send to the JSON interface without the browser asking first.
 * Multipart, which such a form can send too, is needed for files and rests on `checkOrigin`.
 *
 * @throws AppError 415
 */
export function checkApiContentType(request: FastifyRequest): void {
  if (!isUnsafe(request) || !isApi(request)) return;
  const type = request.headers['content-type']?.toLowerCase() ?? '';
  if (type.startsWith('application/x-www-form-urlencoded') || type.startsWith('text/')) {
    throw new AppError('unsupported-type', 'UNSUPPORTED_TYPE', httpTexts(request.lang).unsupported);
  }
}

function tokenOf(key: Buffer, sessionId: string): Buffer {
  return createHmac('sha256', key).update(sessionId).digest();
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, index) => byte ^ (b[index] ?? 0)));
}

/**
 * The token that forms of this session carry in `_csrf`. It is masked anew each time, so that a compressed page does
 * not give it away byte by byte (BREACH). Empty without a session: the sign-in form is guarded by the Origin check.
 */
export function csrfToken(request: FastifyRequest): string {
  if (!request.session) return '';
  const mask = randomBytes(TOKEN_BYTES);
  const token = tokenOf(request.server.httpInternals.csrfKey, request.session.id);
  return Buffer.concat([mask, xor(mask, token)]).toString('base64url');
}

function isCsrfToken(request: FastifyRequest, token: unknown): boolean {
  if (!request.session || typeof token !== 'string' || token.length > 200) return false;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 2 * TOKEN_BYTES) return false;
  const unmasked = xor(bytes.subarray(0, TOKEN_BYTES), bytes.subarray(TOKEN_BYTES));
  return timingSafeEqual(unmasked, tokenOf(request.server.httpInternals.csrfKey, request.session.id));
}

/**
 * Checks a form token that the handler found itself, in a multipart body that it streams (`config.csrf: 'manual'`).
 *
 * @throws AppError 403 CSRF
 */
export function verifyCsrf(request: FastifyRequest, token: unknown): void {
  if (!isCsrfToken(request, token)) {
    throw new AppError('forbidden', 'CSRF', httpTexts(request.lang).csrf);
  }
}

/**
 * Checks the form token of a page's changing request: field `_csrf`, else header `x-csrf-token`, else, for multipart,
 * query `_csrf`. The field is then taken out of the body.
 *
 * @throws AppError 403 CSRF
 */
export function checkFormToken(request: FastifyRequest): void {
  if (!isUnsafe(request) || !request.session || isApi(request) || request.is404) return;
  const { csrf, public: isPublic } = request.routeOptions.config;
  if (csrf !== undefined || isPublic) return;
  const body = request.body;
  let token: unknown = request.headers['x-csrf-token'];
  if (typeof body === 'object' && body !== null && '_csrf' in body) {
    token = body._csrf;
    delete body._csrf;
  } else if (token === undefined && request.headers['content-type']?.startsWith('multipart/form-data')) {
    token = new URL(request.url, 'http://site.invalid').searchParams.get('_csrf');
  }
  verifyCsrf(request, token);
}

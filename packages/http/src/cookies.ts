import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSecure } from './context.ts';
import type { Session } from './sessions/sessions.service.ts';

const TONES = ['success', 'info', 'warning', 'danger'] as const;

/** A short message that the next page shows once. */
export interface Flash {
  readonly tone: (typeof TONES)[number];
  readonly text: string;
}

/** Browsers keep cookies of about 4 KB; a longer message is cut, not lost. */
const FLASH_LENGTH = 700;

function useSecure(request: FastifyRequest): boolean {
  const { secureCookies } = request.server.httpInternals;
  return secureCookies === 'auto' ? isSecure(request) : secureCookies;
}

/** `__Host-` makes the browser itself refuse a cookie that another host or a plain connection planted. */
function cookieName(request: FastifyRequest, name: string): string {
  return `${useSecure(request) ? '__Host-' : ''}${request.server.httpInternals.cookiePrefix}_${name}`;
}

function cookieOptions(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: useSecure(request) } as const;
}

function signedCookie(request: FastifyRequest, name: string): string | null {
  const raw = request.cookies[cookieName(request, name)];
  if (raw === undefined) return null;
  const { valid, value } = request.unsignCookie(raw);
  return valid ? value : null;
}

/** The token of the session cookie when its signature is right; the session may still have ended. */
export function sessionTokenOf(request: FastifyRequest): string | null {
  return signedCookie(request, 'session');
}

export function hasSessionCookie(request: FastifyRequest): boolean {
  return request.cookies[cookieName(request, 'session')] !== undefined;
}

/**
 * Gives the browser the token of a session made by `SessionService.create`: HttpOnly, SameSite=Lax, signed, for as
 * long as the browser stays open, Secure and `__Host-` over https.
 */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  reply.setCookie(cookieName(request, 'session'), token, { ...cookieOptions(request), signed: true });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(cookieName(request, 'session'), cookieOptions(request));
}

/** How long (seconds) a browser keeps the name of a sign-in that waits for its second step. */
const PENDING_SECONDS = 600;

/**
 * Gives the browser the name of a sign-in that waits for its second step. It is no session: no route but those of the
 * second step reads it.
 */
export function setPendingCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const options = { ...cookieOptions(request), sameSite: 'strict', maxAge: PENDING_SECONDS } as const;
  reply.setCookie(cookieName(request, 'second'), token, { ...options, signed: true });
}

/** The sign-in that waits in this browser, when its signature is right; it may have waited too long. */
export function pendingTokenOf(request: FastifyRequest): string | null {
  return signedCookie(request, 'second');
}

export function clearPendingCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(cookieName(request, 'second'), cookieOptions(request));
}

/**
 * Signs a person in: begins a fresh session, never continuing one that existed before (session fixation), and gives
 * the browser its cookie.
 */
export async function startSession(
  request: FastifyRequest,
  reply: FastifyReply,
  userId: number,
): Promise<Session> {
  const { sessions } = request.server.httpInternals;
  if (request.session) await sessions.revoke(request.session.id);
  const from = { ip: request.clientIp, userAgent: request.headers['user-agent'] };
  const { token, session } = await sessions.create(null, userId, from);
  setSessionCookie(request, reply, token);
  request.session = session;
  return session;
}

/** Signs the person out: the session ends for every copy of its cookie. */
export async function endSession(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.session) await request.server.httpInternals.sessions.revoke(request.session.id);
  clearSessionCookie(request, reply);
  request.session = null;
  request.actor = null;
}

/** Leaves a message for the next page; use before redirecting. */
export function setFlash(reply: FastifyReply, flash: Flash): void {
  const value = JSON.stringify({ tone: flash.tone, text: flash.text.slice(0, FLASH_LENGTH) });
  reply.setCookie(cookieName(reply.request, 'flash'), Buffer.from(value).toString('base64url'), {
    ...cookieOptions(reply.request),
    signed: true,
    maxAge: 120,
  });
}

function parseFlash(value: string): Flash | null {
  try {
    const flash: unknown = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
    if (typeof flash !== 'object' || flash === null || !('tone' in flash) || !('text' in flash)) return null;
    const tone = TONES.find((known) => known === flash.tone);
    return tone && typeof flash.text === 'string' ? { tone, text: flash.text } : null;
  } catch {
    return null;
  }
}

/** The message that the previous page left, which is then gone; `null` when there is none. */
export function takeFlash(request: FastifyRequest, reply: FastifyReply): Flash | null {
  const name = cookieName(request, 'flash');
  if (request.cookies[name] === undefined) return null;
  reply.clearCookie(name, cookieOptions(request));
  const value = signedCookie(request, 'flash');
  return value === null ? null : parseFlash(value);
}

import type { FastifyReply, FastifyRequest } from 'fastify';

/** Whether the address belongs to the JSON interface. */
export function isApi(request: FastifyRequest): boolean {
  return request.url.startsWith('/api/');
}

function quality(accept: string, type: string): number {
  for (const part of accept.split(',')) {
    const [name = '', ...parameters] = part.trim().toLowerCase().split(';');
    if (name.trim() !== type) continue;
    const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find((v) => v !== undefined);
    return q === undefined ? 1 : Number(q);
  }
  return 0;
}

/** Whether the answer is to be JSON: below `/api/`, or `Accept` names JSON and prefers it to HTML. */
export function wantsJson(request: FastifyRequest): boolean {
  if (isApi(request)) return true;
  const accept = request.headers.accept?.slice(0, 500) ?? '';
  return quality(accept, 'application/json') > quality(accept, 'text/html');
}

/** The name of the part of the page that a script asks for (header `X-Fragment`), or `null` for the whole page. */
export function wantsFragment(request: FastifyRequest): string | null {
  const header = request.headers['x-fragment'];
  return typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : null;
}

/** Sends a whole page or a fragment of one. */
export function sendHtml(reply: FastifyReply, html: string, status = 200): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(html);
}

/**
 * The address to go on to after sign-in, if it is one of this site: an absolute path and nothing that a browser could
 * read as another host. Anything else becomes `/`. Letters beyond ASCII are percent-encoded, as a header needs them.
 */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || next.length > 2_000) return '/';
  // Browsers drop tabs and line breaks, and read a backslash as a slash.
  if (!/^\/(?!\/)/.test(next) || /[\\\s\p{Cc}]/u.test(next)) return '/';
  const base = 'http://site.invalid';
  if (!URL.canParse(next, base)) return '/';
  const url = new URL(next, base);
  // `/..//host` is harmless as it stands, but not once somebody has normalised it.
  if (url.origin !== base || url.pathname.startsWith('//')) return '/';
  return next.toWellFormed().replace(/[^\x21-\x7E]/gu, encodeURIComponent);
}

/** Answers a form with a redirection (303) to a page of this site, so that reloading does not post again. */
export function redirectAfterPost(reply: FastifyReply, url: string): FastifyReply {
  return reply.redirect(safeNext(url), 303);
}

/** Percent-encodes what RFC 8187 does not allow in an extended parameter value. */
function extendedValue(text: string): string {
  return encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A file name without what could break a header, leave its folder or hide its extension. */
function cleanFilename(filename: string): string {
  const clean = filename
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[\\/:*?"<>|]/g, '_')
    .trim()
    .replace(/^\.+/, '');
  return clean === '' ? 'fichier' : [...clean].slice(0, 180).join('');
}

/**
 * The `Content-Disposition` of a download (RFC 6266): the name in UTF-8 (RFC 8187), and an ASCII one for clients that
 * do not know it. Line breaks, quotes, path separators and invisible characters are taken out.
 *
 * @param disposition `inline` shows the file in the browser, with its name for saving
 */
export function asAttachment(filename: string, disposition: 'attachment' | 'inline' = 'attachment'): string {
  const name = cleanFilename(filename);
  const ascii = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/œ/g, 'oe')
    .replace(/Œ/g, 'OE')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[^\x20-\x7E]/g, '_')
    .replace(/%/g, '_');
  return `${disposition}; filename="${ascii}"; filename*=UTF-8''${extendedValue(name)}`;
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSecure } from './context.ts';

/** What a page may load: its own files and nothing else; nothing inline. */
const CSP: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

const PERMISSIONS_POLICY = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/** One year, as the preload lists want it at least; sub-domains are their owner's business. */
const HSTS = 'max-age=31536000';

/** The Content-Security-Policy (level 3) with further sources for some directives. */
export function contentSecurityPolicy(extra: Readonly<Record<string, readonly string[]>> = {}): string {
  const directives = new Map(Object.entries(CSP));
  for (const [name, sources] of Object.entries(extra)) {
    const own = (directives.get(name) ?? []).filter((source) => source !== "'none'");
    directives.set(name, [...own, ...sources]);
  }
  return [...directives].map(([name, sources]) => `${name} ${sources.join(' ')}`).join('; ');
}

/**
 * What a browser must know of a JSON answer: not to show it as something else, in a frame or to another site, and not
 * to keep it. What it may do with a page is no matter of it.
 */
const LIGHT_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
} as const;

/** Sets the headers of a light route, all of them. */
export function setLightHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(LIGHT_HEADERS);
  if (isSecure(request)) reply.header('strict-transport-security', HSTS);
  reply.header('x-request-id', request.id);
}

/** Sets the headers that depend on the request; `policy` comes from {@link contentSecurityPolicy}. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply, policy: string): void {
  const secure = isSecure(request);
  reply.header('content-security-policy', secure ? `${policy}; upgrade-insecure-requests` : policy);
  if (secure) reply.header('strict-transport-security', HSTS);
  reply.header('permissions-policy', PERMISSIONS_POLICY);
  reply.header('x-request-id', request.id);
}

import { isIP } from 'node:net';
import { requestOrigin } from '@gec/http';
import type { FastifyRequest } from 'fastify';
import type { Site } from '../modules/facteurs/facteurs.schema.ts';

/** The site as a passkey knows it; `null` when it was opened by a numeric address, which no passkey can belong to. */
export function siteOf(request: FastifyRequest): Site | null {
  const origine = requestOrigin(request);
  if (!URL.canParse(origine)) return null;
  const { hostname, origin } = new URL(origine);
  return hostname === '' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0
    ? null
    : { rpId: hostname, origine: origin };
}

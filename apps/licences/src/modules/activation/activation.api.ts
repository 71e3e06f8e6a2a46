import { ProtocolError, verifyRequest } from '@gec/licence-client';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { isKeyShaped, normalizeKey } from '../licenses/licenses.policy.ts';
import { presentActivation, presentValidation, refusalStatus } from './activation.presenter.ts';
import {
  activateBody,
  type ActivationRequest,
  type Client,
  type LookupRefusal,
} from './activation.schema.ts';
import type { ActivationService } from './activation.service.ts';

/** What the routes need. */
export interface ActivationApiServices {
  readonly activation: ActivationService;
}

/** Bytes of a body of this interface at most. */
const BODY_LIMIT = 64 * 1024;

/** The client of a request. */
export function clientOf(request: FastifyRequest): Client {
  return { ip: request.clientIp, lang: request.lang };
}

function sendRefusal(reply: FastifyReply, refusal: LookupRefusal, body: object): FastifyReply {
  if (refusal.retryAfter !== undefined) reply.header('retry-after', String(refusal.retryAfter));
  return reply.code(refusalStatus(refusal.code)).send(body);
}

/** Checks that whoever names an installation has its key, and asked for this very licence. */
async function proven(
  body: z.output<typeof activateBody>,
  key: string,
): Promise<ActivationRequest['installation'] | LookupRefusal> {
  if (!body.installation) return null;
  const refusal: LookupRefusal = { ok: false, code: 'INVALID_PROOF' };
  if (!body.proof) return refusal;
  try {
    const { statement, jwk, installation } = await verifyRequest(body.proof);
    const matches =
      statement.kind === 'activate' && statement.license_key === key && jwk.x === body.installation.x;
    return matches ? { thumbprint: installation, jwk } : refusal;
  } catch (error) {
    if (error instanceof ProtocolError) return refusal;
    throw error;
  }
}

/** Registers the addresses of the contract: validate and activate. */
export function registerActivationApi(app: App, { activation }: ActivationApiServices): void {
  app.get(
    '/api/validate/:key',
    {
      config: { public: true, light: true },
      schema: {
        summary: 'Whether a key could be activated; activates nothing',
        params: z.object({ key: z.string() }),
      },
    },
    async (request, reply) => {
      const result = await activation.validate(request.params.key, clientOf(request));
      const body = presentValidation(result);
      return result.ok ? reply.send(body) : sendRefusal(reply, result, body);
    },
  );

  app.post(
    '/api/activate',
    {
      config: { public: true, light: true },
      bodyLimit: BODY_LIMIT,
      schema: { summary: 'Activates a key for one installation', body: activateBody },
    },
    async (request, reply) => {
      const { license_key, domain_fingerprint, client_info, fingerprint } = request.body;
      const refuse = (refusal: LookupRefusal) => sendRefusal(reply, refusal, presentActivation(refusal));
      const key = normalizeKey(license_key ?? '');
      const domain = domain_fingerprint?.trim() ?? '';
      if (key === '') return refuse({ ok: false, code: 'KEY_REQUIRED' });
      if (domain === '') return refuse({ ok: false, code: 'FINGERPRINT_REQUIRED' });
      const installation = isKeyShaped(key) ? await proven(request.body, key) : null;
      if (installation && 'ok' in installation) return refuse(installation);
      const result = await activation.activate(
        {
          key,
          fingerprint: domain,
          clientInfo: client_info ?? request.headers['user-agent']?.slice(0, 300) ?? null,
          installation,
          parts: fingerprint ?? null,
        },
        clientOf(request),
      );
      return result.ok ? reply.send(presentActivation(result)) : refuse(result);
    },
  );
}

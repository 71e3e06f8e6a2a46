import { AppError, notFound, type Actor } from '@gec/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import {
  GENERATION_MAX,
  LICENSE_STATUSES,
  LICENSE_TYPES,
  statusOf,
  type License,
} from '../licenses/licenses.schema.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import { licensesTexts } from '../licenses/licenses.texts.ts';
import type { TokenScope } from './tokens.schema.ts';
import type { TokensService } from './tokens.service.ts';
import { tokensTexts } from './tokens.texts.ts';

/** What the interface for programs needs. */
export interface TokensApiServices {
  readonly tokens: TokensService;
  readonly licenses: LicensesService;
  readonly clock: { now(): Date };
}

const params = z.object({ id: z.coerce.number().int().min(1) });
const listQuery = z.object({
  search: z.string().max(200).optional(),
  type: z.enum(LICENSE_TYPES.map(({ code }) => code) as [string, ...string[]]).optional(),
  status: z.enum(LICENSE_STATUSES).optional(),
  batch: z.coerce.number().int().min(1).optional(),
  before: z.coerce.number().int().min(1).optional(),
  size: z.coerce.number().int().min(1).max(100).default(25),
});
const generateBody = z.strictObject({
  type: z.enum(LICENSE_TYPES.map(({ code }) => code) as [string, ...string[]]),
  count: z.int().min(1).max(GENERATION_MAX),
  label: z.string().max(200).default(''),
  owner: z.string().max(200).nullish(),
});
const stateBody = z.strictObject({
  state: z.enum(['active', 'suspended', 'revoked']),
  reason: z.string().max(300).nullish(),
});
const extendBody = z.strictObject({ days: z.int().min(1).max(3_650), reason: z.string().min(1).max(300) });

function present(license: License, now: Date) {
  return {
    id: license.id,
    license_id: license.publicId,
    key_hint: license.keyHint,
    duration_days: license.durationDays,
    duration_label: license.durationLabel,
    status: statusOf(license, now),
    reason: license.stateReason,
    owner: license.owner,
    batch_id: license.batchId,
    published: license.published,
    created_at: license.createdDate,
    used_at: license.usedDate,
    expires_at: license.expiresAt,
  };
}

/**
 * Registers `/api/v1` for programs: a bearer token with the scope, or the session of an administrator. The routes are
 * public to the server's own guard, because a token is no session; each asks here first.
 */
export function registerTokensApi(app: App, { tokens, licenses, clock }: TokensApiServices): void {
  async function actorOf(request: FastifyRequest, scope: TokenScope): Promise<Actor> {
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) {
      return tokens.authenticate(bearer, scope, { ip: request.clientIp, lang: request.lang });
    }
    const admin = request.actor as (Actor & { mustChangePassword?: boolean }) | null;
    if (admin && admin.mustChangePassword !== true) return admin;
    throw new AppError('unauthenticated', 'UNAUTHENTICATED', tokensTexts(request.lang).refused);
  }
  const config = { public: true as const };

  async function one(request: FastifyRequest, id: number) {
    const license = await licenses.find(id);
    if (!license) throw notFound(licensesTexts(request.lang).unknown);
    return present(license, clock.now());
  }

  app.get(
    '/api/v1/licenses',
    { config, schema: { summary: 'Licences, newest first (scope read)', querystring: listQuery } },
    async (request, reply) => {
      await actorOf(request, 'read');
      const { search, type, status, batch, before, size } = request.query;
      const label = LICENSE_TYPES.find(({ code }) => code === type)?.label;
      const page = await licenses.list({ search, label, status, batchId: batch }, { size, before });
      const now = clock.now();
      return reply.send({
        licenses: page.lines.map((license) => present(license, now)),
        total: page.total,
        total_is_capped: page.capped,
        next: page.next,
      });
    },
  );

  app.get(
    '/api/v1/licenses/:id',
    { config, schema: { summary: 'One licence (scope read)', params } },
    async (request, reply) => {
      await actorOf(request, 'read');
      return reply.send(await one(request, request.params.id));
    },
  );

  app.post(
    '/api/v1/licenses',
    { config, schema: { summary: 'Makes keys and gives them (scope generate)', body: generateBody } },
    async (request, reply) => {
      const actor = await actorOf(request, 'generate');
      const { type, count, label, owner } = request.body;
      const batch = await licenses.generate(actor, {
        counts: new Map([[type, count]]),
        label,
        owner: owner ?? null,
      });
      const keys: string[] = [];
      for await (const part of licenses.export(actor, { batchId: batch.id }))
        keys.push(...part.map(({ key }) => key));
      return reply.code(201).send({ batch_id: batch.id, license_keys: keys });
    },
  );

  app.post(
    '/api/v1/licenses/:id/state',
    { config, schema: { summary: 'Suspends, revokes or restores (scope manage)', params, body: stateBody } },
    async (request, reply) => {
      const actor = await actorOf(request, 'manage');
      await licenses.changeState(actor, request.params, request.body.state, request.body.reason ?? null);
      return reply.send(await one(request, request.params.id));
    },
  );

  app.post(
    '/api/v1/licenses/:id/extend',
    { config, schema: { summary: 'Adds days (scope manage)', params, body: extendBody } },
    async (request, reply) => {
      const actor = await actorOf(request, 'manage');
      await licenses.extend(actor, request.params, request.body.days, request.body.reason);
      return reply.send(await one(request, request.params.id));
    },
  );
}

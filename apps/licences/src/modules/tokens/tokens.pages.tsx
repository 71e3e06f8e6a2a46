import { AppError, plural, type FieldError } from '@gec/core';
import type { OutboxWorker } from '@gec/db';
import { csrfToken, redirectAfterPost, setFlash } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { adminOf, renderPage } from '../../http/page.tsx';
import type { DeliveryService } from '../webhooks/delivery.service.ts';
import type { WebhooksService } from '../webhooks/webhooks.service.ts';
import { webhooksTexts } from '../webhooks/webhooks.texts.ts';
import type { ShownWebhook } from '../webhooks/webhooks.views.tsx';
import type { TokensService } from './tokens.service.ts';
import { tokensTexts } from './tokens.texts.ts';
import { AutomationView } from './tokens.views.tsx';

/** What the page needs. */
export interface AutomationServices {
  readonly tokens: TokensService;
  readonly webhooks: WebhooksService;
  readonly deliveries: DeliveryService;
  readonly outbox: Pick<OutboxWorker, 'failed' | 'retry'>;
}

const session = { config: { permission: 'session' as const } };
const params = z.object({ id: z.coerce.number().int().min(1) });
const form = z.record(
  z.string().max(60),
  z.preprocess((value) => (typeof value === 'string' ? value : ''), z.string().max(600)),
);

/** The names of the boxes that were ticked, without their prefix. */
function ticked(values: Readonly<Record<string, string>>, prefix: string): string[] {
  return Object.keys(values)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}

/** Registers the page of tokens and webhooks. */
export function registerAutomationPages(app: App, services: AutomationServices): void {
  const { tokens, webhooks, deliveries, outbox } = services;

  async function shownWebhooks(): Promise<ShownWebhook[]> {
    const list = await webhooks.list();
    const failed = await deliveries.failed(outbox);
    return list.map((webhook) => ({ ...webhook, failed: failed.get(webhook.id) ?? 0 }));
  }

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    shown: {
      errors?: readonly FieldError[];
      typed?: Readonly<Record<string, string>>;
      secret?: { kind: 'token' | 'webhook'; value: string };
    } = {},
  ): Promise<FastifyReply> =>
    renderPage(request, reply, {
      title: tokensTexts(request.lang).title,
      active: 'automation',
      status: shown.errors ? 400 : 200,
      children: (
        <AutomationView
          csrfToken={csrfToken(request)}
          tokens={await tokens.list()}
          webhooks={await shownWebhooks()}
          errors={shown.errors ?? []}
          typed={shown.typed ?? {}}
          secret={shown.secret ?? null}
        />
      ),
    });

  /** Makes something with a secret and shows that secret in the answer itself, so that it is kept nowhere. */
  async function make(
    request: FastifyRequest,
    reply: FastifyReply,
    kind: 'token' | 'webhook',
    work: () => Promise<string>,
  ): Promise<FastifyReply> {
    try {
      return await show(request, reply, { secret: { kind, value: await work() } });
    } catch (error) {
      if (!(error instanceof AppError) || error.fields.length === 0) throw error;
      return show(request, reply, {
        errors: error.fields,
        typed: request.body as Readonly<Record<string, string>>,
      });
    }
  }

  app.get('/automatisation', session, (request, reply) => show(request, reply));

  app.post('/automatisation/jetons', { ...session, schema: { body: form } }, (request, reply) =>
    make(request, reply, 'token', () =>
      tokens.create(adminOf(request), {
        name: request.body['name'] ?? '',
        scopes: ticked(request.body, 'scope-'),
        days: Number(request.body['days']),
      }),
    ),
  );

  app.post('/automatisation/jetons/:id', { ...session, schema: { params } }, async (request, reply) => {
    await tokens.revoke(adminOf(request), request.params.id);
    setFlash(reply, { tone: 'success', text: tokensTexts(request.lang).revokedDone });
    return redirectAfterPost(reply, '/automatisation');
  });

  app.post('/automatisation/webhooks', { ...session, schema: { body: form } }, (request, reply) =>
    make(request, reply, 'webhook', async () => {
      const events = ticked(request.body, 'event-');
      return (await webhooks.create(adminOf(request), { url: request.body['url'] ?? '', events })).secret;
    }),
  );

  app.post('/automatisation/webhooks/:id', { ...session, schema: { params } }, async (request, reply) => {
    await webhooks.remove(adminOf(request), request.params.id);
    setFlash(reply, { tone: 'success', text: webhooksTexts(request.lang).removed });
    return redirectAfterPost(reply, '/automatisation');
  });

  app.post(
    '/automatisation/webhooks/:id/relancer',
    { ...session, schema: { params } },
    async (request, reply) => {
      const t = webhooksTexts(request.lang);
      const n = await deliveries.retry(adminOf(request), outbox, request.params.id);
      setFlash(reply, { tone: 'success', text: plural(request.lang, n, t.retried_one, t.retried_other) });
      return redirectAfterPost(reply, '/automatisation');
    },
  );
}

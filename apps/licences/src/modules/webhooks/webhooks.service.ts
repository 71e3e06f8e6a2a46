import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { invalid, notFound, timestamp, type Actor } from '@gec/core';
import { randomToken } from '@gec/crypto';
import { enqueue, type OutboxHandler } from '@gec/db';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { createWebhooksRepo, type StoredWebhook } from './webhooks.repo.ts';
import { WEBHOOK_EVENTS, type WebhookEvent } from './webhooks.schema.ts';
import { webhooksTexts } from './webhooks.texts.ts';

/** What the webhooks need. */
export interface WebhooksDeps extends Pick<Base, 'config' | 'database' | 'clock' | 'keyring'> {
  journal: JournalService;
}

interface Delivery {
  webhook: number;
  id: string;
  event: WebhookEvent;
  at: string;
  data: Readonly<Record<string, unknown>>;
}

/** A webhook added by another process counts here after this time at most. */
const RELOAD_MS = 10_000;
const TIMEOUT_MS = 10_000;

/** Addresses of the machine itself and of private networks (RFC 1918, 4193, 6598, 3927). */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv6');

/** The signature of a delivery: HMAC-SHA-256 over `timestamp.body`, so that an old delivery cannot be sent again. */
export function webhookSignature(secret: string, timestampSeconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex');
  return `t=${timestampSeconds},v1=${mac}`;
}

/** Addresses that are told of activations, expiries and alerts. Delivery is the outbox's, never an answer's. */
export function createWebhooksService({ config, database, clock, keyring, journal }: WebhooksDeps) {
  const repo = createWebhooksRepo(database, keyring);
  let known: StoredWebhook[] = [];
  let readAt = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<StoredWebhook[]> {
    known = await repo.all();
    readAt = Date.now();
    return known;
  }

  async function current(): Promise<StoredWebhook[]> {
    return Date.now() - readAt < RELOAD_MS ? known : refresh();
  }

  async function refusePrivate(url: URL): Promise<void> {
    if (config.privateWebhooks) return;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    for (const { address } of await lookup(host, { all: true })) {
      if (PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) {
        throw new Error('the address is private; LICENSE_WEBHOOK_PRIVATE=oui allows it');
      }
    }
  }

  async function send(webhook: StoredWebhook, delivery: Delivery): Promise<void> {
    const url = new URL(webhook.url);
    await refusePrivate(url);
    const body = JSON.stringify({
      id: delivery.id,
      event: delivery.event,
      at: delivery.at,
      data: delivery.data,
    });
    const seconds = Math.floor(clock.now().getTime() / 1000);
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GEC-Licences',
        'x-gec-event': delivery.event,
        'x-gec-delivery': delivery.id,
        'x-gec-signature': webhookSignature(webhook.secret, seconds, body),
      },
      body,
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
  }

  const deliver: OutboxHandler = async (job) => {
    const delivery = job.payload as Delivery;
    const webhook = (await refresh()).find(({ id }) => id === delivery.webhook);
    if (!webhook?.active) return;
    try {
      await send(webhook, delivery);
    } catch (error) {
      const message = error instanceof Error ? error.message.slice(0, 300) : 'unknown';
      await repo.noteDelivery(webhook.id, timestamp(clock), message);
      throw error;
    }
    await repo.noteDelivery(webhook.id, timestamp(clock), null);
  };

  return {
    /** Handlers of the outbox. */
    jobs: { webhook: deliver },

    /** Reads which webhooks there are, so that `emit` needs no question of its own inside a transaction. */
    prepare: (): Promise<unknown> => current(),

    /** Puts a delivery for each interested webhook into the outbox, in the transaction of what happened. */
    async emit(trx: Trx, event: WebhookEvent, data: Readonly<Record<string, unknown>>): Promise<void> {
      for (const webhook of known) {
        if (!webhook.active || !webhook.events.includes(event)) continue;
        const delivery: Delivery = {
          webhook: webhook.id,
          id: randomToken(16),
          event,
          at: timestamp(clock),
          data,
        };
        await enqueue(trx, clock, 'webhook', delivery);
      }
    },

    /**
     * Adds a webhook.
     *
     * @returns its signing secret, shown this once
     * @throws AppError invalid (fields `url`, `events`)
     */
    async create(
      actor: Actor,
      form: { url: string; events: readonly string[] },
    ): Promise<{ secret: string }> {
      const t = webhooksTexts(actor.lang);
      const address = URL.canParse(form.url) ? new URL(form.url) : null;
      if (!address || !['http:', 'https:'].includes(address.protocol) || form.url.length > 500) {
        throw invalid([{ field: 'url', message: t.badUrl }]);
      }
      const events = WEBHOOK_EVENTS.filter((event) => form.events.includes(event));
      if (events.length === 0) throw invalid([{ field: 'events', message: t.noEvents }]);
      const secret = randomToken();
      await database.transaction(async (trx) => {
        const id = await repo.insert(trx, { url: address.href, secret, events }, timestamp(clock));
        await journal.record(trx, actor, { action: 'webhook.create', details: { webhook: id } });
      });
      await refresh();
      return { secret };
    },

    /** Removes a webhook; deliveries that wait are dropped. @throws AppError not-found */
    async remove(actor: Actor, id: number): Promise<void> {
      await database.transaction(async (trx) => {
        if (!(await repo.remove(trx, id))) throw notFound(webhooksTexts(actor.lang).unknown);
        await journal.record(trx, actor, { action: 'webhook.remove', details: { webhook: id } });
      });
      await refresh();
    },

    /** The webhooks, without their secrets. */
    async list(): Promise<Omit<StoredWebhook, 'secret'>[]> {
      return (await refresh()).map(({ secret: _secret, ...shown }) => shown);
    },
  };
}

export type WebhooksService = ReturnType<typeof createWebhooksService>;

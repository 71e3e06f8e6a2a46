import { invalid, notFound, timestamp, type Actor } from '@gec/core';
import { randomToken } from '@gec/crypto';
import { enqueue } from '@gec/db';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { createWebhooksRepo, type StoredWebhook } from './webhooks.repo.ts';
import { WEBHOOK_EVENTS, type WebhookEvent } from './webhooks.schema.ts';
import { webhooksTexts } from './webhooks.texts.ts';

/** What the webhooks need. */
export interface WebhooksDeps extends Pick<Base, 'database' | 'clock' | 'keyring'> {
  journal: JournalService;
}

/** What is to be brought to one webhook. */
export interface Delivery {
  webhook: number;
  id: string;
  event: WebhookEvent;
  at: string;
  data: Readonly<Record<string, unknown>>;
}

/** A webhook added by another process counts here after this time at most. */
const RELOAD_MS = 10_000;

/** Addresses that are told of activations, expiries and alerts. Delivery is the outbox's, never an answer's. */
export function createWebhooksService({ database, clock, keyring, journal }: WebhooksDeps) {
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

  return {
    /** A webhook with its secret, as it is now; null when it was removed. */
    find: async (id: number): Promise<StoredWebhook | null> =>
      (await refresh()).find((webhook) => webhook.id === id) ?? null,

    noteDelivery: repo.noteDelivery,

    /** Reads which webhooks there are, so that `emit` needs no question of its own inside a transaction. */
    prepare: (): Promise<unknown> => current(),

    /** Whether `emit` would do anything, as far as was read last. */
    wants: (event: WebhookEvent): boolean =>
      known.some(({ active, events }) => active && events.includes(event)),

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

import { systemActor, timestamp, type Actor } from '@gec/core';
import type { OutboxHandler, OutboxWorker } from '@gec/db';
import type { Base } from '../../context.ts';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { postWebhook, webhookSignature } from './webhooks.send.ts';
import type { Delivery, WebhooksService } from './webhooks.service.ts';

/** What delivering needs. */
export interface DeliveryDeps extends Pick<Base, 'config' | 'database' | 'clock'> {
  webhooks: Pick<WebhooksService, 'find' | 'noteDelivery'>;
  alerts: Pick<AlertsService, 'raise' | 'settleAbout'>;
  journal: Pick<JournalService, 'recordAlone'>;
}

/** From this attempt on somebody is told; the first ones may be a restart at the other end. */
const ALERT_FROM = 3;
/** Failed deliveries that are looked through at most. */
const FAILED_MAX = 1_000;
const DELIVERY = 'webhook';
const actor = systemActor('webhooks');

/** Brings what the outbox holds to the webhooks, and tells the administrator when one does not take it. */
export function createDeliveryService(deps: DeliveryDeps) {
  const { config, database, clock, webhooks, alerts, journal } = deps;

  async function send(secret: string, url: string, delivery: Delivery): Promise<void> {
    const { id, event, at, data } = delivery;
    const body = JSON.stringify({ id, event, at, data });
    const seconds = Math.floor(clock.now().getTime() / 1000);
    await postWebhook(
      new URL(url),
      {
        'content-type': 'application/json',
        'user-agent': 'GEC-Licences',
        'x-gec-event': event,
        'x-gec-delivery': id,
        'x-gec-signature': webhookSignature(secret, seconds, body),
      },
      body,
      { allowPrivate: config.privateWebhooks },
    );
  }

  const deliver: OutboxHandler = async (job) => {
    const delivery = job.payload as Delivery;
    const webhook = await webhooks.find(delivery.webhook);
    if (!webhook?.active) return;
    const about = { kind: 'webhook-failing', subject: webhook.id } as const;
    try {
      await send(webhook.secret, webhook.url, delivery);
    } catch (error) {
      const message = error instanceof Error ? error.message.slice(0, 300) : 'unknown';
      await webhooks.noteDelivery(webhook.id, timestamp(clock), message);
      if (job.attempts >= ALERT_FROM) {
        await database.transaction((trx) =>
          alerts.raise(trx, { ...about, severity: 'warning', details: { webhook: webhook.id } }),
        );
      }
      throw error;
    }
    await webhooks.noteDelivery(webhook.id, timestamp(clock), null);
    if (webhook.lastError !== null) {
      await database.transaction((trx) => alerts.settleAbout(trx, actor, about.kind, about.subject, 'back'));
    }
  };

  const failedJobs = async (outbox: Pick<OutboxWorker, 'failed'>) =>
    (await outbox.failed(FAILED_MAX)).filter(({ kind }) => kind === DELIVERY);
  const webhookOf = (job: { payload: unknown }): number => (job.payload as Delivery).webhook;

  return {
    /** Handlers of the outbox. */
    jobs: { [DELIVERY]: deliver },

    /** How many deliveries failed for good and wait for a person, by webhook. */
    async failed(outbox: Pick<OutboxWorker, 'failed'>): Promise<ReadonlyMap<number, number>> {
      const counts = new Map<number, number>();
      for (const job of await failedJobs(outbox)) {
        counts.set(webhookOf(job), (counts.get(webhookOf(job)) ?? 0) + 1);
      }
      return counts;
    },

    /** Gives the deliveries to a webhook that failed for good another series of attempts. @returns how many */
    async retry(by: Actor, outbox: Pick<OutboxWorker, 'failed' | 'retry'>, webhook: number): Promise<number> {
      const jobs = (await failedJobs(outbox)).filter((job) => webhookOf(job) === webhook);
      for (const { id } of jobs) await outbox.retry(id);
      await journal.recordAlone(by, {
        action: 'webhook.retry',
        details: { webhook, deliveries: jobs.length },
      });
      return jobs.length;
    },
  };
}

export type DeliveryService = ReturnType<typeof createDeliveryService>;

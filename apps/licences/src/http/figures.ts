import { addGauge } from '@gec/http';
import type { Container } from '../container.ts';
import type { App } from './app.ts';

const DAY = 86_400_000;

/** Adds what an operator watches of the licence server to `/metrics`: keys, alerts, deliveries, the signing key. */
export function registerFigures(app: App, container: Container): void {
  const { licenses, alerts, outbox, signing, clock } = container;
  addGauge(app, {
    name: 'licences_keys',
    help: 'Licence keys by state; used ones stay used after they expire',
    label: 'state',
    async collect() {
      const { active, used, inactive } = await licenses.stats();
      return { available: active, used, inactive };
    },
  });
  addGauge(app, {
    name: 'licences_alerts',
    help: 'Alerts that wait for an administrator',
    label: 'state',
    collect: async () => ({ open: await alerts.countOpen() }),
  });
  addGauge(app, {
    name: 'licences_deliveries',
    help: 'Deliveries to webhooks: those that wait, and those that failed for good',
    label: 'state',
    collect: async () => ({ ...(await outbox.counts()) }),
  });
  addGauge(app, {
    name: 'licences_key_days_left',
    help: 'Days until the key in force ends; without one, nothing can be signed',
    label: 'kind',
    async collect() {
      const now = clock.now().getTime();
      const live = (await signing.list()).filter(
        ({ retiredAt, revokedAt }) => retiredAt === null && revokedAt === null,
      );
      const left = (kind: 'root' | 'signing') =>
        Math.max(
          0,
          ...live
            .filter((key) => key.kind === kind)
            .map(({ notAfter }) => Math.floor((Date.parse(notAfter) - now) / DAY)),
        );
      return { root: left('root'), signing: left('signing') };
    },
  });
}

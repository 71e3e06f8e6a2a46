import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemActor } from '@gec/core';
import { describeEachDatabase, testClock } from '@gec/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { postWebhook } from './webhooks.send.ts';

const actor = systemActor('test');
const MINUTE = 60_000;

interface Received {
  readonly signature: string;
  readonly event: string;
  readonly body: string;
}

/** What a receiver does that was given the secret: the way that the documentation describes. */
function isGenuine(secret: string, { signature, body }: Received, now: number): boolean {
  const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (seconds === undefined || Math.abs(now / 1000 - Number(seconds)) > 300) return false;
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex') === mac;
}

describeEachDatabase('webhooks', (open) => {
  const clock = testClock('2026-11-21T08:00:00Z');
  let server: TestServer;
  let receiver: Server;
  let url: string;
  let secret: string;
  let received: Received[] = [];
  let answers: number[] = [];

  beforeAll(async () => {
    server = await createTestServer((await open()).url, { clock, env: { LICENSE_WEBHOOK_PRIVATE: 'oui' } });
    receiver = createServer((request, answer) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { 'x-gec-signature': signature, 'x-gec-event': event } = request.headers;
        received.push({ signature: String(signature), event: String(event), body });
        answer.writeHead(answers.shift() ?? 204, { location: '/ailleurs' }).end('ignoré');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/prevenir`;
    ({ secret } = await server.container.webhooks.create(actor, { url, events: ['activation', 'alert'] }));
  });
  afterAll(async () => {
    await server.close();
    receiver.close();
  });
  beforeEach(() => {
    received = [];
    answers = [];
  });

  async function activate(): Promise<string> {
    const [key] = (await server.keys(1)) as [string];
    const answer = await server.activate({ license_key: key, domain_fingerprint: `${key}.example` });
    expect(answer.status).toBe(200);
    return key;
  }
  const webhook = async () => (await server.container.webhooks.list())[0]!;
  const alerts = async () => (await server.container.alerts.list({ open: true })).map(({ kind }) => kind);

  it('are told after the answer, never on its way, signed so that anybody else is found out', async () => {
    const key = await activate();
    expect(received).toEqual([]);
    await server.container.outbox.drain();
    const [delivery] = received as [Received];
    expect(JSON.parse(delivery.body)).toMatchObject({
      event: 'activation',
      data: { hint: key.slice(-4), activated_at: '2026-11-21T08:00:00.000Z' },
    });
    expect(delivery.body).not.toContain(key);
    const now = clock.now().getTime();
    expect(isGenuine(secret, delivery, now)).toBe(true);
    expect(isGenuine('un-autre-secret', delivery, now)).toBe(false);
    expect(isGenuine(secret, { ...delivery, body: `${delivery.body} ` }, now)).toBe(false);
    const moved = delivery.signature.replace(/t=\d+/, `t=${Math.floor(now / 1000) + 1}`);
    expect(isGenuine(secret, { ...delivery, signature: moved }, now)).toBe(false);
    expect(isGenuine(secret, delivery, now + 10 * MINUTE)).toBe(false);
    expect(await webhook()).toMatchObject({ lastDeliveryAt: '2026-11-21T08:00:00.000Z', lastError: null });
  });

  it('are tried again, later and later, with the same delivery', async () => {
    answers = [500, 302];
    await activate();
    const { outbox } = server.container;
    await outbox.drain();
    expect((await webhook()).lastError).toBe('answered 500');
    await outbox.drain();
    expect(received).toHaveLength(1);
    clock.advance(6_000);
    await outbox.drain();
    expect((await webhook()).lastError).toBe('answered 302');
    clock.advance(21_000);
    await outbox.drain();
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(await webhook()).toMatchObject({ lastError: null });
    expect(await alerts()).toEqual([]);
  });

  it('that never answer are shown to the administrator, who sends what was kept again', async () => {
    answers = Array.from({ length: 30 }, () => 503);
    await activate();
    const { outbox } = server.container;
    for (let attempt = 0; attempt < 20; attempt++) {
      await outbox.drain();
      clock.advance(61 * MINUTE);
    }
    expect(await alerts()).toEqual(['webhook-failing']);
    // The activation, and the alert about the webhook itself.
    expect(await outbox.counts()).toEqual({ pending: 0, failed: 2 });

    const { cookie } = await server.signIn();
    const get = (path: string) => server.app.inject({ url: path, headers: { cookie, accept: 'text/html' } });
    const page = (await get('/automatisation')).body;
    expect(page).toContain('réponse 503');
    expect(page).toContain('Relancer 2 envois');
    // Cells of icons are left out on a telephone: what can be pressed stands in none.
    expect(page).not.toMatch(/cell-icon[^>]*>\s*<form/);
    expect((await get('/alertes')).body).toContain('Un webhook ne prend plus les envois');

    answers = [];
    received = [];
    const { id } = await webhook();
    const csrf = /name="_csrf" value="([^"]+)"/.exec(page)![1]!;
    const retried = await server.app.inject({
      method: 'POST',
      url: `/automatisation/webhooks/${id}/relancer`,
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: csrf }).toString(),
    });
    expect(retried.statusCode).toBe(303);
    await outbox.drain();
    expect(received.map(({ event }) => event).sort()).toEqual(['activation', 'alert']);
    expect(await alerts()).toEqual([]);
    expect(await outbox.counts()).toEqual({ pending: 0, failed: 0 });
    expect((await get('/automatisation')).body).not.toContain('Relancer');
  });

  it('are told of alerts and of ends of licences that they asked for, and of nothing else', async () => {
    const { webhooks, watch, outbox } = server.container;
    const ends = await webhooks.create(actor, { url, events: ['expiry'] });
    await activate();
    await outbox.drain();
    expect(received.map(({ event }) => event)).toEqual(['activation']);
    received = [];
    await watch.look();
    clock.advance(40 * 24 * 60 * MINUTE);
    await watch.look();
    await watch.look();
    await outbox.drain();
    const told = received.filter(({ event }) => event === 'expiry');
    expect(told.length).toBeGreaterThan(0);
    expect(
      new Set(told.map(({ body }) => (JSON.parse(body) as { data: { hint: string } }).data.hint)).size,
    ).toBe(told.length);
    for (const one of told) expect(isGenuine(ends.secret, one, clock.now().getTime())).toBe(true);
  });

  it('that were removed get nothing more, not even what waits', async () => {
    await activate();
    const { webhooks, outbox } = server.container;
    for (const { id } of await webhooks.list()) await webhooks.remove(actor, id);
    await outbox.drain();
    expect(received).toEqual([]);
    expect(await outbox.counts()).toEqual({ pending: 0, failed: 0 });
  });

  it('keep what was typed when their address is refused', async () => {
    const { cookie } = await server.signIn();
    const page = await server.app.inject({
      url: '/automatisation',
      headers: { cookie, accept: 'text/html' },
    });
    const refused = await server.app.inject({
      method: 'POST',
      url: '/automatisation/webhooks',
      headers: { cookie, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        _csrf: /name="_csrf" value="([^"]+)"/.exec(page.body)![1]!,
        url: 'ftp://exemple.cd',
        'event-alert': 'oui',
      }).toString(),
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('value="ftp://exemple.cd"');
    expect(refused.body).toMatch(/name="event-alert"[^>]*checked/);
    expect(refused.body).not.toMatch(/name="event-expiry"[^>]*checked/);
  });
});

describe('an address of the machine itself or of a private network', () => {
  it.each(['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://[::ffff:10.0.0.1]:9/', 'http://localhost:9/'])(
    '%s is not reached unless that is allowed, whatever its name',
    async (address) => {
      const send = (allowPrivate: boolean) => postWebhook(new URL(address), {}, '{}', { allowPrivate });
      await expect(send(false)).rejects.toThrow('private');
      if (address.includes('127.0.0.1')) await expect(send(true)).rejects.toThrow(/ECONNREFUSED/);
    },
  );
});

import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../test/harness.ts';

describeEachDatabase('what an operator watches', (open) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer((await open()).url, { env: { METRICS_TOKEN: 'jeton-de-mesures-0000' } });
  });
  afterAll(() => server.close());

  const read = (remoteAddress: string, headers: Record<string, string> = {}) =>
    server.app.inject({ url: '/metrics', remoteAddress, headers });

  it('says how many keys, alerts and deliveries there are, and how long the keys last', async () => {
    const [first, second] = (await server.keys(3)) as [string, string];
    await server.activate({ license_key: first, domain_fingerprint: 'mesures.example' });
    const license = (await server.container.licenses.lookup(second))!;
    const actor = { kind: 'system' as const, reason: 'test', lang: 'fr' as const, ip: '' };
    await server.container.licenses.changeState(actor, { id: license.id }, 'suspended', 'essai');
    const { statusCode, body, headers } = await read('127.0.0.1');
    expect([statusCode, headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')]);
    for (const line of [
      'licences_keys{state="available"} 1',
      'licences_keys{state="used"} 1',
      'licences_keys{state="inactive"} 1',
      'licences_alerts{state="open"} 0',
      'licences_deliveries{state="failed"} 0',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
    expect(Number(/licences_key_days_left\{kind="signing"\} (\d+)/.exec(body)?.[1])).toBeGreaterThan(390);
    expect(Number(/licences_key_days_left\{kind="root"\} (\d+)/.exec(body)?.[1])).toBeGreaterThan(7_000);
    expect(body).toMatch(
      /http_request_duration_seconds_count\{method="POST",route="\/api\/activate",status="200"\} 1/,
    );
    for (const key of [first, second]) expect(body).not.toContain(key);
  });

  it('says it to the machine itself and to whoever has the token, and to nobody else', async () => {
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    expect((await read('192.0.2.4')).statusCode).toBe(403);
    expect((await read('192.0.2.4', bearer('jeton-qui-est-faux-000'))).statusCode).toBe(403);
    expect((await read('192.0.2.4', bearer('jeton-de-mesures-0000'))).statusCode).toBe(200);
    expect((await read('127.0.0.1', { 'x-forwarded-for': '192.0.2.4' })).statusCode).toBe(403);
  });

  it('still answers, with what it has, while something cannot be read', async () => {
    const { countOpen } = server.container.alerts;
    server.container.alerts.countOpen = () => Promise.reject(new Error('away'));
    const { statusCode, body } = await read('127.0.0.1');
    server.container.alerts.countOpen = countOpen;
    expect(statusCode).toBe(200);
    expect(body).not.toContain('licences_alerts{');
    expect(body).toContain('licences_keys{state="used"}');
  });

  it('is healthy with its database', async () => {
    const { statusCode, body } = await server.app.inject('/health');
    expect([statusCode, ['healthy', 'warning']]).toEqual([
      200,
      expect.arrayContaining([JSON.parse(body).status]),
    ]);
  });
});

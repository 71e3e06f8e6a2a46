import { openTestDatabase, startLineTo, type Line, type TestDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestServer, type TestServer } from './harness.ts';
import { createInstallation } from './installation.ts';

let database: TestDatabase;
let line: Line;
let server: TestServer;

beforeEach(async () => {
  database = await openTestDatabase('postgres');
  const through = await startLineTo(database.url);
  line = through.line;
  server = await createTestServer(through.url);
});
afterEach(async () => {
  line.mend();
  await server.close();
  await line.close();
  await database.drop();
});

const post = async (url: string, payload: object) => {
  const answer = await server.app.inject({ method: 'POST', url, payload });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<Record<string, unknown>>() };
};

it('answers 503 in the shape of the contract while the database is away, and goes on by itself', async () => {
  const [key, other] = (await server.keys(2)) as [string, string];
  const installation = await createInstallation(server);
  expect((await installation.activate(other)).status).toBe(200);
  const { cookie } = await server.signIn();

  line.cut();
  const health = await server.app.inject('/health');
  expect(health.statusCode).toBe(500);
  expect(health.json()).toMatchObject({ status: 'error' });
  const validated = await server.app.inject(`/api/validate/${key}`);
  expect(validated.statusCode).toBe(503);
  expect(validated.json()).toEqual({
    valid: false,
    message: expect.any(String) as string,
    error_code: 'UNAVAILABLE',
  });
  const refusal = { success: false, message: expect.any(String) as string, error_code: 'UNAVAILABLE' };
  const activated = await post('/api/activate', { license_key: key, domain_fingerprint: 'a.example' });
  expect(activated).toMatchObject({ status: 503, body: refusal });
  expect(Number(activated.headers['retry-after'])).toBeGreaterThan(0);
  const request = await installation.syncRequest();
  expect(await post('/api/sync', { request })).toMatchObject({ status: 503, body: refusal });
  const offline = { request: await installation.request('renew') };
  expect(await post('/api/offline', offline)).toMatchObject({ status: 503, body: refusal });
  const page = await server.app.inject({ url: '/licences', headers: { cookie, accept: 'text/html' } });
  expect(page.statusCode).toBe(503);
  expect(page.body).toContain('<html');

  line.mend();
  expect((await server.app.inject('/health')).statusCode).toBe(200);
  expect((await server.validate(key)).status).toBe(200);
  expect((await server.activate({ license_key: key, domain_fingerprint: 'a.example' })).status).toBe(200);
  expect((await installation.send(request)).status).toBe(200);
  expect((await server.app.inject({ url: '/licences', headers: { cookie } })).statusCode).toBe(200);
});

it('burns no key when the connection breaks amid activations, and chains the journal afterwards', async () => {
  const keys = await server.keys(40);
  const ask = (key: string) => server.activate({ license_key: key, domain_fingerprint: `${key}.example` });
  const first = keys.map(ask);
  await Promise.race(first);
  line.cut();
  const answers = await Promise.all(first);
  for (const { status } of answers) expect([200, 503]).toContain(status);
  line.mend();
  // Whether an answer was lost or never made: the same installation gets its licence.
  await expect.poll(async () => (await ask(keys[0]!)).status, { timeout: 10_000 }).toBe(200);
  for (const key of keys) expect((await ask(key)).status).toBe(200);
  const { kysely } = server.container.database;
  const { n } = await kysely
    .selectFrom('license_activations')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  expect(n).toBe(keys.length);
  const actor = (await server.container.admins.authenticate(1, '127.0.0.1'))!;
  expect((await server.container.journal.verify(actor)).ok).toBe(true);
});

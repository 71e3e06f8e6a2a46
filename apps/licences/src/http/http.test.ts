import { listRoutes } from '@gec/http';
import { openTestDatabase, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, TEST_PASSWORD, type TestServer } from '../test/harness.ts';

describe('who may do what', () => {
  let database: TestDatabase;
  let server: TestServer;
  beforeAll(async () => {
    database = await openTestDatabase('sqlite');
    server = await createTestServer(database.url);
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  it('opens nothing but the contract, health, keys and sign-in without a session', () => {
    const open = listRoutes(server.app)
      .filter(({ access, method }) => access === 'public' && method !== 'HEAD' && method !== 'OPTIONS')
      .map(({ method, url }) => `${method} ${url}`)
      .filter((route) => !route.includes('/api/docs'));
    expect(open.sort()).toEqual(
      [
        'GET /.well-known/jwks.json',
        'GET /api/openapi.json',
        'GET /api/stats',
        'GET /api/v1/licenses',
        'GET /api/v1/licenses/:id',
        'GET /api/validate/:key',
        'GET /health',
        'GET /login',
        'GET /metrics',
        'POST /api/activate',
        'POST /api/deactivate',
        'POST /api/offline',
        'POST /api/sync',
        'POST /api/v1/licenses',
        'POST /api/v1/licenses/:id/extend',
        'POST /api/v1/licenses/:id/state',
        'POST /login',
      ].sort(),
    );
  });

  it('sends whoever has no session to the sign-in page, and programs away', async () => {
    for (const { method, url, access } of listRoutes(server.app)) {
      if (access === 'public' || !['GET', 'POST'].includes(method)) continue;
      const address = url.replace(':id', '1').replace('*', '');
      const request = { method: method as 'GET' | 'POST', url: address };
      const page = await server.app.inject({ ...request, headers: { accept: 'text/html' } });
      expect(page.statusCode, `${method} ${address}`).toBe(303);
      const json = await server.app.inject({ ...request, headers: { accept: 'application/json' } });
      expect(json.statusCode, `${method} ${address}`).toBe(401);
    }
    for (const url of ['/api/v1/licenses', '/api/v1/licenses/1']) {
      expect((await server.app.inject(url)).statusCode).toBe(401);
    }
  });

  it('shows every page to the administrator, in both languages', async () => {
    const [key] = (await server.keys(2, '6m')) as [string];
    await server.activate({ license_key: key, domain_fingerprint: 'pages.example' });
    const { cookie } = await server.signIn();
    const addresses = [
      '/',
      '/licences',
      '/licences/1',
      '/generation',
      '/lots/1',
      `/test?key=${key}`,
      '/alertes',
      '/hors-ligne',
      '/import',
    ];
    for (const lang of ['fr', 'en'] as const) {
      await server.container.database.kysely.updateTable('admin').set({ lang }).execute();
      for (const url of [...addresses, '/journal', '/cles', '/automatisation', '/profil']) {
        const answer = await server.app.inject({ url, headers: { cookie, accept: 'text/html' } });
        expect(answer.statusCode, url).toBe(200);
        expect(answer.body).toContain(`<html lang="${lang}"`);
        if (!url.startsWith('/test')) expect(answer.body).not.toContain(key);
      }
    }
    await server.container.database.kysely.updateTable('admin').set({ lang: 'fr' }).execute();
    const pdf = await server.app.inject({ url: '/lots/1/cartes.pdf', headers: { cookie } });
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
    const csv = await server.app.inject({ url: '/licences/export.csv?batch=1', headers: { cookie } });
    expect(csv.body.split('\r\n')[1]).toMatch(/^[0-9A-Z]{12},180,6 mois,/);
    const xlsx = await server.app.inject({ url: '/licences/export.xlsx', headers: { cookie } });
    expect(xlsx.rawPayload.subarray(0, 2).toString()).toBe('PK');
  });

  it('changes nothing without the form token or from another site', async () => {
    const { cookie } = await server.signIn();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const post = (headers: Record<string, string>) =>
      server.app.inject({
        method: 'POST',
        url: '/licences/1/etat',
        headers,
        payload: 'state=revoked&reason=x',
      });
    expect((await post({ cookie, ...form })).statusCode).toBe(403);
    expect((await post({ cookie, ...form, origin: 'https://ailleurs.example' })).statusCode).toBe(403);
    expect((await server.container.licenses.find(1))?.state).toBe('active');
  });

  it('signs in with the given password and locks out who guesses', async () => {
    const login = (password: string) =>
      server.app.inject({
        method: 'POST',
        url: '/login',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ username: 'admin', password }).toString(),
        remoteAddress: '198.51.100.7',
      });
    expect((await login(TEST_PASSWORD)).statusCode).toBe(303);
    for (let i = 0; i < 8; i++) expect((await login('faux')).statusCode).toBe(401);
    const locked = await login(TEST_PASSWORD);
    expect(locked.statusCode).toBe(429);
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('serves programs with a token of the right scope, until it is revoked', async () => {
    const { tokens } = server.container;
    const actor = (await server.container.admins.authenticate(1, '127.0.0.1'))!;
    const reader = await tokens.create(actor, { name: 'lecteur', scopes: ['read'], days: 30 });
    const shop = await tokens.create(actor, {
      name: 'boutique',
      scopes: ['read', 'generate', 'manage'],
      days: 30,
    });
    const call = async (token: string, method: 'GET' | 'POST', url: string, payload?: object) =>
      server.app.inject({ method, url, headers: { authorization: `Bearer ${token}` }, payload });
    expect((await call(reader, 'GET', '/api/v1/licenses?status=used')).json()).toMatchObject({ total: 1 });
    const body = { type: '1m', count: 3, label: 'Boutique' };
    expect((await call(reader, 'POST', '/api/v1/licenses', body)).statusCode).toBe(403);
    const made = (await call(shop, 'POST', '/api/v1/licenses', body)).json<{ license_keys: string[] }>();
    expect(made.license_keys).toHaveLength(3);
    const state = { state: 'suspended', reason: 'essai' };
    expect((await call(shop, 'POST', '/api/v1/licenses/2/state', state)).json()).toMatchObject({
      status: 'suspended',
    });
    const [latest] = await tokens.list();
    await tokens.revoke(actor, latest!.id);
    expect((await call(shop, 'GET', '/api/v1/licenses')).statusCode).toBe(401);
    expect((await call('lic_faux', 'GET', '/api/v1/licenses')).statusCode).toBe(401);
  });

  it('slows whoever tries keys at random, by address alone', async () => {
    const [key] = (await server.keys(1)) as [string];
    for (let i = 0; i < 20; i++)
      expect((await server.validate('AAAABBBBCCCC', '203.0.113.5')).status).toBe(400);
    const braked = await server.validate(key, '203.0.113.5');
    expect(braked).toMatchObject({ status: 429, body: { valid: false, error_code: 'TOO_MANY_ATTEMPTS' } });
    expect((await server.validate(key, '192.0.2.77')).status).toBe(200);
    const alerts = await server.container.alerts.list({ open: true });
    expect(alerts.map(({ kind }) => kind)).toContain('address-locked');
  });

  it('describes the interface', async () => {
    const document = (await server.app.inject('/api/openapi.json')).json<{
      openapi: string;
      paths: object;
    }>();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/validate/{key}', '/api/activate', '/api/sync', '/api/v1/licenses']),
    );
  });
});

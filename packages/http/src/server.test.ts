import { AppError } from '@gec/core';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { checkHealth } from './health.ts';
import { besideLightRoutes } from './light.ts';
import { createLogger } from './logger.ts';
import { signIn, testServer } from './test-server.ts';
import type { HttpServer } from './types.ts';

let app: HttpServer;
afterEach(() => app.close());

describe('headers', () => {
  it('let a page load its own files only, and nothing inline', async () => {
    app = await testServer({ csp: { 'img-src': ['https://tuiles.example'] } });
    const { headers } = await app.inject({ url: '/health' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https://tuiles.example",
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|upgrade|\*/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('insist on https once it is there', async () => {
    app = await testServer({ trustedProxies: ['127.0.0.1'] });
    const { headers } = await app.inject({ url: '/health', headers: { 'x-forwarded-proto': 'https' } });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(headers['content-security-policy']).toContain('; upgrade-insecure-requests');
  });

  it('are on errors too', async () => {
    app = await testServer();
    for (const url of ['/nowhere', '/%zz', '/mail/%ff']) {
      const { headers, statusCode } = await app.inject({ url, headers: { accept: 'text/html' } });
      expect([400, 404]).toContain(statusCode);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
    }
  });
});

describe('the address of the client', () => {
  const where = (server: HttpServer) => {
    server.get('/where', { config: { public: true } }, async (request) => request.clientIp);
  };

  it('is not what it says itself', async () => {
    app = await testServer({}, where);
    const headers = {
      'x-forwarded-for': '198.51.100.7',
      'x-real-ip': '198.51.100.7',
      forwarded: 'for=198.51.100.7',
    };
    expect((await app.inject({ url: '/where', headers })).payload).toBe('127.0.0.1');
  });

  it('is what the trusted proxies say, up to the first that is not trusted', async () => {
    app = await testServer({ trustedProxies: ['127.0.0.1', '10.0.0.0/8'] }, where);
    const ask = async (forwarded: string, remoteAddress = '127.0.0.1') =>
      (await app.inject({ url: '/where', headers: { 'x-forwarded-for': forwarded }, remoteAddress })).payload;
    expect(await ask('198.51.100.7')).toBe('198.51.100.7');
    expect(await ask('203.0.113.1, 198.51.100.7, 10.1.2.3')).toBe('198.51.100.7');
    expect(await ask('198.51.100.7', '192.0.2.9')).toBe('192.0.2.9');
  });

  it('can be blocked', async () => {
    app = await testServer({ addressPolicy: { isBlocked: (ip) => ip === '127.0.0.1' } });
    const { statusCode, payload } = await app.inject({
      method: 'POST',
      url: '/login',
      headers: { accept: 'text/html' },
    });
    expect(statusCode).toBe(403);
    expect(payload).toContain('Contactez l’administrateur');
    expect((await app.inject({ url: '/health' })).statusCode).toBe(200);
  });
});

describe('light routes', () => {
  const light = { config: { public: true, light: true } } as const;
  const addLight = (server: HttpServer) => {
    server.get('/api/light', light, async ({ lang, actor, clientIp }) => ({ lang, actor, clientIp }));
    server.post('/api/light', light, async () => ({ done: true }));
  };

  it('have the headers that mean something for JSON, whatever they answer', async () => {
    app = await testServer({ trustedProxies: ['127.0.0.1'], rateLimit: false }, addLight);
    const headers = { 'x-forwarded-proto': 'https', 'sec-fetch-site': 'cross-site' };
    for (const [method, status] of [
      ['GET', 200],
      ['POST', 403],
    ] as const) {
      const answer = await app.inject({ method, url: '/api/light', headers });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'strict-transport-security': 'max-age=31536000',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(answer.headers['permissions-policy']).toBeUndefined();
    }
  });

  it('know no session, but the language, the address, its lists and the limit', async () => {
    app = await testServer(
      { rateLimit: 4, addressPolicy: { isBlocked: (ip) => ip === '192.0.2.7' } },
      addLight,
    );
    const cookie = await signIn(app, 2);
    const get = (remoteAddress: string) =>
      app.inject({ url: '/api/light', remoteAddress, headers: { cookie, 'accept-language': 'en' } });
    const answer = await get('::ffff:192.0.2.1');
    expect(answer.json()).toEqual({ lang: 'en', actor: null, clientIp: '192.0.2.1' });
    const blocked = await get('192.0.2.7');
    expect(blocked.statusCode).toBe(403);
    expect(blocked.json()).toMatchObject({ error: { code: 'ADDRESS_BLOCKED' } });
    for (let i = 0; i < 3; i += 1) expect((await get('192.0.2.1')).statusCode).toBe(200);
    expect((await get('192.0.2.1')).statusCode).toBe(429);
  });

  it('are logged when they refuse or fail, with the id of the request', async () => {
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
    app = await testServer({ logger: createLogger({ level: 'info', destination }) }, (server) => {
      server.get('/api/light', light, async () => ({ done: true }));
      server.get('/api/refusing', light, async (_request, reply) => reply.code(404).send({ done: false }));
      server.get('/api/failing', light, async (request) => {
        request.log.child({ part: 'works' }).warn(request.log.level);
        throw new Error('a fault');
      });
    });
    const { headers } = await app.inject({ url: '/api/failing' });
    await app.inject({ url: '/api/light' });
    await app.inject({ url: '/api/refusing' });
    const request_id = headers['x-request-id'];
    expect(lines).toMatchObject([
      { level: 'warn', msg: 'info', part: 'works', request_id },
      { level: 'error', msg: 'fault', err: { message: 'a fault' }, request_id },
      { level: 'info', msg: 'request', route: '/api/failing', status: 500, request_id },
      { level: 'info', msg: 'request', route: '/api/refusing', status: 404 },
    ]);
  });

  it('are passed by by the hooks of plugins that are registered beside them', async () => {
    const seen: string[] = [];
    const plugin = async (server: FastifyInstance) => {
      server.addHook('onRequest', async ({ url }) => void seen.push(`in ${url}`));
      server.addHook('onResponse', async ({ url }) => void seen.push(`out ${url}`));
    };
    // As fastify-plugin marks what is not encapsulated.
    Object.assign(plugin, { [Symbol.for('skip-override')]: true });
    app = await testServer({}, async (server) => {
      await besideLightRoutes(server, () => server.register(plugin));
      server.addHook('onRequest', async ({ url }) => void seen.push(`all ${url}`));
      server.get('/api/heavy', { config: { public: true } }, async () => ({}));
      addLight(server);
    });
    for (const url of ['/api/light', '/api/heavy']) await app.inject({ url });
    expect(seen).toEqual(['all /api/light', 'in /api/heavy', 'all /api/heavy', 'out /api/heavy']);
  });

  it('are public', async () => {
    const wrong = testServer({}, (server) => {
      server.get('/api/light', { config: { permission: 'session', light: true } }, async () => ({}));
    });
    await expect(wrong).rejects.toThrow('is light, hence public');
  });
});

describe('too many requests', () => {
  it('are slowed by session, so that an office is not slowed by one colleague', async () => {
    app = await testServer({ rateLimit: 3 });
    const [clerk, admin] = [await signIn(app, 1), await signIn(app, 2)];
    const get = (cookie?: string) => app.inject({ url: '/token', headers: cookie ? { cookie } : {} });
    for (let i = 0; i < 3; i += 1) expect((await get(clerk)).statusCode).toBe(200);
    const refused = await get(clerk);
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await get(admin)).statusCode).toBe(200);
    expect((await get()).statusCode).toBe(303);
    expect((await get('gec_session=forged.signature')).statusCode).toBe(429);
    expect((await app.inject({ url: '/health' })).statusCode).toBe(200);
  });

  it('are let through where the limit is off', async () => {
    app = await testServer({ rateLimit: false });
    for (let i = 0; i < 700; i += 1) await app.inject({ url: '/login', method: 'POST' });
    expect((await app.inject({ url: '/login', method: 'POST' })).statusCode).toBe(303);
  });
});

describe('a program that may only be read', () => {
  it('refuses changes, and lets people read', async () => {
    app = await testServer({
      readOnlyGate: () => {
        throw new AppError('forbidden', 'READ_ONLY', 'La licence a expiré.');
      },
    });
    const cookie = await signIn(app);
    expect((await app.inject({ url: '/token', headers: { cookie } })).statusCode).toBe(200);
    const post = await app.inject({
      method: 'POST',
      url: '/form',
      headers: { cookie, accept: 'application/json' },
    });
    expect(post.json()).toMatchObject({ error: { code: 'READ_ONLY', message: 'La licence a expiré.' } });
  });
});

describe('/health', () => {
  it('tells what CONTRACT.md fixes', async () => {
    const ping = async () => undefined;
    const usage = (percent: number) => async () => percent;
    expect(await checkHealth({ ping, dataDir: '.', usage: usage(90) })).toEqual({ status: 'healthy' });
    expect(await checkHealth({ ping, dataDir: '.', usage: usage(93) })).toEqual({
      status: 'warning',
      disk: 93,
    });
    const away = await checkHealth({ ping: () => Promise.reject(new Error('secret')), dataDir: '.' });
    expect(away).toEqual({ status: 'error', message: 'Base de données injoignable' });
    expect(await checkHealth({ ping, dataDir: './nowhere' })).toMatchObject({ status: 'error' });
    expect(['healthy', 'warning']).toContain((await checkHealth({ ping, dataDir: '.' })).status);
    app = await testServer({ health: async () => away });
    const response = await app.inject({ url: '/health' });
    expect([response.statusCode, response.json()]).toEqual([500, away]);
  });
});

describe('/metrics', () => {
  it('is for the machine itself or the bearer of the token', async () => {
    app = await testServer({ metrics: { token: 'mesures' } });
    await app.inject({ url: '/nowhere' });
    const local = await app.inject({ url: '/metrics' });
    expect(local.statusCode).toBe(200);
    expect(local.payload).toContain(
      'http_request_duration_seconds_count{method="GET",route="none",status="404"} 1',
    );
    expect(local.payload).toContain('process_cpu_seconds_total');
    const from = (remoteAddress: string, headers: Record<string, string> = {}) =>
      app.inject({ url: '/metrics', remoteAddress, headers });
    expect((await from('192.0.2.1')).statusCode).toBe(403);
    expect((await from('192.0.2.1', { authorization: 'Bearer mesures' })).statusCode).toBe(200);
    expect((await from('127.0.0.1', { authorization: 'Bearer autre' })).statusCode).toBe(403);
    expect((await from('127.0.0.1', { 'x-forwarded-for': '192.0.2.1' })).statusCode).toBe(403);
    expect(app.registry).not.toBeNull();
  });
});

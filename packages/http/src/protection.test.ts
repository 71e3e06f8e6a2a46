import { AppError } from '@gec/core';
import multipart from '@fastify/multipart';
import { afterEach, describe, expect, it } from 'vitest';
import { checkHealth } from './health.ts';
import { verifyCsrf } from './csrf.ts';
import { signIn, testServer } from './test-server.ts';
import type { HttpServer } from './types.ts';

let app: HttpServer;
afterEach(() => app.close());

const form = { 'content-type': 'application/x-www-form-urlencoded', host: 'gec.test' };

describe('a request from another site', () => {
  const cases: [string, Record<string, string>, number][] = [
    ['nothing (curl)', {}, 200],
    ['own Origin', { origin: 'http://gec.test' }, 200],
    ['own Origin and fetch metadata', { origin: 'http://gec.test', 'sec-fetch-site': 'same-origin' }, 200],
    ['own Referer alone', { referer: 'http://gec.test/page?x=1' }, 200],
    ['typed by hand', { 'sec-fetch-site': 'none' }, 200],
    ['foreign Origin', { origin: 'http://evil.example' }, 403],
    ['foreign Origin, own Referer', { origin: 'http://evil.example', referer: 'http://gec.test/' }, 403],
    ['Origin: null', { origin: 'null' }, 403],
    ['empty Origin', { origin: '' }, 403],
    ['other scheme', { origin: 'https://gec.test' }, 403],
    ['other port', { origin: 'http://gec.test:5001' }, 403],
    ['own name as a prefix', { origin: 'http://gec.test.evil.example' }, 403],
    ['foreign Referer alone', { referer: 'http://evil.example/http://gec.test/' }, 403],
    ['broken Referer', { referer: 'gec.test' }, 403],
    ['cross-site fetch metadata alone', { 'sec-fetch-site': 'cross-site' }, 403],
    ['same-site fetch metadata alone', { 'sec-fetch-site': 'same-site' }, 403],
  ];

  it.each(cases)('%s', async (_name, headers, status) => {
    app = await testServer({}, (server) => {
      server.post('/public', { config: { public: true } }, async () => 'ok');
      server.put('/api/v1/thing', { config: { permission: 'session' } }, async () => ({ ok: true }));
    });
    const cookie = await signIn(app);
    const token = (await app.inject({ url: '/token', headers: { cookie, host: 'gec.test' } })).payload;
    const sent = { ...headers, host: 'gec.test', cookie };
    const page = await app.inject({
      method: 'POST',
      url: '/form',
      headers: { ...sent, ...form },
      payload: `a=1&_csrf=${token}`,
    });
    expect(page.statusCode).toBe(status);
    const api = await app.inject({ method: 'PUT', url: '/api/v1/thing', headers: sent, payload: { a: 1 } });
    expect(api.statusCode).toBe(status);
    const open = await app.inject({
      method: 'POST',
      url: '/public',
      headers: { host: 'gec.test', ...headers },
    });
    expect(open.statusCode).toBe(status);
    const read = await app.inject({ url: '/token', headers: sent });
    expect(read.statusCode).toBe(200);
  });

  it('is known by the public address where TLS ends before us', async () => {
    app = await testServer({ publicUrl: 'https://courrier.example/' });
    const post = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/login', headers });
    const own = await post({ host: 'courrier.example', origin: 'https://courrier.example' });
    expect(own.statusCode).toBe(303);
    expect(String(own.headers['set-cookie'])).toMatch(/^__Host-gec_session=.*; Secure/);
    expect((await post({ host: '127.0.0.1:5000', origin: 'https://courrier.example' })).statusCode).toBe(303);
    expect((await post({ host: '127.0.0.1:5000', origin: 'http://127.0.0.1:5000' })).statusCode).toBe(303);
    expect((await post({ host: 'courrier.example', origin: 'https://evil.example' })).statusCode).toBe(403);
  });
});

describe('the form token', () => {
  it('is needed by forms of a session, and taken out of the body', async () => {
    app = await testServer();
    const cookie = await signIn(app);
    const get = async () => (await app.inject({ url: '/token', headers: { cookie } })).payload;
    const [token, again] = [await get(), await get()];
    expect(token).not.toBe(again);
    const post = (payload: string, headers: Record<string, string> = {}) =>
      app.inject({ method: 'POST', url: '/form', headers: { ...form, cookie, ...headers }, payload });
    expect((await post(`a=1&_csrf=${token}`)).json()).toEqual({ got: { a: '1' } });
    expect((await post(`a=1&_csrf=${again}`)).statusCode).toBe(200);
    expect((await post('a=1', { 'x-csrf-token': token })).statusCode).toBe(200);
    expect((await post('a=1')).statusCode).toBe(403);
    expect((await post('a=1&_csrf=')).statusCode).toBe(403);
    expect((await post(`a=1&_csrf=${token}&_csrf=${token}`)).statusCode).toBe(403);
    expect((await post(`a=1&_csrf=${token.slice(0, -4)}AAAA`)).statusCode).toBe(403);
    const refused = await post('a=1', { accept: 'application/json' });
    expect(refused.json()).toMatchObject({ error: { code: 'CSRF' } });
    const query = await app.inject({
      method: 'POST',
      url: `/form?_csrf=${token}`,
      headers: { ...form, cookie },
      payload: 'a=1',
    });
    expect(query.statusCode).toBe(403);
  });

  it('belongs to one session', async () => {
    app = await testServer();
    const [mine, other] = [await signIn(app, 1), await signIn(app, 2)];
    const token = (await app.inject({ url: '/token', headers: { cookie: other } })).payload;
    const headers = { ...form, cookie: mine };
    const response = await app.inject({ method: 'POST', url: '/form', headers, payload: `_csrf=${token}` });
    expect(response.statusCode).toBe(403);
  });

  it('can be checked by a handler that streams', async () => {
    app = await testServer({}, (server) => {
      server.post('/upload', { config: { permission: 'session', csrf: 'manual' } }, async (request) => {
        verifyCsrf(request, request.headers['x-later']);
        return 'kept';
      });
    });
    const cookie = await signIn(app);
    const token = (await app.inject({ url: '/token', headers: { cookie } })).payload;
    const post = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/upload', headers: { cookie, ...headers } });
    expect((await post({ 'x-later': token })).payload).toBe('kept');
    expect((await post({})).statusCode).toBe(403);
  });

  it('may stand in the address of a multipart form that the handler streams', async () => {
    app = await testServer({}, async (server) => {
      await server.register(multipart);
      server.post('/scan', { config: { permission: 'session' } }, async () => 'kept');
    });
    const cookie = await signIn(app);
    const token = (await app.inject({ url: '/token', headers: { cookie } })).payload;
    const post = (url: string) => {
      const headers = { cookie, 'content-type': 'multipart/form-data; boundary=x' };
      return app.inject({ method: 'POST', url, headers, payload: '--x--\r\n' });
    };
    expect((await post(`/scan?_csrf=${token}`)).payload).toBe('kept');
    expect((await post('/scan?_csrf=x')).statusCode).toBe(403);
    expect((await post('/scan')).statusCode).toBe(403);
  });

  it('is not asked of the JSON interface, which refuses what a foreign form could send', async () => {
    app = await testServer({}, (server) => {
      server.post('/api/v1/thing', { config: { permission: 'session' } }, async (request) => ({
        got: request.body,
      }));
    });
    const cookie = await signIn(app);
    const post = (type: string, payload: string) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/thing',
        headers: { cookie, 'content-type': type },
        payload,
      });
    expect((await post('application/json', '{"a":1}')).json()).toEqual({ got: { a: 1 } });
    expect((await post('text/plain', '{"a":1}')).statusCode).toBe(415);
    expect((await post('application/x-www-form-urlencoded', 'a=1')).statusCode).toBe(415);
    expect((await post('image/png', 'a=1')).statusCode).toBe(415);
  });
});

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

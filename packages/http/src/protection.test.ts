import multipart from '@fastify/multipart';
import { afterEach, describe, expect, it } from 'vitest';
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

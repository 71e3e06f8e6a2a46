import { afterEach, describe, expect, it } from 'vitest';
import { listRoutes } from './access.ts';
import { actorOf } from './context.ts';
import { memorySessions, signIn, testServer } from './test-server.ts';
import type { HttpServer } from './types.ts';

let app: HttpServer;
afterEach(() => app.close());

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

async function serve(): Promise<HttpServer> {
  app = await testServer({}, (server) => {
    server.get('/open', { config: { public: true } }, async (request) => ({
      me: request.actor?.username ?? null,
    }));
    server.get('/mine', { config: { permission: 'session' } }, async (request) => actorOf(request).username);
    server.get('/admin/logs', { config: { permission: 'view_logs' } }, async () => 'logs');
    server.get('/mail', { config: { permission: ['read_all_mail', 'read_own_mail'] } }, async () => 'mail');
    server.post('/api/v1/mail', { config: { permission: 'register_mail' } }, async () => ({ ok: true }));
  });
  return app;
}

describe('every route says who may use it', () => {
  it('or the program does not start', async () => {
    app = await testServer();
    const other = testServer({}, (server) => void server.get('/forgotten', async () => 'x'));
    await expect(other).rejects.toThrow('/forgotten must declare config.public or config.permission');
    const both = testServer({}, (server) => {
      server.get('/both', { config: { public: true, permission: 'session' } }, async () => 'x');
    });
    await expect(both).rejects.toThrow('/both must declare');
    const none = testServer({}, (server) => {
      server.get('/none', { config: { permission: [] } }, async () => 'x');
    });
    await expect(none).rejects.toThrow('/none must declare');
  });

  it('and the list of routes can be walked, HEAD included', async () => {
    const routes = listRoutes(await serve());
    expect(routes).toContainEqual({ method: 'GET', url: '/open', access: 'public' });
    expect(routes).toContainEqual({ method: 'HEAD', url: '/mine', access: 'session' });
    expect(routes).toContainEqual({ method: 'GET', url: '/admin/logs', access: { anyOf: ['view_logs'] } });
    for (const { method, url, access } of routes) {
      if (access === 'public') continue;
      const { statusCode } = await app.inject({ method: method as 'GET', url });
      expect([method, url, statusCode]).toEqual([method, url, url.startsWith('/api/') ? 401 : 303]);
    }
  });
});

describe('without a session', () => {
  it('a page goes to the sign-in page and names the way back', async () => {
    await serve();
    const response = await app.inject({ url: '/mail?search=a b&statut=é', headers: browser });
    expect(response.statusCode).toBe(303);
    expect(response.headers.location).toBe('/login?next=%2Fmail%3Fsearch%3Da%2520b%26statut%3D%25C3%25A9');
  });

  it('never names a way back to another site', async () => {
    await serve();
    for (const url of ['//evil.example/mine', '/\\evil.example', '/%5Cevil.example']) {
      const { headers } = await app.inject({ url, headers: browser });
      expect(headers.location ?? '').not.toMatch(/next=(%2F%2F|%2F%5C)/);
    }
  });

  it('a form goes to the sign-in page and comes back to where it stood', async () => {
    await serve();
    const headers = { ...browser, host: 'gec.test', referer: 'http://gec.test/mail/4/edit?x=1' };
    const own = await app.inject({ method: 'POST', url: '/form', headers });
    expect([own.statusCode, own.headers.location]).toEqual([303, '/login?next=%2Fmail%2F4%2Fedit%3Fx%3D1']);
    const bare = await app.inject({ method: 'POST', url: '/form', headers: browser });
    expect([bare.statusCode, bare.headers.location]).toEqual([303, '/login']);
  });

  it('JSON and fragments get 401', async () => {
    await serve();
    const json = await app.inject({ url: '/mine', headers: { accept: 'application/json' } });
    expect(json.statusCode).toBe(401);
    expect(json.json()).toEqual({
      error: {
        code: 'UNAUTHENTICATED',
        message: 'Connectez-vous pour continuer.',
        request_id: json.headers['x-request-id'],
      },
    });
    const api = await app.inject({ method: 'POST', url: '/api/v1/mail', headers: browser, payload: {} });
    expect(api.statusCode).toBe(401);
    const fragment = await app.inject({ url: '/mine', headers: { ...browser, 'x-fragment': 'list' } });
    expect(fragment.statusCode).toBe(401);
  });
});

describe('with a session', () => {
  it('the permission decides', async () => {
    await serve();
    const [clerk, admin] = [await signIn(app, 1), await signIn(app, 2)];
    const as = async (cookie: string, url: string) =>
      (await app.inject({ url, headers: { ...browser, cookie } })).statusCode;
    expect(await as(clerk, '/mine')).toBe(200);
    expect(await as(clerk, '/mail')).toBe(200);
    expect(await as(clerk, '/admin/logs')).toBe(403);
    expect(await as(admin, '/admin/logs')).toBe(200);
    expect((await app.inject({ url: '/open', headers: { cookie: clerk } })).json()).toEqual({ me: 'user1' });
  });

  it('speaks the language of the person', async () => {
    await serve();
    const cookie = await signIn(app, 1);
    const { payload } = await app.inject({
      url: '/admin/logs',
      headers: { ...browser, cookie, 'accept-language': 'en' },
    });
    expect(payload).toContain('Accès refusé');
    const guest = await app.inject({
      url: '/nowhere',
      headers: { ...browser, 'accept-language': 'de, en;q=0.8, fr;q=0.5' },
    });
    expect(guest.payload).toContain('<html lang="en"');
    const chosen = await app.inject({
      url: '/nowhere',
      headers: { ...browser, 'accept-language': 'en', cookie: 'lang=fr' },
    });
    expect(chosen.payload).toContain('<html lang="fr"');
  });

  it('ends when it is revoked or the account is deactivated', async () => {
    const sessions = memorySessions();
    app = await testServer({ sessions });
    const cookie = await signIn(app, 1);
    expect((await app.inject({ url: '/token', headers: { cookie } })).statusCode).toBe(200);
    await sessions.revokeAll(1);
    const gone = await app.inject({ url: '/token', headers: { cookie } });
    expect(gone.statusCode).toBe(303);
    expect(String(gone.headers['set-cookie'])).toMatch(/^gec_session=; .*Expires=Thu, 01 Jan 1970/);
    const inactive = await signIn(app, 9);
    expect((await app.inject({ url: '/token', headers: { cookie: inactive } })).statusCode).toBe(303);
    expect(sessions.open.size).toBe(0);
  });

  it('is a new one after each sign-in, and ends at sign-out', async () => {
    const sessions = memorySessions();
    app = await testServer({ sessions });
    const first = await signIn(app, 1);
    const again = await app.inject({ method: 'POST', url: '/login', headers: { cookie: first } });
    expect(String(again.headers['set-cookie'])).toMatch(/^gec_session=\S+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await app.inject({ url: '/token', headers: { cookie: first } })).statusCode).toBe(303);
    expect(sessions.open.size).toBe(1);
    const cookie = String(again.headers['set-cookie']).split(';')[0] ?? '';
    const token = (await app.inject({ url: '/token', headers: { cookie } })).payload;
    const out = await app.inject({
      method: 'POST',
      url: '/logout',
      headers: { cookie, 'x-csrf-token': token },
    });
    expect(out.headers.location).toBe('/login');
    expect(sessions.open.size).toBe(0);
  });

  it('has a cookie that only https and this host can set, where there is https', async () => {
    app = await testServer({ secureCookies: true });
    const { headers } = await app.inject({ method: 'POST', url: '/login' });
    expect(String(headers['set-cookie'])).toMatch(
      /^__Host-gec_session=\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const renamed = String(headers['set-cookie']).split(';')[0]?.replace('__Host-', '') ?? '';
    expect((await app.inject({ url: '/token', headers: { cookie: renamed } })).statusCode).toBe(303);
  });

  it('cannot be forged: the cookie is signed', async () => {
    await serve();
    const cookie = await signIn(app, 1);
    expect((await app.inject({ url: '/mine', headers: { cookie: `${cookie}x` } })).statusCode).toBe(303);
    expect(
      (await app.inject({ url: '/mine', headers: { cookie: cookie.replace(/\.[^.]+$/, '') } })).statusCode,
    ).toBe(303);
  });
});

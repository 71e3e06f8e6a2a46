import { createServer } from '@gec/http';
import { NO_ASSETS, type App } from '../http/app.ts';
import { errorPage } from '../http/page.tsx';
import { TEST_PASSWORD, type TestBase } from './harness.ts';
import type { createPeople } from './people.ts';

/** A web server with people and sign-in alone; `routes` adds what is under test, with hooks before it. */
export async function createPeopleApp(
  base: TestBase,
  people: ReturnType<typeof createPeople>,
  routes: (app: App) => void | Promise<void>,
): Promise<App> {
  const app = await createServer({
    logger: base.logger,
    trustedProxies: [],
    secureCookies: 'auto',
    sessionSecret: base.config.sessionSecret,
    cookiePrefix: 'gec',
    sessions: people.sessions,
    authenticate: (userId, request) => people.auth.authenticate(userId, request.clientIp),
    renderError: (context) => errorPage(context, NO_ASSETS.assets),
    health: async () => ({ status: 'healthy' }),
    metrics: false,
    rateLimit: false,
  });
  app.decorate('gecShell', {
    assets: NO_ASSETS.assets,
    load: async () => ({ produit: 'GEC Mines', organisme: 'Essai', logo: null, badges: {} }),
  });
  app.decorate('gecExport', (actor, details) =>
    people.journal.recordAlone(actor, { action: 'export.demande', details }),
  );
  await routes(app);
  await app.ready();
  return app;
}

/** Fields of a form; ticks have several values. */
type Form = Readonly<Record<string, string | readonly string[]>>;

function encode(form: Form): string {
  const pairs = Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs).toString();
}

/** What a browser keeps, and what it sends. */
export function browser(app: App) {
  const jar = new Map<string, string>();
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

  async function send(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH',
    url: string,
    options: { form?: Form; json?: object; headers?: Record<string, string> } = {},
  ) {
    const { form, json } = options;
    const response = await app.inject({
      method,
      url,
      headers: {
        accept: 'text/html',
        ...(jar.size > 0 ? { cookie: cookie() } : {}),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...options.headers,
      },
      payload: form ? encode(form) : json,
    });
    for (const { name, value, maxAge, expires } of response.cookies) {
      const gone = maxAge === 0 || (expires !== undefined && expires.getTime() <= Date.now());
      if (gone) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  return {
    jar,
    cookie,
    get: (url: string, headers: Record<string, string> = {}) => send('GET', url, { headers }),
    json: (method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH', url: string, json?: object) =>
      send(method, url, { json, headers: { accept: 'application/json' } }),
    /** Posts a form with the token of a page, as pressing its button does. */
    async post(url: string, form: Form, page = url) {
      const html = (await send('GET', page)).body;
      const token = /name="_csrf" value="([^"]+)"/.exec(html)?.[1];
      return send('POST', url, { form: token === undefined ? form : { ...form, _csrf: token } });
    },
    signIn: (username: string, password = TEST_PASSWORD) =>
      send('POST', '/login', { form: { email: username, password } }),
    send,
  };
}

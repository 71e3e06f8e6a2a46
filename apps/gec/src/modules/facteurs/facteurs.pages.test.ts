import { openTestDatabase, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, targetsOf } from '../../test/attack.harness.ts';
import { createTestApp, TEST_PASSWORD, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { createPasskey } from '../../test/passkey.ts';
import { browser } from '../../test/people-app.ts';
import { codeNow } from '../../test/totp.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';

const SITE = 'courrier.example';
const PAGE = '/profil/second-facteur';

describe('second factors over HTTP', () => {
  let database: TestDatabase;
  let site: TestApp;

  beforeAll(async () => {
    database = await openTestDatabase('sqlite', migrated);
    site = await createTestApp(database.url);
  });
  afterAll(async () => {
    await site?.close();
    await database?.drop();
  });

  /** A browser that opened the site by its name, at the door with a right password. */
  async function atTheDoor(person: Personne) {
    const visitor = browser(site.app);
    const headers = { host: SITE };
    const answer = await visitor.send('POST', '/login', {
      form: { email: person.username, password: TEST_PASSWORD, next: '/profil' },
      headers,
    });
    return { visitor, headers, answer };
  }

  /** The secret of an app that the person adds by the pages, as a browser does. */
  async function addByPages(person: Personne): Promise<{ secret: string; codes: string[] }> {
    const visitor = browser(site.app);
    await visitor.signIn(person.username);
    const wrong = await visitor.post(`${PAGE}/application`, { mot_de_passe: 'faux' }, PAGE);
    expect([wrong.statusCode, wrong.body.includes('field-error')]).toEqual([400, true]);
    const begun = await visitor.post(`${PAGE}/application`, { mot_de_passe: TEST_PASSWORD }, PAGE);
    expect([begun.statusCode, begun.headers.location]).toEqual([303, `${PAGE}/application`]);
    const page = (await visitor.get(`${PAGE}/application`)).body;
    const secret = (/<code>([A-Z2-7 ]+)<\/code>/.exec(page)?.[1] ?? '').replaceAll(' ', '');
    expect(page).toContain('<svg class="qr"');
    const bad = await visitor.post(
      `${PAGE}/application/confirmer`,
      { code: '000000', nom: 'Mon téléphone' },
      `${PAGE}/application`,
    );
    expect([
      bad.statusCode,
      bad.body.includes('value="Mon téléphone"'),
      bad.body.includes(secret.slice(0, 4)),
    ]).toEqual([400, true, true]);
    const code = codeNow(secret);
    const done = await visitor.post(
      `${PAGE}/application/confirmer`,
      { code, nom: 'Mon téléphone' },
      `${PAGE}/application`,
    );
    expect(done.statusCode).toBe(200);
    expect(done.headers['cache-control']).toContain('no-store');
    const codes = [...done.body.matchAll(/<code>([A-Z0-9-]{14})<\/code>/g)].map(([, one = '']) => one);
    expect(codes).toHaveLength(10);
    expect((await visitor.get(PAGE)).body).toContain('Mon téléphone');
    return { secret, codes };
  }

  it('are added by pages without script, and asked at the door', async () => {
    const person = await site.person('user', 'ADM', 'pages');
    const { codes } = await addByPages(person);
    const { visitor, answer } = await atTheDoor(person);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/login/second-facteur']);
    expect(String(answer.headers['set-cookie'])).toMatch(/gec_second=.+HttpOnly.*SameSite=Strict/);
    expect(String(answer.headers['set-cookie'])).not.toContain('gec_session=');
    expect((await visitor.get('/login/second-facteur')).body).toContain('autocomplete="one-time-code"');
    const wrong = await visitor.send('POST', '/login/second-facteur', { form: { code: '000000' } });
    expect([wrong.statusCode, wrong.body.includes('role="alert"')]).toEqual([401, true]);
    const entered = await visitor.send('POST', '/login/second-facteur', { form: { code: codes[0] ?? '' } });
    expect([entered.statusCode, entered.headers.location]).toEqual([303, '/profil']);
    expect(visitor.jar.has('gec_second')).toBe(false);
    expect((await visitor.get('/profil')).body).toContain('Il vous en reste 9');
    expect((await visitor.get('/login/second-facteur')).headers.location).toBe('/login');
  });

  it('tell a program what is asked, and take its second step', async () => {
    const person = await site.person('user', 'ADM', 'programme');
    const { codes } = await addByPages(person);
    const client = browser(site.app);
    const login = await client.json('POST', '/login', { email: 'programme', password: TEST_PASSWORD });
    expect(login.json()).toEqual({
      second_factor_required: true,
      methodes: { totp: true, cle: false, secours: true },
      next: '/',
    });
    expect((await client.json('GET', '/api/v1/session')).statusCode).toBe(401);
    const wrong = await client.json('POST', '/login/second-facteur', { code: '1' });
    expect([wrong.statusCode, wrong.json()]).toMatchObject([401, { error: { code: 'WRONG_SECOND_FACTOR' } }]);
    const entered = await client.json('POST', '/login/second-facteur', { code: codes[1] });
    expect(entered.json()).toMatchObject({ second_factor_required: false, user: { username: 'programme' } });
    expect((await client.json('GET', '/api/v1/session')).statusCode).toBe(200);
    const foreign = await client.send('POST', '/login/second-facteur', {
      form: { code: codes[2] ?? '' },
      headers: { origin: 'https://ailleurs.example' },
    });
    expect(foreign.statusCode).toBe(403);
  });

  it('leave a half-signed-in browser before every route, as nobody', async () => {
    const person = await site.person('super_admin', 'ADM', 'moitie');
    await addByPages(person);
    const { visitor } = await atTheDoor(person);
    const pending = visitor.jar.get('gec_second') ?? '';
    const wrong: string[] = [];
    for (const target of targetsOf(site).filter(({ isPublic }) => !isPublic)) {
      for (const cookie of [`gec_second=${pending}`, `gec_session=${pending}`]) {
        for (const accept of ['text/html', 'application/json']) {
          const { statusCode, headers } = await site.app.inject({
            method: target.method,
            url: addressOf(target),
            headers: { accept, cookie },
          });
          const out =
            statusCode === 401 || (statusCode === 303 && String(headers.location).startsWith('/login'));
          if (!out) wrong.push(`${target.method} ${target.pattern}: ${statusCode}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('lead whoever must have one to it before anything else', async () => {
    const boss = await site.person('super_admin', 'ADM', 'chef');
    const person = await site.person('super_admin', 'FIN', 'exige');
    await site.container.parametres.update(boss, { secondFacteurRoles: ['super_admin'] });
    try {
      const visitor = browser(site.app);
      expect((await visitor.signIn('exige')).statusCode).toBe(303);
      const { cookie } = await site.signIn(person);
      const wrong: string[] = [];
      for (const target of targetsOf(site).filter(({ isPublic }) => !isPublic)) {
        const mine =
          /^\/(api\/v1\/)?profil\/(facteurs|second-facteur)|^\/logout$|^\/api\/v1\/session$|^\/profil\/mot-de-passe$/;
        if (mine.test(target.pattern)) continue;
        const send = (accept: string) =>
          site.app.inject({ method: target.method, url: addressOf(target), headers: { accept, cookie } });
        const page = await send('text/html');
        if (!target.isApi && page.headers.location !== PAGE) wrong.push(`${target.method} ${target.pattern}`);
        const json = await send('application/json');
        const { code } = (json.json() as { error?: { code?: string } }).error ?? {};
        if (json.statusCode !== 403 || code !== 'SECOND_FACTOR_ENROLMENT_REQUIRED')
          wrong.push(`json ${target.method} ${target.pattern}: ${json.statusCode} ${code ?? ''}`);
      }
      expect(wrong).toEqual([]);
      expect((await visitor.get('/')).headers.location).toBe(PAGE);
      expect((await visitor.get(PAGE)).body).toContain('Votre rôle l’exige');
      await addByPages(person);
      expect((await visitor.get('/')).statusCode).toBe(200);
    } finally {
      await site.container.parametres.update(boss, { secondFacteurRoles: [] });
    }
  });

  it('open by a passkey, by forms and by JSON, where the site has a name', async () => {
    const person = await site.person('user', 'ADM', 'cle');
    const key = createPasskey({ rpId: SITE, origin: `http://${SITE}` });
    const { cookie } = await site.signIn(person);
    const api = (url: string, payload: object, host = SITE) =>
      site.app.inject({
        method: 'POST',
        url: `/api/v1/profil/facteurs${url}`,
        headers: { cookie, host },
        payload,
      });
    const numeric = await api('/cles/options', { mot_de_passe: TEST_PASSWORD }, '192.0.2.7');
    expect(numeric.json()).toMatchObject({ error: { code: 'NUMERIC_ADDRESS' } });
    expect((await api('/cles/options', { mot_de_passe: 'faux' })).statusCode).toBe(400);
    const { options } = (await api('/cles/options', { mot_de_passe: TEST_PASSWORD })).json<{
      options: { challenge: string };
    }>();
    const added = await api('/cles', { reponse: key.create(options), nom: 'Clé du bureau' });
    expect([added.statusCode, added.json<{ codes_secours: string[] }>().codes_secours.length]).toEqual([
      201, 10,
    ]);

    const { visitor, headers } = await atTheDoor(person);
    expect((await visitor.get('/login/second-facteur', headers)).body).toContain('data-island="cle"');
    expect((await visitor.get('/login/second-facteur')).body).toContain('data-island="cle"');
    const asked = await visitor.send('POST', '/login/second-facteur/cle', { headers });
    const cle = JSON.stringify(key.get(asked.json<{ options: { challenge: string } }>().options));
    const entered = await visitor.send('POST', '/login/second-facteur', { form: { cle }, headers });
    expect([entered.statusCode, entered.headers.location]).toEqual([303, '/profil']);

    const alone = browser(site.app);
    const begun = await alone.send('POST', '/login/cle/options', { headers });
    const answer = key.get(begun.json<{ options: { challenge: string } }>().options);
    const opened = await alone.send('POST', '/login/cle', {
      json: { cle: answer, next: '/profil' },
      headers: { ...headers, accept: 'application/json' },
    });
    expect(opened.json()).toMatchObject({ user: { username: 'cle' }, next: '/profil' });
    const replay = await browser(site.app).send('POST', '/login/cle', {
      form: { cle: JSON.stringify(answer) },
      headers,
    });
    expect([replay.statusCode, replay.headers.location]).toEqual([303, '/login']);
    expect(replay.headers['set-cookie']).not.toContain('gec_session=');
  });

  it('go by a page that asks the password, and by an administrator’s', async () => {
    const person = await site.person('user', 'ADM', 'depart');
    await addByPages(person);
    const admin = browser(site.app);
    const boss = await site.person('admin', 'ADM', 'aide');
    await admin.signIn('aide');
    const page = `/admin/users/${person.userId}/second-facteur`;
    expect((await admin.get(page)).body).toContain('Mon téléphone');
    const removed = await admin.post(page, {});
    expect([removed.statusCode, removed.headers.location]).toEqual([303, page]);
    expect((await admin.get(page)).body).toContain('n’a pas de second facteur');
    expect((await admin.json('DELETE', `/api/v1/utilisateurs/${boss.userId}/facteurs`)).statusCode).toBe(403);

    await addByPages(person);
    const [factor] = (await site.container.facteurs.etat(person)).facteurs;
    const visitor = browser(site.app);
    visitor.jar.set('gec_session', (await site.signIn(person)).cookie.replace('gec_session=', ''));
    const remove = `${PAGE}/${factor?.id}/retirer`;
    expect((await visitor.post(remove, { mot_de_passe: 'faux' })).statusCode).toBe(400);
    expect((await visitor.post(remove, { mot_de_passe: TEST_PASSWORD })).headers.location).toBe(PAGE);
    expect((await visitor.get(PAGE)).body).toContain('Pas encore de second facteur');
    expect((await visitor.get(remove)).statusCode).toBe(404);
  });
});

import { describeEachDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { App } from '../../http/app.ts';
import { createTestBase, TEST_PASSWORD, type TestBase } from '../../test/harness.ts';
import { browser, createPeopleApp } from '../../test/people-app.ts';
import { createPeople, preparedDatabase } from '../../test/people.ts';
import { registerAuthApi } from './auth.api.ts';
import { registerAuthPages, requireOwnPassword } from './auth.pages.tsx';

describeEachDatabase('sign-in and profile over HTTP', (open) => {
  let base: TestBase;
  let people: ReturnType<typeof createPeople>;
  let app: App;

  beforeEach(async () => {
    base = await createTestBase((await open(preparedDatabase)).url);
    people = createPeople(base);
    app = await createPeopleApp(base, people, (server) => {
      requireOwnPassword(server);
      registerAuthPages(server, people);
      registerAuthApi(server, people);
      server.get('/', { config: { permission: 'session' } }, async () => 'accueil');
      server.get('/api/v1/chose', { config: { permission: 'session' } }, async () => ({ chose: 1 }));
    });
    await base.person('user');
  });
  afterEach(async () => {
    await app.close();
    await base.close();
  });

  it('sends a visitor to the door, and on to where they wanted to go', async () => {
    const visitor = browser(app);
    const refused = await visitor.get('/profil?onglet=sessions');
    expect(refused.statusCode).toBe(303);
    expect(refused.headers.location).toBe('/login?next=%2Fprofil%3Fonglet%3Dsessions');
    const page = await visitor.get(String(refused.headers.location));
    expect(page.body).toContain('name="next" value="/profil?onglet=sessions"');
    const entered = await visitor.send('POST', '/login', {
      form: { email: 'user.adm', password: TEST_PASSWORD, next: '/profil?onglet=sessions' },
    });
    expect([entered.statusCode, entered.headers.location]).toEqual([303, '/profil?onglet=sessions']);
    expect(entered.headers['set-cookie']).toMatch(/gec_session=.+HttpOnly.*SameSite=Lax/);
    expect((await visitor.get('/login?next=/profil')).headers.location).toBe('/profil');
  });

  it('accepts curl without Origin, in email or in username, and refuses a foreign site', async () => {
    for (const field of ['email', 'username']) {
      const curl = await browser(app).send('POST', '/login', {
        form: { [field]: 'user.adm', password: TEST_PASSWORD },
        headers: { accept: '*/*' },
      });
      expect([curl.statusCode, curl.headers.location]).toEqual([303, '/']);
    }
    const foreign = await browser(app).send('POST', '/login', {
      form: { email: 'user.adm', password: TEST_PASSWORD },
      headers: { origin: 'https://ailleurs.example' },
    });
    expect(foreign.statusCode).toBe(403);
  });

  it('never leads to another site', async () => {
    for (const next of [
      'https://ailleurs.example/',
      '//ailleurs.example',
      '/\\ailleurs.example',
      '\\\\ailleurs.example',
      'javascript:alert(1)',
      '/\t/ailleurs.example',
      'ailleurs',
    ]) {
      const entered = await browser(app).send('POST', '/login', {
        form: { email: 'user.adm', password: TEST_PASSWORD, next },
      });
      expect(entered.headers.location, next).toBe('/');
      const page = await browser(app).get(`/login?next=${encodeURIComponent(next)}`);
      expect(page.body).toContain('name="next" value="/"');
    }
  });

  it('answers 401 with one message for every wrong thing, keeps the name, shows no password', async () => {
    const bodies = [];
    for (const [email, password] of [
      ['user.adm', 'faux-secret'],
      ['fantome', 'faux-secret'],
    ] as const) {
      const refused = await browser(app).send('POST', '/login', { form: { email, password } });
      expect(refused.statusCode).toBe(401);
      expect(refused.headers['set-cookie']).toBeUndefined();
      expect(refused.body).not.toContain('faux-secret');
      expect(refused.body).toContain(`value="${email}"`);
      bodies.push(refused.body.replaceAll(email, ''));
    }
    expect(bodies[0]).toBe(bodies[1]);
    expect((await browser(app).send('POST', '/login', { form: {} })).statusCode).toBe(401);
    const json = await browser(app).json('POST', '/login', { email: 'user.adm', password: 'faux' });
    expect(json.statusCode).toBe(401);
    expect(json.json()).toMatchObject({ error: { code: 'WRONG_CREDENTIALS' } });
  });

  it('answers 429 with Retry-After when locked, to a browser and to a program', async () => {
    for (let n = 0; n < 8; n++) {
      await browser(app).send('POST', '/login', { form: { email: 'user.adm', password: 'faux' } });
    }
    const page = await browser(app).signIn('user.adm');
    expect(page.statusCode).toBe(429);
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(890);
    expect(page.headers['content-type']).toContain('text/html');
    const json = await browser(app).json('POST', '/login', { email: 'user.adm', password: TEST_PASSWORD });
    expect(json.statusCode).toBe(429);
    expect(json.headers['retry-after']).toBeDefined();
  });

  it('survives hostile forms without a fault', async () => {
    for (const word of ['\0', 'a\0b', 'x'.repeat(10_240), `' OR '1'='1`, '😀', '<script>alert(1)</script>']) {
      const refused = await browser(app).send('POST', '/login', { form: { email: word, password: word } });
      expect(refused.statusCode).toBe(401);
      expect(refused.body).not.toContain('<script>alert');
    }
    const twice = await browser(app).send('POST', '/login', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(twice.statusCode).toBeLessThan(500);
    const doubled = await app.inject({
      method: 'POST',
      url: '/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'email=user.adm&email=autre&password=x&next=/a&next=/b',
    });
    expect(doubled.statusCode).toBe(401);
  });

  it('tells a program who signed in, and signs out', async () => {
    const program = browser(app);
    const entered = await program.json('POST', '/login', { username: 'user.adm', password: TEST_PASSWORD });
    expect(entered.json()).toMatchObject({
      user: { username: 'user.adm', role: 'user', doit_changer_mot_de_passe: false },
      next: '/',
    });
    expect((await program.json('GET', '/api/v1/session')).json()).toMatchObject({ username: 'user.adm' });
    expect((await program.json('GET', '/api/v1/profil')).json()).toMatchObject({
      email: 'user.adm@example.cd',
    });
    const kept = program.cookie();
    expect((await program.json('DELETE', '/api/v1/session')).statusCode).toBe(204);
    const replayed = await app.inject({ url: '/api/v1/session', headers: { cookie: kept } });
    expect(replayed.statusCode).toBe(401);
  });

  it('signs out by the button of the page', async () => {
    const person = browser(app);
    await person.signIn('user.adm');
    const kept = person.cookie();
    const left = await person.post('/logout', {}, '/profil');
    expect([left.statusCode, left.headers.location]).toEqual([303, '/login']);
    expect((await app.inject({ url: '/profil', headers: { cookie: kept } })).statusCode).toBe(303);
  });

  it('lets nobody with a one-time password do anything else before changing it', async () => {
    const boss = await base.person('super_admin');
    const { userId } = await base.person('user', 'ADM', 'nouveau');
    const { motDePasse = '' } = await people.utilisateurs.setPassword(boss, userId);
    const person = browser(app);
    expect((await person.signIn('nouveau', motDePasse)).statusCode).toBe(303);
    expect((await person.get('/')).headers.location).toBe('/profil/mot-de-passe');
    expect((await person.get('/profil?x=1')).headers.location).toBe(
      '/profil/mot-de-passe?next=%2Fprofil%3Fx%3D1',
    );
    const blocked = await person.json('GET', '/api/v1/chose');
    expect(blocked.statusCode).toBe(403);
    expect(blocked.json()).toMatchObject({ error: { code: 'PASSWORD_CHANGE_REQUIRED' } });
    expect((await person.json('PATCH', '/api/v1/profil', { langue: 'en' })).statusCode).toBe(403);
    expect((await person.json('GET', '/api/v1/session')).json()).toMatchObject({
      doit_changer_mot_de_passe: true,
    });

    const form = { ancien: motDePasse, nouveau: 'quatre mots sans lien', confirmation: 'autre chose ici' };
    const refused = await person.post('/profil/mot-de-passe', form);
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('Les deux mots de passe ne sont pas les mêmes.');
    expect(refused.body).not.toContain('quatre mots sans lien');
    const done = await person.post('/profil/mot-de-passe', {
      ...form,
      confirmation: form.nouveau,
      next: '/profil?x=1',
    });
    expect([done.statusCode, done.headers.location]).toEqual([303, '/profil?x=1']);
    expect((await person.get('/')).body).toBe('accueil');
    expect((await person.get('/profil')).body).toContain('Votre mot de passe est changé');
  });

  it('shows the profile, changes language and theme, password and sessions', async () => {
    const [here, there] = [browser(app), browser(app)];
    await here.signIn('user.adm');
    await there.signIn('user.adm');
    const page = await here.get('/profil');
    for (const word of [
      'Personne user.adm',
      'user.adm@example.cd',
      'Administration Générale',
      'Fermer les autres',
    ])
      expect(page.body).toContain(word);

    await here.post('/profil/langue', { langue: 'en', theme: 'dark' }, '/profil');
    const english = await here.get('/profil');
    expect(english.body).toContain('My profile');
    expect(english.body).toContain('data-theme="dark"');
    expect((await here.post('/profil/langue', { langue: 'xx' }, '/profil')).statusCode).toBe(400);

    await here.post('/profil/sessions/fermer', {}, '/profil');
    expect((await there.get('/profil')).statusCode).toBe(303);
    expect((await here.get('/profil')).body).toContain('1 other session closed.');

    const changed = await here.post(
      '/profil/mot-de-passe',
      { ancien: TEST_PASSWORD, nouveau: 'four unrelated words', confirmation: 'four unrelated words' },
      '/profil',
    );
    expect([changed.statusCode, changed.headers.location]).toEqual([303, '/profil']);
    expect((await here.get('/profil')).statusCode).toBe(200);
    expect((await browser(app).signIn('user.adm')).statusCode).toBe(401);
  });

  it('refuses the forms of the profile without their token', async () => {
    const person = browser(app);
    await person.signIn('user.adm');
    for (const url of ['/profil/langue', '/profil/mot-de-passe', '/profil/sessions/fermer', '/logout']) {
      const refused = await person.send('POST', url, { form: { langue: 'en' } });
      expect([url, refused.statusCode]).toEqual([url, 403]);
    }
    expect((await person.get('/profil')).body).toContain('Mon profil');
  });

  it('ends the session of an account that is closed', async () => {
    const boss = await base.person('super_admin');
    const { userId } = await base.person('user');
    const person = browser(app);
    await person.signIn('user.adm');
    await people.utilisateurs.setActive(boss, userId, false);
    expect((await person.json('GET', '/api/v1/session')).statusCode).toBe(401);
  });
});

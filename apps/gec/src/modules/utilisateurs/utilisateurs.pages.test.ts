import { describeEachDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { App } from '../../http/app.ts';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { browser, createPeopleApp } from '../../test/people-app.ts';
import { createPeople, preparedDatabase } from '../../test/people.ts';
import { registerAuthPages } from '../auth/auth.pages.tsx';
import { registerUtilisateursApi } from './utilisateurs.api.ts';
import { registerCompteApi } from './utilisateurs.compte.api.ts';
import { registerComptePages } from './utilisateurs.compte.pages.tsx';
import { registerUtilisateursPages } from './utilisateurs.pages.tsx';

describeEachDatabase('the pages of people', (open) => {
  let base: TestBase;
  let people: ReturnType<typeof createPeople>;
  let app: App;
  let boss: ReturnType<typeof browser>;

  beforeEach(async () => {
    base = await createTestBase((await open(preparedDatabase)).url);
    people = createPeople(base);
    app = await createPeopleApp(base, people, (server) => {
      registerAuthPages(server, people);
      registerUtilisateursPages(server, people);
      registerComptePages(server, people);
      registerUtilisateursApi(server, people);
      registerCompteApi(server, people);
    });
    await base.person('super_admin', 'SG');
    boss = browser(app);
    await boss.signIn('super_admin.sg');
  });
  afterEach(async () => {
    await app.close();
    await base.close();
  });

  const ONE_TIME = /<code>(\w{6}-\w{6}-\w{6})<\/code>/;

  it('adds an account, shows its password this once, and lets it in', async () => {
    const form = {
      nomComplet: 'Élodie <b>KABONGO</b>',
      email: 'e.kabongo@example.cd',
      username: 'e.kabongo',
      role: 'user',
      departementId: String(await base.departement('TECH')),
    };
    const refused = await boss.post('/admin/users', { ...form, email: 'faux' }, '/admin/users/nouveau');
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('value="Élodie &lt;b>KABONGO&lt;/b>"');
    expect(refused.body).toContain('Cette adresse e-mail n’est pas valide.');

    const made = await boss.post('/admin/users', form, '/admin/users/nouveau');
    expect(made.statusCode).toBe(200);
    expect(made.headers['cache-control']).toBe('no-store');
    const password = ONE_TIME.exec(made.body)?.[1] ?? '';
    expect(made.headers['set-cookie'] ?? '').not.toContain(password);
    const list = await boss.get('/admin/users?q=kabongo');
    expect(list.body).toContain('e.kabongo');
    expect(list.body).not.toContain(password);
    const person = browser(app);
    expect((await person.signIn('e.kabongo', password)).statusCode).toBe(303);
  });

  it('changes an account, its password and its activity', async () => {
    const { userId } = await base.person('user', 'TECH', 'technicien');
    const path = `/admin/users/${userId}`;
    const edit = `${path}/modifier`;
    const field = (html: string, name: string) =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '';
    const page = (await boss.get(edit)).body;
    const typed = {
      username: 'technicien',
      email: 'technicien@example.cd',
      nomComplet: 'Une Technicienne',
      role: 'admin',
      departementId: String(await base.departement('FIN')),
      langue: 'fr',
      version: field(page, 'version'),
      avant: field(page, 'avant'),
    };
    const refused = await boss.post(edit, { ...typed, email: 'faux', fonction: 'Cheffe' }, edit);
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('value="Cheffe"');
    expect(refused.body).toContain('Cette adresse e-mail n’est pas valide.');
    const done = await boss.post(edit, typed, edit);
    expect([done.statusCode, done.headers.location]).toEqual([303, path]);

    // Over somebody else's newer change: what only they changed is taken over, what both changed is shown.
    const late = await boss.post(edit, { ...typed, nomComplet: 'Autre Nom', fonction: 'Cheffe' }, edit);
    expect(late.statusCode).toBe(409);
    expect(late.body).toMatch(/Une Technicienne[^]*value="Autre Nom"/);
    expect(late.body).toContain('value="Cheffe"');
    expect(late.body).toContain(`name="version" value="2"`);

    const closed = await boss.post(`${path}/activation`, { actif: 'non' }, path);
    expect([closed.statusCode, closed.headers.location]).toEqual([303, path]);
    const user = (await boss.json('GET', path)).json();
    expect(user).toMatchObject({ role: 'admin', departement: 'Département Financier', actif: false });
    expect((await boss.post(`${path}/mot-de-passe`, {}, path)).body).toMatch(ONE_TIME);
    const shown = (await boss.get(path)).body;
    expect(shown).toContain('Activer le compte');
    expect(shown).toContain('Rôle changé');
    // There is no mail server: nothing is changed, and the password stays what it was.
    expect((await boss.post(`${path}/mot-de-passe`, { parCourriel: 'oui' }, path)).statusCode).toBe(409);
  });

  it('shows and ends the sessions of somebody else', async () => {
    const clerk = await base.person('user', 'TECH', 'technicien');
    const person = browser(app);
    await person.signIn('technicien');
    const path = `/admin/users/${clerk.userId}`;
    const handle = /name="session" value="(\w+)"/.exec((await boss.get(path)).body)?.[1] ?? '';
    expect((await boss.post(`${path}/sessions/fermer`, { session: handle }, path)).statusCode).toBe(303);
    expect((await person.json('GET', '/profil')).statusCode).toBe(401);
    expect((await boss.get(path)).body).toContain('Aucune session ouverte.');
  });

  it('sorts the list and gives it out as a file', async () => {
    await base.person('user', 'TECH', 'technicien');
    const list = (await boss.get('/admin/users?sort_by=identifiant&sort_order=desc')).body;
    expect(list.indexOf('technicien')).toBeLessThan(list.lastIndexOf('super_admin.sg'));
    expect(list).toContain('aria-sort="descending"');
    const file = await boss.get('/admin/users?role=user&format=csv');
    expect(file.headers['content-disposition']).toMatch(/^attachment; filename="utilisateurs-/);
    expect(file.body).toMatch(/technicien@example\.cd/);
    expect(file.body).not.toContain('super_admin.sg');
    expect((await boss.get('/admin/users?etat=jamais')).body).toContain('technicien');
  });

  it('says beside a filter that its value does not exist, and to a program with 400', async () => {
    const page = await boss.get('/admin/users?role=roi&departement=99&etat=assis');
    expect(page.statusCode).toBe(200);
    expect(page.body.match(/Cette valeur n’existe pas/g)).toHaveLength(3);
    expect((await boss.json('GET', '/admin/users?role=roi')).statusCode).toBe(400);
    expect((await boss.get('/admin/users?q=%00%F0%9F%98%80')).statusCode).toBe(200);
    expect((await boss.get('/admin/users/0')).statusCode).toBe(400);
    expect((await boss.get('/admin/users/999999999')).statusCode).toBe(404);
  });

  it('keeps an administrator to the own department, and everybody else out', async () => {
    const lawyer = await base.person('user', 'JUR', 'juriste');
    const clerk = await base.person('user', 'TECH', 'technicien');
    await base.person('admin', 'TECH');
    const head = browser(app);
    await head.signIn('admin.tech');
    const list = await head.get('/admin/users');
    expect(list.body).toContain('technicien');
    expect(list.body).not.toContain('juriste');
    expect((await head.get(`/admin/users/${lawyer.userId}`)).statusCode).toBe(404);
    expect((await head.get(`/admin/users/${clerk.userId}`)).body).not.toContain('value="super_admin"');
    const denied = browser(app);
    await denied.signIn('technicien');
    const account = `/admin/users/${clerk.userId}`;
    for (const url of ['/admin/users', '/admin/users/nouveau', account, `${account}/modifier`]) {
      expect((await denied.get(url)).statusCode).toBe(403);
    }
    expect((await denied.json('GET', '/api/v1/utilisateurs')).statusCode).toBe(403);
  });

  it('does the same for a program', async () => {
    const departement_id = await base.departement('JUR');
    const made = await boss.json('POST', '/api/v1/utilisateurs', {
      username: 'juriste',
      email: 'juriste@example.cd',
      nom_complet: 'Une Juriste',
      role: 'user',
      departement_id,
    });
    expect(made.statusCode).toBe(201);
    const { id } = made.json<{ id: number }>();
    const list = await boss.json('GET', `/api/v1/utilisateurs?departement_id=${departement_id}`);
    expect(list.json()).toMatchObject({ total: 1, utilisateurs: [{ id, doit_changer_mot_de_passe: true }] });
    expect((await boss.json('POST', `/api/v1/utilisateurs/${id}/mot-de-passe`)).statusCode).toBe(200);
    expect((await boss.json('POST', `/api/v1/utilisateurs/${id}/deblocage`)).json()).toEqual({ leves: 0 });
    const account = `/api/v1/utilisateurs/${id}`;
    const { version } = (await boss.json('GET', account)).json<{ version: number }>();
    const patched = await boss.json('PATCH', account, { fonction: 'Juriste', version });
    expect(patched.json()).toMatchObject({ fonction: 'Juriste', nom_complet: 'Une Juriste' });
    const late = await boss.json('PATCH', account, { fonction: 'Autre', version });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('VERSION_CONFLICT');
    const history = (await boss.json('GET', `${account}/historique`)).json<{ historique: object[] }>();
    expect(history.historique[0]).toMatchObject({ action: 'utilisateur.modification' });
    expect((await boss.get(`/admin/users/${id}`)).body).toContain('rôle\u00A0: Utilisateur');
    expect((await boss.json('GET', `${account}/sessions`)).json()).toEqual({ sessions: [] });
    expect((await boss.json('DELETE', `${account}/sessions`)).json()).toEqual({ fermees: 0 });
  });
});

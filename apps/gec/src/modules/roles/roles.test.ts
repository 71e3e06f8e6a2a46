import { PERMISSIONS, systemActor, type Actor, type Permission } from '@gec/core';
import { openDatabase } from '@gec/db';
import { describeEachDatabase } from '@gec/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GecTables } from '../../db/schema.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { browser } from '../../test/people-app.ts';
import { mayRead, mayEdit, mayDelete, mayDestroy, mayRestore } from '../courriers/courriers.policy.ts';
import { GROUPES_PERMISSIONS } from './roles.permissions.ts';
import { hasAll, mayEditRole } from './roles.policy.ts';
import { slugDe } from './roles.saisie.ts';
import { createRolesService, type RolesService } from './roles.service.ts';

const SAISIE = { libelle: 'Archiviste', description: null, couleur: null, permissions: ['read_own_mail'] };

const acteur = (permissions: Iterable<Permission>): Actor => ({
  kind: 'user',
  userId: 1,
  username: 'x',
  role: 'x',
  departementId: 7,
  permissions: new Set(permissions),
  lang: 'fr',
  ip: '',
});

describe('permissions', () => {
  it('stand in the table once each', () => {
    const listed = GROUPES_PERMISSIONS.flatMap(({ permissions }): readonly Permission[] => permissions);
    expect([...listed].sort()).toEqual([...PERMISSIONS].sort());
  });

  it('never let anybody do more for having fewer of them, nor touch a letter that one does not see', () => {
    const sets = fc.subarray([...PERMISSIONS]);
    const letter = fc.record({
      utilisateurId: fc.constantFrom(1, 2),
      departementId: fc.constantFrom(null, 7, 8),
      transmis: fc.boolean(),
      isDeleted: fc.boolean(),
    });
    fc.assert(
      fc.property(sets, sets, letter, (some, more, courrier) => {
        const [less, all] = [acteur(some), acteur([...some, ...more])];
        for (const may of [mayRead, mayEdit, mayDelete, mayRestore, mayDestroy]) {
          if (may(less, courrier)) expect(may(all, courrier)).toBe(true);
          if (may(all, courrier)) expect(mayRead(all, courrier)).toBe(true);
        }
      }),
    );
  });

  it('are given and taken by nobody who has them not', () => {
    const sets = fc.subarray([...PERMISSIONS]);
    fc.assert(
      fc.property(sets, sets, (mine, theirs) => {
        const actor = acteur(mine);
        const within = theirs.every((permission) => mine.includes(permission));
        expect(hasAll(actor, theirs)).toBe(within);
        const role = { modifiable: true, permissions: new Set(theirs) };
        expect(mayEditRole(actor, role)).toBe(within && mine.includes('manage_roles'));
        expect(mayEditRole(actor, { ...role, modifiable: false })).toBe(false);
      }),
    );
  });
});

it('a name for programs is made out of a name for people', () => {
  expect(slugDe('Chef de bureau')).toBe('chef_de_bureau');
  expect(slugDe('  2e Secrétaire — Général(e) ')).toBe('e_secretaire_general_e');
  expect(slugDe('…')).toBe('');
});

describeEachDatabase('roles', (open) => {
  let site: TestApp;
  let url: string;
  let roles: RolesService;
  let boss: Actor;

  beforeEach(async () => {
    ({ url } = await open(migrated));
    site = await createTestApp(url);
    ({ roles } = site.container);
    boss = await site.person('super_admin', 'SG');
  });
  afterEach(() => site.close());

  const fields = (error: { fields: readonly { field: string }[] }) => error.fields.map(({ field }) => field);
  const refused = (work: Promise<unknown>): Promise<string[]> => work.then(() => [], fields);

  it('are made with a name that is taken once, and work like those of the start', async () => {
    expect(await roles.add(boss, SAISIE)).toBe('archiviste');
    expect(await refused(roles.add(boss, SAISIE))).toEqual(['libelle', 'nom']);
    expect(await refused(roles.add(boss, { ...SAISIE, libelle: 'ÀRCHIVISTE', nom: 'autre' }))).toEqual([
      'libelle',
    ]);
    expect(await refused(roles.add(boss, { ...SAISIE, libelle: 'X!', nom: '1x' }))).toEqual(['nom']);
    expect(await refused(roles.add(boss, { ...SAISIE, libelle: 'Autre', couleur: 'rouge' }))).toEqual([
      'couleur',
    ]);
    expect(await refused(roles.add(boss, { ...SAISIE, libelle: 'Autre', permissions: ['rm'] }))).toEqual([
      'permissions',
    ]);
    const clerk = await site.person('user', 'FIN', 'agent');
    await site.container.utilisateurs.setRole(boss, clerk.userId, 'archiviste');
    const after = await site.container.utilisateurs.personne(clerk.userId, '');
    expect([after?.roleLibelle, [...(after?.permissions ?? [])]]).toEqual(['Archiviste', ['read_own_mail']]);
  });

  it('change at once for those who are signed in, and within a second in other processes', async () => {
    await roles.add(boss, { ...SAISIE, permissions: ['view_logs', 'read_own_mail'] });
    const person = await site.person('archiviste', 'FIN', 'agent');
    const headers = await site.signIn(person);
    const logs = async () => (await site.app.inject({ url: '/admin/logs', headers })).statusCode;
    expect(await logs()).toBe(200);
    const database =
      site.container.database.engine === 'postgres' ? openDatabase<GecTables>(url) : site.container.database;
    const other = createRolesService({ ...site.container, database });
    expect((await other.permissionsOf('archiviste')).has('view_logs')).toBe(true);
    const { version } = (await roles.find('archiviste'))!;
    expect(await roles.edit(boss, 'archiviste', SAISIE, version)).toEqual(['permissions']);
    expect(await logs()).toBe(403);
    await expect
      .poll(async () => (await other.permissionsOf('archiviste')).has('view_logs'), { timeout: 5_000 })
      .toBe(false);
    await roles.setActive(boss, 'archiviste', false, null);
    expect((await site.app.inject({ url: '/view_mail', headers })).statusCode).toBe(200);
    expect((await site.container.utilisateurs.personne(person.userId, ''))?.permissions.size).toBe(0);
    if (database !== site.container.database) await database.close();
  });

  it('are changed over nobody’s newer change', async () => {
    await roles.add(boss, SAISIE);
    const { version } = (await roles.find('archiviste'))!;
    await roles.edit(boss, 'archiviste', { ...SAISIE, libelle: 'Archives' }, version);
    const late = roles.edit(boss, 'archiviste', { ...SAISIE, couleur: '#dc2626' }, version);
    await expect(late).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await roles.edit(boss, 'archiviste', { ...SAISIE, libelle: 'Archives' }, version + 1)).toEqual([]);
    expect((await roles.find('archiviste'))?.version).toBe(version + 1);
    const both = await Promise.allSettled([
      roles.edit(boss, 'archiviste', { ...SAISIE, libelle: 'A' + 'a' }, version + 1),
      roles.edit(boss, 'archiviste', { ...SAISIE, libelle: 'B' + 'b' }, version + 1),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are within the rights of whoever makes and changes them, also the own one', async () => {
    await roles.add(boss, {
      ...SAISIE,
      nom: 'chef_rh',
      libelle: 'RH',
      permissions: ['manage_roles', 'read_own_mail'],
    });
    const manager = await site.person('chef_rh', 'ADM');
    const above = { ...SAISIE, permissions: ['read_own_mail', 'read_all_mail'] };
    expect(await refused(roles.add(manager, above))).toEqual(['permissions']);
    expect(await roles.add(manager, SAISIE)).toBe('archiviste');
    const { version } = (await roles.find('chef_rh'))!;
    const himself = roles.edit(
      manager,
      'chef_rh',
      { ...SAISIE, libelle: 'RH', permissions: [...PERMISSIONS] },
      version,
    );
    expect(await refused(himself)).toEqual(['permissions']);
    expect(await refused(roles.adjust(manager, 'chef_rh', { grant: ['read_all_mail'] }))).toEqual([
      'permissions',
    ]);
    for (const nom of ['admin', 'super_admin', 'user']) {
      await expect(roles.edit(manager, nom, SAISIE, 1)).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(roles.setActive(manager, nom, false, null)).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(roles.remove(manager, nom, null)).rejects.toMatchObject({ kind: 'forbidden' });
    }
    await expect(roles.setActive(manager, 'chef_rh', false, version)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    // The one that is fixed is so for everybody.
    for (const actor of [boss, systemActor('cli')]) {
      await expect(roles.adjust(actor, 'super_admin', { revoke: ['view_logs'] })).rejects.toMatchObject({
        kind: 'forbidden',
      });
      await expect(roles.setActive(actor, 'super_admin', false, null)).rejects.toMatchObject({
        kind: 'forbidden',
      });
    }
    const clerk = await site.person('user', 'ADM');
    for (const work of [
      roles.add(clerk, SAISIE),
      roles.geres(clerk),
      roles.remove(clerk, 'archiviste', null),
    ]) {
      await expect(work).rejects.toMatchObject({ kind: 'forbidden' });
    }
  });

  it('are deleted when nobody has them, and never those of the start', async () => {
    await roles.add(boss, SAISIE);
    await site.person('archiviste', 'FIN', 'agent');
    await expect(roles.remove(boss, 'archiviste', null)).rejects.toMatchObject({ code: 'IN_USE' });
    expect((await roles.gere(boss, 'archiviste')).titulaires).toMatchObject([
      { nomComplet: 'Personne agent', actif: true },
    ]);
    await expect(roles.remove(boss, 'admin', null)).rejects.toMatchObject({ kind: 'forbidden' });
    await roles.add(boss, { ...SAISIE, libelle: 'Passager' });
    await roles.remove(boss, 'passager', 1);
    expect(await roles.find('passager')).toBeNull();
    const actions = ['role.ajout', 'role.suppression'] as const;
    for (const action of actions) {
      const { lignes } = await site.container.journal.list(boss, { action }, { size: 5 });
      expect(lignes[0]?.details).toMatchObject({ role: 'passager' });
    }
  });

  it('are made, copied, changed and deleted on pages that lose nothing', async () => {
    const window = browser(site.app);
    await window.signIn('super_admin.sg');
    const two = { permissions: ['read_own_mail', 'register_mail'] };
    const bad = await window.post(
      '/admin/roles',
      { libelle: 'A', description: 'Range tout', ...two },
      '/admin/roles/nouveau',
    );
    expect(bad.statusCode).toBe(400);
    expect(bad.body).toContain('value="Range tout"');
    expect(bad.body).toMatch(/value="register_mail" checked/);
    const made = await window.post('/admin/roles', { libelle: 'Archiviste', ...two }, '/admin/roles/nouveau');
    expect([made.statusCode, made.headers.location]).toEqual([303, '/admin/roles/archiviste']);
    const copy = await window.get('/admin/roles/nouveau?copie=archiviste');
    expect(copy.body).toContain('value="Copie de Archiviste"');
    expect(copy.body).toMatch(/value="register_mail" checked/);

    const form = await window.get('/admin/roles/archiviste');
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(form.body)?.[1] ?? '';
    await roles.edit(
      boss,
      'archiviste',
      { ...SAISIE, libelle: 'Archives', permissions: ['read_own_mail', 'forward_mail'] },
      1,
    );
    const late = await window.post('/admin/roles/archiviste', {
      libelle: 'Archiviste en chef',
      version: field('version'),
      avant: field('avant').replaceAll('&quot;', '"'),
      permissions: 'read_own_mail',
    });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('Archiviste en chef');
    expect(late.body).toContain('Archives');
    expect(late.body).toContain('+ Transmettre');

    const gone = await window.post(
      '/admin/roles/archiviste/suppression',
      { version: '2' },
      '/admin/roles/archiviste',
    );
    expect([gone.statusCode, gone.headers.location]).toEqual([303, '/admin/roles']);
    expect((await window.get('/admin/roles/archiviste')).statusCode).toBe(404);
    const fixed = await window.get('/admin/roles/super_admin');
    expect([fixed.statusCode, fixed.body.includes('<form action="/admin/roles/super_admin"')]).toEqual([
      200,
      false,
    ]);
    const xlsx = await window.get('/admin/roles?format=xlsx');
    expect(xlsx.headers['content-disposition']).toContain('.xlsx');
  });

  it('and departments are closed to whoever may not manage them, pages and JSON', async () => {
    const { id } = (await site.container.departements.byCode('TECH'))!;
    for (const role of ['user', 'admin']) {
      const headers = await site.signIn(await site.person(role, 'FIN'));
      for (const base of ['/admin/roles', '/admin/departements']) {
        const one = base.endsWith('roles') ? 'user' : id;
        for (const url of [base, `${base}/nouveau`, `${base}/${one}`, `${base}?format=csv`]) {
          for (const accept of ['text/html', 'application/json']) {
            const { statusCode } = await site.app.inject({ url, headers: { ...headers, accept } });
            expect([role, url, statusCode]).toEqual([role, url, 403]);
          }
        }
        for (const url of [
          base,
          `${base}/${one}`,
          `${base}/${one}/activation`,
          `${base}/${one}/suppression`,
        ]) {
          const { statusCode } = await site.app.inject({ method: 'POST', url, headers, payload: {} });
          expect([role, url, statusCode]).toEqual([role, url, 403]);
        }
      }
    }
  });

  it('do the same for a program', async () => {
    const window = browser(site.app);
    await window.signIn('super_admin.sg');
    const { permissions } = (await window.json('GET', '/api/v1/permissions')).json<{
      permissions: { nom: string }[];
    }>();
    expect(permissions).toHaveLength(23);
    const made = await window.json('POST', '/api/v1/roles', {
      libelle: 'Lecteur',
      permissions: ['read_own_mail'],
    });
    expect([made.statusCode, made.json()]).toMatchObject([201, { nom: 'lecteur', version: 1, personnes: 0 }]);
    const put = (version: number) =>
      window.send('PUT', '/api/v1/roles/lecteur', {
        json: { libelle: 'Lectrice', permissions: [], version },
        headers: { accept: 'application/json' },
      });
    expect((await put(1)).json()).toMatchObject({ libelle: 'Lectrice', permissions: [], version: 2 });
    expect((await put(1)).statusCode).toBe(409);
    expect((await window.json('DELETE', '/api/v1/roles/lecteur?version=2')).statusCode).toBe(204);

    const dep = await window.json('POST', '/api/v1/departements', { code: 'geo', nom: 'Géologie' });
    expect([dep.statusCode, dep.json()]).toMatchObject([201, { code: 'GEO', version: 1, profondeur: 0 }]);
    const { id } = dep.json<{ id: number }>();
    expect((await window.json('DELETE', `/api/v1/departements/${id}?version=9`)).statusCode).toBe(409);
    expect((await window.json('DELETE', `/api/v1/departements/${id}?version=1`)).statusCode).toBe(204);
    const { departements } = (await window.json('GET', '/api/v1/departements')).json<{
      departements: object[];
    }>();
    expect(departements).toHaveLength(5);
  });
});

import { systemActor, type Actor } from '@gec/core';
import { openDatabase } from '@gec/db';
import { describeEachDatabase, samplePng } from '@gec/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GecTables } from '../../db/schema.ts';
import { browser } from '../../test/people-app.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from '../courriers/courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import { SANS_FILTRE } from '../recherche/recherche.schema.ts';
import { enArbre, seContient, sousArbre } from './departements.arbre.ts';
import type { SaisieDepartement } from './departements.schema.ts';
import { createDepartementsService, type DepartementsService } from './departements.service.ts';
import { motsDepartement } from './departements.texts.ts';

const SAISIE: SaisieDepartement = {
  code: 'DIR',
  nom: 'Direction',
  description: null,
  parentId: null,
  chefId: null,
};

describe('the tree of departments', () => {
  const foret = fc
    .array(fc.option(fc.nat(30), { nil: null }), { maxLength: 30 })
    .map((parents) => parents.map((parentId, id) => ({ id, parentId })));

  it('reads every department once, each right after what it is part of, whatever stands in the table', () => {
    fc.assert(
      fc.property(foret, (departements) => {
        const lus = enArbre(departements);
        expect(lus.map(({ id }) => id).sort((a, b) => a - b)).toEqual(departements.map(({ id }) => id));
        for (const [at, { profondeur }] of lus.entries()) {
          expect(profondeur).toBeLessThanOrEqual((lus[at - 1]?.profondeur ?? -1) + 1);
        }
      }),
    );
  });

  it('knows all that lies below, and that nothing may lie below itself', () => {
    fc.assert(
      fc.property(foret, fc.nat(29), (departements, racine) => {
        fc.pre(racine < departements.length);
        const dessous = new Set(sousArbre(departements, [racine]));
        expect(dessous.has(racine)).toBe(true);
        for (const { id, parentId } of departements) {
          if (parentId !== null && dessous.has(parentId)) expect(dessous.has(id)).toBe(true);
        }
        for (const { id } of departements) {
          expect(seContient(departements, racine, id)).toBe(dessous.has(id));
        }
      }),
    );
  });
});

it('the office’s word is told in its forms', () => {
  const mots = (appellation: string) => Object.values(motsDepartement('fr', appellation)).join(' / ');
  expect(mots('Départements')).toBe('département / Département / départements / Départements');
  expect(mots('Directions')).toContain('direction / Direction');
  expect(mots('Bureaux')).toContain('bureau / Bureau');
  expect(mots('Secrétariats généraux')).toContain('secrétariat général / Secrétariat général');
  expect(mots('Services de l’État')).toContain('service de l’État');
  expect(mots('UT')).toBe('UT / UT / UT / UT');
  expect(motsDepartement('en', 'Départements').Departement).toBe('Department');
  expect(motsDepartement('en', 'Directions').departement).toBe('direction');
});

describeEachDatabase('departments', (open) => {
  let site: TestApp;
  let url: string;
  let departements: DepartementsService;
  let boss: Actor;
  const system = systemActor('test');

  beforeEach(async () => {
    ({ url } = await open(migrated));
    site = await createTestApp(url);
    ({ departements } = site.container);
    boss = await site.person('super_admin', 'SG');
  });
  afterEach(() => site.close());

  const fields = (error: { fields: readonly { field: string }[] }) => error.fields.map(({ field }) => field);
  const find = async (code: string) => (await departements.byCode(code))!;
  const personne = async (userId: number) =>
    (await site.container.utilisateurs.personne(userId, '127.0.0.1'))!;

  async function edit(actor: Actor, code: string, change: Partial<SaisieDepartement>) {
    const { id, version, ...rest } = await find(code);
    return departements.edit(actor, id, { ...rest, ...change }, version);
  }

  it('are added with a code that is folded and taken once, and changed with what both see', async () => {
    const { id } = await departements.add(boss, {
      ...SAISIE,
      code: ' géo ',
      nom: ' Direction  de Géologie ',
    });
    expect(await departements.byId(id)).toMatchObject({
      code: 'GEO',
      nom: 'Direction de Géologie',
      actif: true,
    });
    const refused = (input: Partial<SaisieDepartement>) =>
      departements.add(boss, { ...SAISIE, ...input }).then(() => [], fields);
    expect(await refused({ code: 'Géo' })).toEqual(['code']);
    expect(await refused({ code: 'A B', nom: 'x' })).toEqual(['code', 'nom']);
    expect(await refused({ nom: 'direction de geologie' })).toEqual(['nom']);
    expect(await refused({ parentId: 999_999, chefId: 999_999 })).toEqual(['parentId', 'chefId']);
    const before = await find('GEO');
    expect(await edit(boss, 'GEO', { nom: 'Géologie' })).toEqual(['nom']);
    const stale = departements.edit(boss, id, { ...before, nom: 'Autre' }, before.version);
    await expect(stale).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect((await find('GEO')).nom).toBe('Géologie');
    const { lignes } = await site.container.journal.list(
      boss,
      { action: 'departement.modification' },
      { size: 5 },
    );
    expect(lignes).toHaveLength(1);
    expect(lignes[0]?.details).toMatchObject({ departement: id, champs: 'nom' });
  });

  it('never lie in a circle, even when two people move them at once', async () => {
    const tech = await find('TECH');
    await edit(boss, 'JUR', { parentId: tech.id });
    const jur = await find('JUR');
    expect(await edit(boss, 'TECH', { parentId: jur.id }).then(() => [], fields)).toEqual(['parentId']);
    expect(await edit(boss, 'TECH', { parentId: tech.id }).then(() => [], fields)).toEqual(['parentId']);
    await edit(boss, 'JUR', { parentId: null });

    // Another process, with a pool of its own on PostgreSQL.
    const database =
      site.container.database.engine === 'postgres' ? openDatabase<GecTables>(url) : site.container.database;
    const other = createDepartementsService({ ...site.container, database });
    const [a, b] = [await find('TECH'), await find('JUR')];
    const both = await Promise.allSettled([
      departements.edit(boss, a.id, { ...a, parentId: b.id }, a.version),
      other.edit(boss, b.id, { ...b, parentId: a.id }, b.version),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    if (database !== site.container.database) await database.close();
  });

  it('are closed with people and letters in them, and deleted only when nothing was ever in them', async () => {
    const clerk = await site.person('user', 'FIN', 'comptable');
    const { id, version } = await find('FIN');
    const used = departements.remove(boss, id, version);
    await expect(used).rejects.toMatchObject({
      code: 'IN_USE',
      message: expect.stringContaining('1 personne'),
    });
    await departements.setActive(boss, id, false, version);
    const moved = site.container.utilisateurs.setDepartement(
      boss,
      (await site.person('user', 'JUR')).userId,
      id,
    );
    await expect(moved).rejects.toMatchObject({ fields: [{ field: 'departementId' }] });
    expect((await personne(clerk.userId)).departementId).toBe(id);
    const made = await departements.add(boss, { ...SAISIE, parentId: null });
    const below = await departements.add(boss, {
      ...SAISIE,
      code: 'SOUS',
      nom: 'Sous',
      parentId: made.id,
    });
    await expect(departements.remove(boss, made.id, 1)).rejects.toMatchObject({ code: 'IN_USE' });
    await departements.remove(boss, below.id, 1);
    await departements.remove(boss, made.id, 1);
    expect(await departements.byId(made.id)).toBeNull();
  });

  it('lets a head read what lies below, at any depth and with any role, and nobody else', async () => {
    const png = await samplePng({ width: 60, height: 80 });
    const courriers = createTestCourriers(site, png);
    const [tech, jur] = [await find('TECH'), await find('JUR')];
    await edit(boss, 'JUR', { parentId: tech.id });
    await edit(boss, 'FIN', { parentId: jur.id });
    const lettres: Record<string, number> = {};
    for (const code of ['TECH', 'JUR', 'FIN', 'ADM']) {
      lettres[code] = (await courriers.enregistrer(await site.person('user', code, `agent.${code}`))).id;
    }
    const voit = async (userId: number) => {
      const actor = await personne(userId);
      const { lignes, total } = await site.container.recherche.list(actor, SANS_FILTRE);
      expect(lignes).toHaveLength(total);
      for (const [, id] of Object.entries(lettres)) {
        const one = site.container.courriers.get(actor, id).then(
          () => true,
          () => false,
        );
        expect(await one).toBe(lignes.some((ligne) => ligne.id === id));
      }
      return Object.keys(lettres).filter((code) => lignes.some(({ id }) => id === lettres[code]));
    };
    const chef = await site.person('user', 'SG', 'chef');
    const admin = await site.person('admin', 'TECH', 'adjoint');
    expect(await voit(chef.userId)).toEqual([]);
    await edit(boss, 'JUR', { chefId: chef.userId });
    expect(await voit(chef.userId)).toEqual(['JUR', 'FIN']);
    // The letters of the department, not of those below: that is for its head (DESIGN.md § 3).
    expect(await voit(admin.userId)).toEqual(['TECH']);
    await expect(
      site.container.courriers.update(await personne(chef.userId), lettres['JUR']!, { objet: 'x' }, 1),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    await edit(boss, 'TECH', { chefId: chef.userId });
    expect(await voit(chef.userId)).toEqual(['TECH', 'JUR', 'FIN']);
    await edit(boss, 'FIN', { parentId: null });
    expect(await voit(chef.userId)).toEqual(['TECH', 'JUR']);
    await edit(boss, 'TECH', { chefId: null });
    await edit(boss, 'JUR', { chefId: null });
    expect(await voit(chef.userId)).toEqual([]);
    // A role that is out of use lets nobody do anything, heads neither.
    await edit(boss, 'FIN', { chefId: chef.userId });
    await site.container.roles.setActive(boss, 'user', false, null);
    expect(await voit(chef.userId)).toEqual([]);
  });

  it('keep the letters that were registered there when their author moves', async () => {
    const courriers = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
    const author = await site.person('user', 'TECH', 'mobile');
    const { id } = await courriers.enregistrer(author);
    const fin = await find('FIN');
    await site.container.utilisateurs.setDepartement(boss, author.userId, fin.id);
    const get = async (role: string, code: string) =>
      site.container.courriers.get(await site.person(role, code, `${role}.${code}.lecteur`), id);
    expect((await get('admin', 'TECH')).departementId).toBe((await find('TECH')).id);
    await expect(get('admin', 'FIN')).rejects.toMatchObject({ kind: 'not-found' });
    expect((await site.container.courriers.get(await personne(author.userId), id)).id).toBe(id);
  });

  it('give nobody to read what the one who manages them does not read', async () => {
    await site.container.roles.add(boss, {
      nom: 'organisateur',
      libelle: 'Organisateur',
      description: null,
      couleur: null,
      permissions: ['manage_departments', 'read_own_mail'],
    });
    const organiser = await site.person('organisateur', 'ADM');
    const himself = edit(organiser, 'TECH', { chefId: organiser.userId });
    await expect(himself).rejects.toMatchObject({ fields: [{ field: 'chefId' }] });
    const own = await departements.add(organiser, { ...SAISIE, chefId: organiser.userId });
    const under = edit(organiser, 'TECH', { parentId: own.id });
    await expect(under).rejects.toMatchObject({ fields: [{ field: 'parentId' }] });
    expect(await edit(organiser, 'TECH', { nom: 'Direction technique' })).toEqual(['nom']);
    const clerk = await site.person('user');
    await expect(departements.arbre(clerk)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(departements.add(clerk, SAISIE)).rejects.toMatchObject({ kind: 'forbidden' });
    await departements.add(system, { ...SAISIE, code: 'SYS', nom: 'Système' });
  });

  it('are changed on a page that comes back filled, and that shows what somebody else wrote meanwhile', async () => {
    const window = browser(site.app);
    await window.signIn('super_admin.sg');
    const { id, version } = await find('TECH');
    const page = `/admin/departements/${id}`;
    const form = {
      code: 'TECH',
      nom: 'Direction technique',
      description: '',
      parentId: '',
      chefId: '',
      version: String(version),
    };
    const avant = JSON.stringify({ ...form, nom: 'Département Technique' });
    const refused = await window.post(page, { ...form, code: 'a b', avant }, page);
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('value="Direction technique"');
    expect(refused.body).toContain('De 1 à 12 lettres');
    await edit(boss, 'TECH', { nom: 'Géologie et mines' });
    const late = await window.post(page, { ...form, avant }, page);
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('Géologie et mines');
    expect(late.body).toContain('value="Direction technique"');
    const again = /name="version" value="(\d+)"/.exec(late.body)?.[1] ?? '';
    expect((await window.post(page, { ...form, avant, version: again }, page)).statusCode).toBe(303);
    expect((await find('TECH')).nom).toBe('Direction technique');

    const add = await window.post(
      '/admin/departements',
      { ...form, code: 'TECH' },
      '/admin/departements/nouveau',
    );
    expect(add.statusCode).toBe(400);
    const csv = await window.get('/admin/departements?format=csv&q=juri');
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(csv.body).toContain('JUR;Département Juridique');
    expect(csv.body).not.toContain('FIN');
    const wrong = await window.get('/admin/departements?etat=assis');
    expect([wrong.statusCode, wrong.body.includes('Cette valeur n’existe pas')]).toEqual([200, true]);
  });

  it('bear the office’s own word on every page', async () => {
    await site.container.parametres.update(boss, { appellationDepartement: 'Directions' });
    const window = browser(site.app);
    await window.signIn('super_admin.sg');
    const clerk = await site.person('user', 'TECH', 'agent');
    for (const path of [
      '/admin/departements',
      '/admin/departements/nouveau',
      '/admin/users',
      '/admin/users/nouveau',
      `/admin/users/${clerk.userId}`,
      '/admin/roles',
      '/admin/roles/nouveau',
      '/rapports',
      '/profil',
    ]) {
      const { body, statusCode } = await window.get(path);
      expect([path, statusCode]).toEqual([path, 200]);
      const text = body.replace(/Département (Technique|Juridique|Financier)/g, '').replace(/<[^>]*>/g, ' ');
      expect([path, /.{20}d[ée]partement.{20}/i.exec(text)?.[0]]).toEqual([path, undefined]);
      expect([path, /directions?/i.test(text)]).toEqual([path, true]);
    }
  });
});

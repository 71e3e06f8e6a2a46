import { AppError, type UserActor } from '@gec/core';
import { describeEachDatabase } from '@gec/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tableCsv } from '../../tableur/write-table.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { preparedDatabase } from '../../test/people.ts';

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(AppError);
  return thrown as AppError;
}

describeEachDatabase('lists and photographs of people', (open) => {
  let site: TestApp;
  let boss: UserActor;
  let head: UserActor;

  beforeAll(async () => {
    site = await createTestApp((await open(preparedDatabase)).url);
    boss = await site.person('super_admin', 'SG');
    head = await site.person('admin', 'TECH');
  });
  afterAll(() => site.close());

  const users = () => site.container.utilisateurs;
  const csv = (text: string) => ({ nom: 'agents.csv', source: Buffer.from(text) });
  const many = () => users().list(boss, {}, { page: 1, size: 1 });

  it('says what each line will do, with each error and its line, and adds nothing yet', async () => {
    const before = (await many()).total;
    const list = csv(
      [
        'Nom;Prénom;E-MAIL;Identifiant;Rôle;Direction;N° matricule;Couleur',
        'KABONGO;Élodie;e.kabongo@example.cd;;Utilisateur;Département Technique;12;bleu',
        'ILUNGA;Paul;paul@example.cd;p.ilunga;user;fin;;',
        '',
        ';;pas une adresse;a b;roi;Mars;;',
        'DOUBLE;Paul;PAUL@example.cd;autre;user;;;',
        'ADMIN;Tech;admin.tech@example.cd;;;;;',
        'VOLEUR;Nom;voleur@example.cd;admin.tech;;;;',
      ].join('\r\n'),
    );
    const { id, plan } = await users().preparerImport(boss, list);
    expect(plan).toMatchObject({ ajouts: 2, existants: 1, erreurs: 3, ignorees: ['Couleur'] });
    expect(
      plan.lignes.map(({ ligne, action, erreurs }) => [ligne, action, erreurs.map((e) => e.field)]),
    ).toEqual([
      [2, 'ajouter', []],
      [3, 'ajouter', []],
      [5, 'erreur', ['username', 'email', 'nomComplet', 'role', 'departementId']],
      [6, 'erreur', ['email']],
      [7, 'existe', []],
      [8, 'erreur', ['username']],
    ]);
    expect(plan.lignes[0]?.compte).toMatchObject({
      username: 'e.kabongo',
      nomComplet: 'KABONGO Élodie',
      role: 'user',
      departementId: await site.departement('TECH'),
      matricule: '12',
    });
    expect((await many()).total).toBe(before);

    const stored = await site.container.database.kysely
      .selectFrom('utilisateurs_import')
      .selectAll()
      .execute();
    expect(JSON.stringify(stored)).not.toContain('KABONGO');
    expect((await errorOf(users().confirmerImport(head, id, plan.empreinte))).kind).toBe('not-found');
    const done = await users().confirmerImport(boss, id, plan.empreinte);
    expect(done.map(({ ligne, username }) => [ligne, username])).toEqual([
      [2, 'e.kabongo'],
      [3, 'p.ilunga'],
    ]);
    expect((await many()).total).toBe(before + 2);
    const entered = await site.container.auth.login({
      identifiant: 'paul@example.cd',
      motDePasse: done[1]?.motDePasse ?? '',
      ip: '10.0.0.1',
      userAgent: '',
      lang: 'fr',
    });
    expect(entered).toMatchObject({ doitChangerMotDePasse: true });
    expect((await errorOf(users().confirmerImport(boss, id, plan.empreinte))).kind).toBe('not-found');
  });

  it('confirms what was seen, or says that it has changed', async () => {
    const { id, plan } = await users().preparerImport(boss, csv('Nom;E-mail\nUn DEUX;un@example.cd\n'));
    await users().add(boss, {
      username: 'un',
      email: 'autre.un@example.cd',
      nomComplet: 'Autre UN',
      role: 'user',
      departementId: null,
    });
    expect((await errorOf(users().confirmerImport(boss, id, plan.empreinte))).code).toBe('IMPORT_CHANGED');
    const again = await users().revoirImport(boss, id);
    expect(again.lignes[0]?.compte.username).toBe('un2');
    const [first, second] = await Promise.allSettled([
      users().confirmerImport(boss, id, again.empreinte),
      users().confirmerImport(boss, id, again.empreinte),
    ]);
    expect([first, second].filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('keeps an administrator to the own department and rights', async () => {
    const list = csv(
      'Nom;E-mail;Role;Departement\nA B;a.b@example.cd;super_admin;\nC D;c.d@example.cd;;FIN\nE F;e.f@example.cd;;\n',
    );
    const { plan } = await users().preparerImport(head, list);
    expect(plan.lignes.map(({ erreurs }) => erreurs.map(({ field }) => field))).toEqual([
      ['role'],
      ['departementId'],
      [],
    ]);
    expect(plan.lignes[2]?.compte.departementId).toBe(await site.departement('TECH'));
    const clerk = await site.person('user', 'TECH');
    expect((await errorOf(users().preparerImport(clerk, list))).kind).toBe('forbidden');
  });

  it('refuses what is no list of people, and takes its own template and exports', async () => {
    expect((await errorOf(users().preparerImport(boss, csv('a;b\n1;2\n')))).fields).toMatchObject([
      { field: 'fichier', message: expect.stringContaining('Nom complet') },
    ]);
    const modele = users().modele('fr', 'csv');
    const { plan } = await users().preparerImport(boss, csv(tableCsv(modele)));
    expect(plan).toMatchObject({ ajouts: 1, erreurs: 0, ignorees: [] });
    expect(plan.lignes[0]?.compte.telephone).toBe('+243 81 000 00 00');
    const table = await users().exporter(boss, { role: 'admin' }, { tri: 'identifiant' }, 'csv');
    expect(tableCsv(table)).toMatch(/^\uFEFFNom complet;E-mail;/);
    expect((await users().preparerImport(boss, csv(tableCsv(table)))).plan).toMatchObject({
      ajouts: 0,
      existants: 1,
      erreurs: 0,
    });
  });

  it('adds a long list in one go', async () => {
    const lines = Array.from({ length: 300 }, (_, n) => `Agent ${n};agent.${n}@example.cd;TECH`);
    const { plan, comptes } = await users().importerListe(
      boss,
      csv(['Nom;E-mail;Département', ...lines].join('\n')),
      { essai: false, partiel: false },
    );
    expect([plan.ajouts, comptes.length]).toEqual([300, 300]);
    expect(new Set(comptes.map(({ motDePasse }) => motDePasse)).size).toBe(300);
  });

  it('keeps photographs sealed, shows them, and lets only those concerned change them', async () => {
    const clerk = await site.person('user', 'TECH');
    const other = await site.person('user', 'FIN');
    const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#336699' } })
      .png()
      .toBuffer();
    await users().setPhoto(clerk, clerk.userId, picture);
    const own = await users().photo(clerk.userId);
    expect(await sharp(own?.image).metadata()).toMatchObject({ format: 'jpeg', width: 256, height: 256 });
    await users().setPhoto(head, clerk.userId, picture);
    const { mot } = (await users().photo(clerk.userId)) ?? {};
    expect(mot).not.toBe(own?.mot);
    // The top bar shows it from what the session loads, at the address that lists use too.
    const { cookie } = await site.signIn(clerk);
    const page = await site.app.inject({ url: '/profil', headers: { cookie } });
    expect(/<details class="usermenu".*?<\/summary>/s.exec(page.body)?.[0]).toContain(
      `src="/photos/${clerk.userId}?v=${mot}"`,
    );
    expect((await errorOf(users().setPhoto(other, clerk.userId, picture))).kind).toBe('forbidden');
    expect((await errorOf(users().setPhoto(head, other.userId, picture))).kind).toBe('not-found');
    const wrong = await errorOf(users().setPhoto(clerk, clerk.userId, Buffer.from('<svg/>')));
    expect([wrong.kind, wrong.fields[0]?.field]).toEqual(['unsupported-type', 'photo']);
    const rows = await site.container.database.kysely.selectFrom('user_photo').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(own?.image.toString('base64').slice(0, 60));
    await users().removePhoto(clerk, clerk.userId);
    expect(await users().photo(clerk.userId)).toBeNull();
    const actions = (await users().historique(boss, clerk.userId)).map(({ action }) => action);
    expect(actions.slice(0, 3)).toEqual(['utilisateur.photo', 'utilisateur.photo', 'utilisateur.photo']);
  });
});

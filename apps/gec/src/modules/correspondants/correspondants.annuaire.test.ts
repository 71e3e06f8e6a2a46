import { describeEachDatabase, samplePng, testClock } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserOf } from '../../test/attack.harness.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from '../courriers/courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import { PREMIERE_PAGE, SANS_FILTRE } from '../recherche/recherche.schema.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { SAISIE_VIERGE } from './correspondants.forms.ts';
import type { DemandeDoublons, FiltresCorrespondants } from './correspondants.schema.ts';

const TOUS: FiltresCorrespondants = { q: '', actif: null, tri: 'nom', ordre: 'asc' };
const PAGE = { page: 1, size: 100 };

describeEachDatabase('the directory of correspondants', (open) => {
  const clock = testClock('2026-11-21T10:00:00Z');
  let site: TestApp;
  let made: ReturnType<typeof createTestCourriers>;
  let boss: Personne;
  let keeper: Personne;

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url, { clock });
    made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
    boss = await site.person('super_admin', 'SG', 'patronne');
    const { kysely } = site.container.database;
    await kysely
      .insertInto('role')
      .values({
        nom: 'archives',
        nom_affichage: 'Archives',
        description: null,
        couleur: null,
        actif: true,
        modifiable: true,
      })
      .execute();
    await kysely
      .insertInto('role_permission')
      .values(
        (['manage_statuses', 'read_department_mail', 'register_mail'] as const).map((permission_nom) => ({
          role_nom: 'archives',
          permission_nom,
        })),
      )
      .execute();
    keeper = await site.person('archives', 'TECH', 'archiviste');
    clock.advance(86_400_000);
    await made.enregistrer(keeper, { correspondant: 'Cadastre minier' });
    await made.enregistrer(boss, { correspondant: 'Cadastre minier' });
    await made.enregistrer(boss, { correspondant: 'Ambassade de Belgique' });
  });
  afterAll(() => site.close());

  const list = async (actor: Personne, filters: Partial<FiltresCorrespondants> = {}) =>
    (await site.container.annuaire.list(actor, { ...TOUS, ...filters }, PAGE)).correspondants;
  const named = async (nom: string) => {
    const found = (await list(boss)).find((one) => one.nom === nom);
    if (!found) throw new Error(`${nom} is missing`);
    return found;
  };
  const counts = async (actor: Personne) =>
    Object.fromEntries((await list(actor)).map(({ nom, courriers }) => [nom, courriers]));

  it('shows each reader the correspondants and counts of the letters that they may read', async () => {
    expect(await counts(boss)).toEqual({ 'Ambassade de Belgique': 1, 'Cadastre minier': 2 });
    expect(await counts(keeper)).toEqual({ 'Cadastre minier': 1 });
    const { id } = await named('Ambassade de Belgique');
    await expect(site.container.annuaire.get(keeper, id)).rejects.toMatchObject({ kind: 'not-found' });
    const clerk = await site.person('user', 'TECH');
    await expect(list(clerk)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('lets only those who read every letter change what all share', async () => {
    const { id, version } = await named('Cadastre minier');
    const { annuaire, fusions } = site.container;
    for (const denied of [
      () => annuaire.update(keeper, id, { ...SAISIE_VIERGE, nom: 'CAMI' }, version),
      () => annuaire.add(keeper, { ...SAISIE_VIERGE, nom: 'CAMI' }),
      () => annuaire.setActif(keeper, id, false, version),
      () => annuaire.doublons(keeper, {}, PAGE),
      () => fusions.preview(keeper, id, id),
    ]) {
      await expect(denied()).rejects.toMatchObject({ kind: 'forbidden' });
    }
  });

  it('sorts and searches by name, letters and last use', async () => {
    const names = async (filters: Partial<FiltresCorrespondants>) =>
      (await list(boss, filters)).map(({ nom }) => nom);
    expect(await names({ tri: 'courriers', ordre: 'desc' })).toEqual([
      'Cadastre minier',
      'Ambassade de Belgique',
    ]);
    expect(await names({ tri: 'dernier', ordre: 'desc' })).toEqual([
      'Ambassade de Belgique',
      'Cadastre minier',
    ]);
    expect(await names({ q: 'belg amb' })).toEqual(['Ambassade de Belgique']);
    expect(await names({ q: '%' })).toEqual([]);
  });

  it('renames: letters keep what is written, the old name leads to the new one', async () => {
    const { annuaire, recherche } = site.container;
    const before = await named('Ambassade de Belgique');
    const facts = {
      adresse: '1, avenue du Port\nKinshasa',
      telephone: '+243 81 234 56 78',
      email: 'amb@example.be',
      notes: '',
    };
    await annuaire.update(
      boss,
      before.id,
      { ...facts, nom: 'Ambassade du Royaume de Belgique' },
      before.version,
    );
    await expect(
      annuaire.update(boss, before.id, { ...facts, nom: 'Ambassade' }, before.version),
    ).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await annuaire.get(boss, before.id)).toMatchObject({
      ...facts,
      courriers: 1,
      ecritures: [{ nom: 'Ambassade de Belgique' }],
    });
    const { rows } = await site.container.database.kysely
      .selectFrom('correspondant')
      .selectAll()
      .where('id', '=', before.id)
      .execute()
      .then((found) => ({ rows: JSON.stringify(found) }));
    for (const secret of ['avenue', '81 234', 'amb@', 'Royaume']) expect(rows).not.toContain(secret);
    const { lignes } = await recherche.list(boss, { ...SANS_FILTRE, search: 'ambassade' }, PREMIERE_PAGE);
    expect(lignes.map(({ correspondant }) => correspondant)).toEqual(['Ambassade de Belgique']);
    await made.enregistrer(boss, { correspondant: 'ambassade de belgique' });
    expect((await named('Ambassade du Royaume de Belgique')).courriers).toBe(2);
    await expect(
      annuaire.add(boss, { ...SAISIE_VIERGE, nom: 'AMBASSADE de Belgique' }),
    ).rejects.toMatchObject({
      fields: [expect.objectContaining({ field: 'nom' })],
    });
    await expect(
      annuaire.add(boss, { ...SAISIE_VIERGE, nom: '…', telephone: 'appeler', email: 'x' }),
    ).rejects.toMatchObject({
      fields: ['nom', 'telephone', 'email'].map((field) => expect.objectContaining({ field })),
    });
  });

  it('stops offering a name, also when a letter bears it again', async () => {
    const { annuaire, correspondants } = site.container;
    const id = await annuaire.add(boss, { ...SAISIE_VIERGE, nom: 'Bureau dissous' });
    const offered = async (who: Personne) => (await correspondants.suggest(who, 'dissous')).length;
    // What an administrator enters is offered to everybody.
    expect([await offered(boss), await offered(keeper)]).toEqual([1, 1]);
    await annuaire.setActif(boss, id, false, 1);
    expect(await offered(boss)).toBe(0);
    await made.enregistrer(boss, { correspondant: 'Bureau dissous' });
    expect(await offered(boss)).toBe(0);
    expect(await named('Bureau dissous')).toMatchObject({ courriers: 1, actif: false });
  });

  it('merges: letters go over as written, fields are completed, the old name leads to the kept one', async () => {
    const { annuaire, fusions, correspondants, courriers } = site.container;
    const { id: letter } = await made.enregistrer(keeper, { correspondant: 'Cadastre miniers' });
    const [paire] = (await annuaire.doublons(boss, {}, PAGE)).paires;
    expect(paire).toMatchObject({
      a: { nom: 'Cadastre minier' },
      b: { nom: 'Cadastre miniers' },
      motif: 'faute',
    });
    const garde = await named('Cadastre minier');
    const fondu = await named('Cadastre miniers');
    await annuaire.update(
      boss,
      fondu.id,
      { ...fondu, telephone: '+243 99 111 22 33', notes: 'Guichet 2' },
      fondu.version,
    );
    const seen = { garde: garde.version, fondu: fondu.version };
    const merge = (reecrire: boolean, versions = seen) =>
      fusions.merge(boss, { garde: garde.id, fondu: fondu.id, versions, reecrire });
    await expect(merge(false)).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await fusions.preview(boss, garde.id, fondu.id)).toMatchObject({
      lettres: 1,
      resultat: { nom: 'Cadastre minier', telephone: '+243 99 111 22 33', notes: 'Guichet 2' },
    });
    expect(await merge(false, { ...seen, fondu: fondu.version + 1 })).toMatchObject({ terminee: true });
    expect(await annuaire.get(boss, garde.id)).toMatchObject({
      courriers: 3,
      telephone: '+243 99 111 22 33',
      ecritures: [{ nom: 'Cadastre miniers' }],
    });
    expect((await list(boss)).some(({ id }) => id === fondu.id)).toBe(false);
    expect((await courriers.get(boss, letter)).correspondant).toBe('Cadastre miniers');
    expect(await courriers.history(boss, letter)).toEqual([]);
    expect((await correspondants.suggest(keeper, 'cadastre')).map(({ id }) => id)).toEqual([garde.id]);
    await made.enregistrer(boss, { correspondant: 'cadastre MINIERS' });
    expect((await named('Cadastre minier')).courriers).toBe(4);
    // The job in the outbox finds nothing left to do.
    await site.container.outbox.drain();
    expect(await fusions.fusions(boss, garde.id)).toMatchObject([{ terminee: true, fait: 1, total: 1 }]);
  });

  it('writes the kept name on the letters when asked, in the background when they are many', async () => {
    const { annuaire, fusions, courriers, outbox, recherche, database } = site.container;
    const ids: number[] = [];
    for (let n = 0; n < 3; n++)
      ids.push((await made.enregistrer(keeper, { correspondant: 'Gécamine Lubumbashi' })).id);
    await made.enregistrer(boss, { correspondant: 'Gécamines Lubumbashi' });
    const garde = await named('Gécamines Lubumbashi');
    const fondu = await named('Gécamine Lubumbashi');
    // As many letters as it takes to leave the work to the outbox: copies that no list shows.
    const [row] = await database.kysely
      .selectFrom('courrier')
      .selectAll()
      .where('id', '=', ids[0] ?? 0)
      .execute();
    if (!row) throw new Error('the letter is missing');
    await database.transaction(async (trx) => {
      for (let n = 0; n < 305; n++) {
        const id = await database.dialect.nextId(trx, 'courrier');
        const copy = {
          id,
          ordre: 1_000 + n,
          numero_accuse_reception: `COPIE-${n}`,
          envoi: null,
          // Sealed for its own row: nothing opens it, because the copies keep their name.
          is_deleted: true,
        };
        await trx
          .insertInto('courrier')
          .values({ ...row, ...copy })
          .execute();
      }
    });
    const versions = { garde: garde.version, fondu: fondu.version };
    const input = { garde: garde.id, fondu: fondu.id, versions, reecrire: false };
    expect(await fusions.merge(boss, input)).toMatchObject({ terminee: false });
    expect(await fusions.fusions(boss, garde.id)).toMatchObject([{ terminee: false, fait: 0, total: 308 }]);
    await expect(fusions.merge(boss, input)).rejects.toMatchObject({ kind: 'not-found' });
    await outbox.drain();
    expect(await fusions.fusions(boss, garde.id)).toMatchObject([{ terminee: true, fait: 308, total: 308 }]);
    expect((await annuaire.get(boss, garde.id)).courriers).toBe(4);

    const { id: letter } = await made.enregistrer(keeper, { correspondant: 'Gecaminne Lubumbashi' });
    const other = await named('Gecaminne Lubumbashi');
    const kept = await named('Gécamines Lubumbashi');
    await fusions.merge(boss, {
      garde: kept.id,
      fondu: other.id,
      versions: { garde: kept.version, fondu: other.version },
      reecrire: true,
    });
    expect(await courriers.get(boss, letter)).toMatchObject({
      correspondant: 'Gécamines Lubumbashi',
      version: 2,
    });
    expect(await courriers.history(boss, letter)).toMatchObject([
      {
        champ: 'correspondant',
        ancienne: 'Gecaminne Lubumbashi',
        nouvelle: 'Gécamines Lubumbashi',
        utilisateurId: boss.userId,
      },
    ]);
    const search = async (words: string) =>
      (await recherche.list(boss, { ...SANS_FILTRE, search: words }, PREMIERE_PAGE)).lignes.map(
        ({ id }) => id,
      );
    expect(await search('gecamines')).toContain(letter);
    expect(await search('gecaminne')).toEqual([]);
  });

  it('sets aside pairs that are two', async () => {
    const { annuaire } = site.container;
    const a = await annuaire.add(boss, { ...SAISIE_VIERGE, nom: 'Coopérative Umoja' });
    const b = await annuaire.add(boss, { ...SAISIE_VIERGE, nom: 'Coopérative Umojaa' });
    const pairs = async () =>
      (await annuaire.doublons(boss, {}, PAGE)).paires.map((one) => [one.a.id, one.b.id]);
    expect(await pairs()).toEqual([[a, b]]);
    const c = await annuaire.add(boss, { ...SAISIE_VIERGE, nom: 'Comptoir Almasi' });
    const d = await annuaire.add(boss, { ...SAISIE_VIERGE, nom: 'Almasi comptoir' });
    const found = async (demande: DemandeDoublons) =>
      (await annuaire.doublons(boss, demande)).paires.map((one) => one.motif);
    expect(await found({})).toEqual(['mots', 'faute']);
    expect(await found({ ordre: 'desc' })).toEqual(['faute', 'mots']);
    expect(await found({ tri: 'nom', ordre: 'desc' })).toEqual(['faute', 'mots']);
    expect(await found({ q: 'umo' })).toEqual(['faute']);
    expect(await found({ q: 'absent' })).toEqual([]);
    const admin = await browserOf(site, boss);
    const page = await admin.send({ url: '/admin/correspondants/doublons?q=absent' });
    expect(page.body).toContain('Aucune paire ne porte ces mots.');
    const file = await admin.send({ url: '/admin/correspondants/doublons?format=csv&q=almasi' });
    expect(file.body.split('\r\n').slice(1)).toEqual(['Comptoir Almasi;0;Almasi comptoir;0;Mêmes mots', '']);
    await annuaire.distinguer(boss, d, c);
    await annuaire.distinguer(boss, b, a);
    expect(await pairs()).toEqual([]);
  });

  it('imports a list after a dry run, and exports one that can be imported again', async () => {
    const { importCorrespondants, annuaire } = site.container;
    const csv = [
      'Organisme;Tél;E-mail;Ville',
      'Fédération des Entreprises;+243 81 000 00 00;fec@example.cd;Kinshasa',
      'cadastre minier;;cami@example.cd;',
      'Fédération des entreprises;;;',
      ';+243 81;x;',
      'Coopérative Umoja;;;',
    ].join('\r\n');
    const plan = await importCorrespondants.dryRun(boss, Buffer.from(csv), 'liste.csv');
    expect(plan.lignes.map(({ ligne, effet }) => [ligne, effet])).toEqual([
      [2, 'ajout'],
      [3, 'modification'],
      [4, 'erreur'],
      [5, 'erreur'],
      [6, 'inchange'],
    ]);
    expect(plan.ignorees).toEqual(['Ville']);
    expect((await list(boss)).some(({ nom }) => nom === 'Fédération des Entreprises')).toBe(false);
    await importCorrespondants.run(boss, plan.lignes);
    expect(await named('Fédération des Entreprises')).toMatchObject({
      email: 'fec@example.cd',
      courriers: 0,
    });
    expect(await named('Cadastre minier')).toMatchObject({
      email: 'cami@example.cd',
      telephone: '+243 99 111 22 33',
    });
    await expect(importCorrespondants.dryRun(boss, Buffer.from('a;b\r\n1;2'), 'x.csv')).rejects.toMatchObject(
      {
        fields: [expect.objectContaining({ field: 'fichier' })],
      },
    );
    expect((await annuaire.export(keeper, TOUS)).map(({ nom }) => nom)).not.toContain(
      'Bureau dissous, siège',
    );
    const browser = await browserOf(site, boss);
    const { body } = await browser.send({ url: '/admin/correspondants/export.csv' });
    const again = await importCorrespondants.dryRun(boss, Buffer.from(body), 'export.csv');
    expect(again.comptes).toMatchObject({ ajout: 0, modification: 0, erreur: 0 });
  });

  it('is shown as typed when refused, and to nobody else', async () => {
    const browser = await browserOf(site, boss);
    const admin = await browserOf(site, await site.person('admin', 'TECH'));
    const reader = await browserOf(site, keeper);
    const { id, version } = await named('Cadastre minier');
    const pages = ['', '/doublons', '/nouveau', '/import', `/${id}`].map(
      (end) => `/admin/correspondants${end}`,
    );
    for (const url of pages) {
      expect((await browser.send({ url })).statusCode, url).toBe(200);
      expect((await admin.send({ url })).statusCode, url).toBe(403);
    }
    expect((await reader.send({ url: '/admin/correspondants' })).statusCode).toBe(200);
    const own = (await reader.send({ url: `/admin/correspondants/${id}` })).body;
    expect(own).not.toContain('name="nom"');
    expect((await reader.send({ url: '/admin/correspondants/doublons' })).statusCode).toBe(403);

    const form = {
      nom: 'Cadastre minier',
      adresse: '',
      telephone: 'ici',
      email: '',
      notes: 'Écrit',
      version: String(version),
    };
    const refused = await browser.post(`/admin/correspondants/${id}`, form);
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('value="ici"');
    expect((await browser.post(`/admin/correspondants/${id}`, { ...form, telephone: '' })).statusCode).toBe(
      303,
    );
    const late = await browser.post(`/admin/correspondants/${id}`, {
      ...form,
      telephone: '',
      notes: 'Autre',
    });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('Écrit');
    expect(late.body).toContain('>Autre</textarea>');

    const other = await site.container.annuaire.add(boss, { ...SAISIE_VIERGE, nom: 'Cadastre' });
    const preview = await browser.send({ url: `/admin/correspondants/fusion?garde=${id}&avec=cadastre` });
    expect(preview.body).toContain(`name="fondu" value="${other}"`);
    const json = await browser.send({
      url: '/api/v1/annuaire?q=cadastre',
      headers: { ...browser.headers, accept: 'application/json' },
    });
    expect(json.json()).toMatchObject({
      total: 2,
      correspondants: [{ nom: 'Cadastre' }, { nom: 'Cadastre minier' }],
    });
  });
});

import { describeEachDatabase, samplePng, testClock } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserOf } from '../../test/attack.harness.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from '../courriers/courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import { PREMIERE_PAGE, SANS_FILTRE } from '../recherche/recherche.schema.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { ENTREE_VIERGE, saisieDe } from './referentiels.forms.ts';
import type { Liste } from './referentiels.schema.ts';

describeEachDatabase('letters and the lists of an office', (open) => {
  const clock = testClock('2026-11-21T10:00:00Z');
  let site: TestApp;
  let made: ReturnType<typeof createTestCourriers>;
  let boss: Personne;

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url, { clock });
    made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
    boss = await site.person('super_admin', 'SG', 'patronne');
  });
  afterAll(() => site.close());

  const entree = async (liste: Liste, libelle: string) => {
    const found = (await site.container.referentiels.entrees(boss, liste)).find(
      (one) => one.libelle === libelle,
    );
    if (!found) throw new Error(`${libelle} is missing`);
    return found;
  };

  it('gives a letter an urgency, its deadline, and finds it by it', async () => {
    const { courriers, recherche, referentiels } = site.container;
    const urgent = await entree('urgences', 'Urgent');
    const { id } = await made.enregistrer(boss, { urgenceId: urgent.id });
    await made.enregistrer(boss);
    expect(await courriers.get(boss, id)).toMatchObject({
      urgence: 'Urgent',
      echeance: '2026-11-24T22:59:00.000Z',
    });
    const found = async (urgenceId: number) =>
      (await recherche.list(boss, { ...SANS_FILTRE, urgenceId }, PREMIERE_PAGE)).lignes.map((one) => one.id);
    expect(await found(urgent.id)).toEqual([id]);

    const rapide = await entree('urgences', 'Extrême urgence');
    await courriers.update(boss, id, { urgenceId: rapide.id }, 1);
    expect(await courriers.get(boss, id)).toMatchObject({ echeance: '2026-11-21T14:00:00.000Z' });
    expect(await found(urgent.id)).toEqual([]);
    expect(await found(rapide.id)).toEqual([id]);
    expect(await courriers.history(boss, id)).toMatchObject([
      { champ: 'urgence', ancienne: 'Urgent', nouvelle: 'Extrême urgence' },
    ]);

    // In use: put out of use, still shown on the letter, no longer to be chosen.
    await expect(referentiels.supprimer(boss, 'urgences', rapide.id, rapide.version)).rejects.toMatchObject({
      code: 'UTILISE',
    });
    await referentiels.activer(boss, 'urgences', rapide.id, false, rapide.version);
    expect(await courriers.get(boss, id)).toMatchObject({ urgence: 'Extrême urgence' });
    await courriers.update(boss, id, { urgenceId: rapide.id, objet: 'Autre objet' }, 2);
    await expect(made.enregistrer(boss, { urgenceId: rapide.id })).rejects.toMatchObject({
      fields: [expect.objectContaining({ field: 'urgenceId' })],
    });
    await courriers.update(boss, id, { urgenceId: null }, 3);
    expect(await courriers.get(boss, id)).toMatchObject({ urgence: null, echeance: null });
  });

  it('proposes the deadline of the urgency where the letter is sent on', async () => {
    const urgent = await entree('urgences', 'Urgent');
    const { id } = await made.enregistrer(boss, { urgenceId: urgent.id });
    await site.person('user', 'JUR', 'juriste');
    const browser = await browserOf(site, boss);
    const page = await browser.send({ url: `/mail/${id}/transmettre` });
    expect(page.body).toContain('value="2026-11-24"');
    expect(page.body).toContain('Pour étude et avis');
    const letter = await browser.send({ url: `/mail/${id}` });
    expect(letter.body).toMatch(/Urgent.: avant le 24.nov\..2026/);
    const form = await browser.send({ url: '/courriers/nouveau?flux=ENTRANT' });
    expect(form.body).toContain('name="urgence_id"');
    expect((await browser.send({ url: '/view_mail?urgence_id=999' })).statusCode).toBe(400);
  });

  it('offers and takes only the statuts that may follow', async () => {
    const { courriers, referentiels } = site.container;
    const { id } = await made.enregistrer(boss);
    const recu = await entree('statuts', 'Reçu');
    const enCours = await entree('statuts', 'En cours');
    await referentiels.modifier(
      boss,
      'statuts',
      recu.id,
      { ...saisieDe(recu), suivants: [String(enCours.id)] },
      recu.version,
    );
    await expect(courriers.changeStatut(boss, id, 'ARCHIVE', 1)).rejects.toMatchObject({
      fields: [{ field: 'statut', message: expect.stringContaining('Possible') }],
    });
    const browser = await browserOf(site, boss);
    const page = (await browser.send({ url: `/mail/${id}` })).body;
    const dialog = page.slice(page.indexOf('id="nouveau-statut"'));
    expect(dialog).toContain('value="EN_COURS"');
    expect(dialog).not.toContain('value="ARCHIVE"');
    await courriers.changeStatut(boss, id, 'EN_COURS', 1);
    await courriers.changeStatut(boss, id, 'ARCHIVE', 2);
    const archive = await entree('statuts', 'Archivé');
    expect(archive.utilise).toBe(true);
    await expect(referentiels.supprimer(boss, 'statuts', archive.id, archive.version)).rejects.toMatchObject({
      code: 'UTILISE',
    });
  });

  it('takes a new instruction, and shows an old one by its name', async () => {
    const { referentiels, transmissions } = site.container;
    const juriste = await site.person('user', 'JUR', 'juriste');
    const { id } = await made.enregistrer(boss);
    await referentiels.ajouter(boss, 'instructions', { ...ENTREE_VIERGE, libelle: 'Pour signature' });
    const transmit = () =>
      transmissions.transmit(boss, id, { destinataires: [juriste.userId], instruction: 'pour_signature' });
    await transmit();
    const signature = await entree('instructions', 'Pour signature');
    await referentiels.activer(boss, 'instructions', signature.id, false, signature.version);
    expect(await transmissions.ofCourrier(boss, id)).toMatchObject([
      { instructionLibelle: 'Pour signature' },
    ]);
    await expect(transmit()).rejects.toMatchObject({
      fields: [expect.objectContaining({ field: 'instruction' })],
    });
  });

  it('is refused and shown again as typed, over HTTP, to those who may', async () => {
    const browser = await browserOf(site, boss);
    const admin = await browserOf(site, await site.person('admin', 'TECH'));
    for (const url of [
      '/admin/referentiels',
      '/admin/referentiels/types/nouveau',
      '/admin/referentiels/urgences/1',
    ]) {
      expect((await browser.send({ url })).statusCode, url).toBe(200);
      expect((await admin.send({ url })).statusCode, url).toBe(403);
    }
    const refused = await browser.post('/admin/referentiels/urgences', {
      libelle: 'Bientôt',
      couleur: '#3B82F6',
      delai: 'trois',
      unite: 'jours',
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('value="Bientôt"');
    expect(refused.body).toContain('Écrivez un nombre de jours');

    const type = await entree('types', 'Autre');
    const form = { libelle: 'Divers', version: String(type.version) };
    expect((await browser.post(`/admin/referentiels/types/${type.id}`, form)).statusCode).toBe(303);
    const late = await browser.post(`/admin/referentiels/types/${type.id}`, { ...form, libelle: 'Autres' });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('Divers');
    expect(late.body).toContain('value="Autres"');

    const ids = (await site.container.referentiels.entrees(boss, 'types')).map(({ id }) => id);
    const moved = await browser.post('/admin/referentiels/types/ordre', {
      vu: ids.join(','),
      ordre: '',
      deplacer: `${ids[1]}:haut`,
    });
    expect([moved.statusCode, moved.headers.location]).toEqual([
      303,
      `/admin/referentiels/types?deplace=${ids[1]}%3Ahaut`,
    ]);
    const page = (await browser.send({ url: String(moved.headers.location) })).body;
    expect(page).toMatch(/value="\d+:bas"[^>]*autofocus|autofocus[^>]*value="\d+:bas"/);
    const csv = await browser.send({ url: '/admin/referentiels/types/export.csv' });
    const some = await browser.send({ url: '/admin/referentiels/types/export.csv?q=rapport' });
    expect(some.body.trim().split('\r\n')).toHaveLength(2);
    expect(csv.body.split('\r\n')[1]).toMatch(/^Note télégramme;/);
    expect((await browser.send({ url: '/admin/referentiels/types/export.xlsx' })).statusCode).toBe(200);
  });
});

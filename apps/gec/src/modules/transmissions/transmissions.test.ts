import { addDays, dayOf } from '@gec/core';
import { describeEachDatabase, samplePng, testClock } from '@gec/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from '../courriers/courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';

const AUJOURDHUI = '2026-11-23';

describeEachDatabase('transmissions', (open) => {
  const clock = testClock(`${AUJOURDHUI}T08:00:00Z`);
  let site: TestApp;
  let chef: Personne;
  let juriste: Personne;
  let technicien: Personne;
  let made: ReturnType<typeof createTestCourriers>;
  let courrierId: number;

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url, { clock });
    chef = await site.person('admin', 'SG', 'chef');
    juriste = await site.person('user', 'JUR', 'juriste');
    technicien = await site.person('user', 'TECH', 'technicien');
    made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    const letter = await made.enregistrer(chef, {
      objet: 'Réclamation sur la taxe superficiaire',
      correspondant: 'Coopérative minière Maendeleo',
    });
    courrierId = letter.id;
  });

  const transmit = (more: object = {}, actor = chef) =>
    site.container.transmissions.transmit(actor, courrierId, { destinataires: [juriste.userId], ...more });
  const refused = (field: string) =>
    expect.objectContaining({ kind: 'invalid', fields: [expect.objectContaining({ field })] });

  it('opens the letter to its recipients, who may read but not change it', async () => {
    const { courriers } = site.container;
    await expect(courriers.get(juriste, courrierId)).rejects.toMatchObject({ kind: 'not-found' });
    await transmit({ instruction: 'etude_avis', message: 'Avant jeudi.', echeance: addDays(AUJOURDHUI, 3) });

    const letter = await courriers.get(juriste, courrierId);
    expect(letter.droits).toEqual({
      modifier: false,
      transmettre: true,
      supprimer: false,
      restaurer: false,
      detruire: false,
    });
    await expect(
      courriers.update(juriste, courrierId, { objet: 'Autre' }, letter.version),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(courriers.get(technicien, courrierId)).rejects.toMatchObject({ kind: 'not-found' });
    const proposed = await site.container.correspondants.suggest(juriste, 'maend');
    expect(proposed.map(({ nom }) => nom)).toEqual(['Coopérative minière Maendeleo']);
  });

  it('notes what was asked, when it was read and when it was done, with a note beside the letter', async () => {
    const { transmissions, commentaires, journal } = site.container;
    const [id = 0] = await transmit({ instruction: 'suite', message: ' Merci ', echeance: AUJOURDHUI });
    expect(await transmissions.ofCourrier(chef, courrierId)).toEqual([
      {
        id,
        courrierId,
        deId: chef.userId,
        deNom: chef.nomComplet,
        aId: juriste.userId,
        aNom: juriste.nomComplet,
        instruction: 'suite',
        instructionLibelle: 'Pour suite à donner',
        message: 'Merci',
        echeance: AUJOURDHUI,
        date: clock.now().toISOString(),
        dateLecture: null,
        dateTraitement: null,
        enRetard: false,
      },
    ]);

    expect(await transmissions.markRead(chef, courrierId)).toBe(false);
    clock.advance(1_000);
    const lu = clock.now().toISOString();
    expect(await transmissions.markRead(juriste, courrierId)).toBe(true);
    expect(await transmissions.markRead(juriste, courrierId)).toBe(false);

    await expect(transmissions.markDone(technicien, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(transmissions.markDone(chef, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(transmissions.markDone(juriste, id, 'x'.repeat(2_001))).rejects.toEqual(refused('note'));
    clock.advance(1_000);
    const done = await transmissions.markDone(juriste, id, 'Réponse préparée.');
    expect(done).toMatchObject({ dateLecture: lu, dateTraitement: clock.now().toISOString() });
    await expect(transmissions.markDone(juriste, id)).rejects.toMatchObject({ code: 'DEJA_TRAITE' });

    expect(await commentaires.ofCourrier(chef, courrierId)).toMatchObject([
      { type: 'comment', texte: 'Réponse préparée.', utilisateurNom: juriste.nomComplet },
    ]);
    const lines = await journal.ofCourrier(courrierId);
    expect(lines.map(({ action }) => action)).toEqual([
      'courrier.enregistrement',
      'courrier.transmission',
      'courrier.commentaire',
      'courrier.traitement',
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/Merci|préparée/);
  });

  it('keeps messages and notes sealed', async () => {
    await transmit({ message: 'Une phrase que nul ne lit.' });
    const rows = await site.container.database.kysely.selectFrom('courrier_forward').selectAll().execute();
    expect(rows.some(({ message }) => message !== null)).toBe(true);
    expect(JSON.stringify(rows)).not.toContain('phrase');
  });

  it.each([
    ['nobody', { destinataires: [] }, 'destinataires'],
    ['too many', { destinataires: Array.from({ length: 51 }, (_, i) => i + 1_000) }, 'destinataires'],
    ['somebody who does not exist', { destinataires: [999_999] }, 'destinataires'],
    ['an id that is none', { destinataires: [Number.NaN] }, 'destinataires'],
    ['an unknown instruction', { instruction: 'pour_rire' }, 'instruction'],
    ['a long message', { message: 'x'.repeat(2_001) }, 'message'],
    ['a day that does not exist', { echeance: '2027-02-30' }, 'echeance'],
    ['a day in the past', { echeance: addDays(AUJOURDHUI, -1) }, 'echeance'],
    ['a day too far away', { echeance: '2126-01-01' }, 'echeance'],
  ])('refuses %s', async (_name, more, field) => {
    await expect(transmit(more)).rejects.toEqual(refused(field));
    expect(await site.container.transmissions.ofCourrier(chef, courrierId)).toEqual([]);
  });

  it('refuses oneself and those who are not active', async () => {
    await expect(transmit({ destinataires: [chef.userId] })).rejects.toEqual(refused('destinataires'));
    const parti = await site.person('user', 'FIN', `parti-${courrierId}`);
    const { kysely } = site.container.database;
    await kysely.updateTable('user').set({ actif: false }).where('id', '=', parti.userId).execute();
    clock.advance(5_000);
    await expect(transmit({ destinataires: [juriste.userId, parti.userId] })).rejects.toEqual(
      refused('destinataires'),
    );
  });

  it('refuses those who may not forward, and hides the letter from those who may not see it', async () => {
    const sans = { ...juriste, permissions: new Set(['read_own_mail'] as const) };
    await expect(transmit({}, technicien)).rejects.toMatchObject({ kind: 'not-found' });
    await transmit();
    await expect(transmit({ destinataires: [technicien.userId] }, sans)).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  it('refuses the same open transmission twice, and lets it go again once it is done', async () => {
    const [id = 0] = await transmit();
    await expect(transmit({ destinataires: [technicien.userId, juriste.userId] })).rejects.toEqual(
      refused('destinataires'),
    );
    expect(await site.container.transmissions.ofCourrier(chef, courrierId)).toHaveLength(1);
    await site.container.transmissions.markDone(juriste, id);
    await transmit();
    expect(await site.container.transmissions.ofCourrier(chef, courrierId)).toHaveLength(2);
  });

  it('sends once when it is asked ten times at the same moment', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => transmit()));
    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed).toHaveLength(9);
    for (const { reason } of failed) expect(['invalid', 'conflict']).toContain(reason.kind);
    expect(await site.container.transmissions.ofCourrier(chef, courrierId)).toHaveLength(1);
  });

  it('lists what waits by échéance, what is done and what was sent, and counts it', async () => {
    const { transmissions, courriers } = site.container;
    const lecteur = await site.person('user', 'ADM', `lecteur-${courrierId}`);
    // The list of people may be three seconds old.
    clock.advance(5_000);
    const ids: number[] = [];
    for (const echeance of [null, addDays(AUJOURDHUI, 9), addDays(AUJOURDHUI, 1)]) {
      const letter = await made.enregistrer(chef, { correspondant: 'Gécamines' });
      await transmissions.transmit(chef, letter.id, { destinataires: [lecteur.userId], echeance });
      ids.push(letter.id);
    }
    const [none = 0, late = 0, soon = 0] = ids;
    const open = await transmissions.inbox(lecteur, { etat: 'a_traiter' });
    expect(open.total).toBe(3);
    expect(open.lignes.map((one) => one.courrierId)).toEqual([soon, late, none]);
    expect(open.lignes[0]?.courrier).toMatchObject({ id: soon, correspondant: 'Gécamines' });
    expect((await transmissions.inbox(lecteur, { etat: 'a_traiter', page: 2, size: 2 })).lignes).toHaveLength(
      1,
    );
    expect(await transmissions.counts(lecteur)).toEqual({ aTraiter: 3, enRetard: 0, nonLus: 3 });

    await transmissions.markRead(lecteur, soon);
    clock.advance(2 * 86_400_000);
    expect(await transmissions.counts(lecteur)).toEqual({ aTraiter: 3, enRetard: 1, nonLus: 2 });
    expect((await transmissions.inbox(lecteur, { etat: 'a_traiter' })).lignes[0]?.enRetard).toBe(true);

    const first = open.lignes.find((one) => one.courrierId === none);
    await transmissions.markDone(lecteur, first?.id ?? 0);
    expect(
      (await transmissions.inbox(lecteur, { etat: 'traite' })).lignes.map((one) => one.courrierId),
    ).toEqual([none]);
    expect((await transmissions.inbox(lecteur, { etat: 'envoye' })).total).toBe(0);
    const sent = await transmissions.inbox(chef, { etat: 'envoye' });
    expect(sent.lignes.map((one) => one.courrierId).slice(0, 3)).toEqual([soon, late, none]);

    await courriers.remove(chef, soon);
    expect(await transmissions.counts(lecteur)).toEqual({ aTraiter: 1, enRetard: 0, nonLus: 1 });
    await expect(transmissions.markDone(lecteur, open.lignes[0]?.id ?? 0)).rejects.toMatchObject({
      kind: 'not-found',
    });
    clock.set(`${AUJOURDHUI}T08:00:00Z`);
    expect(dayOf(clock.now())).toBe(AUJOURDHUI);
  });

  it('shows a sender only letters that they may still read', async () => {
    await transmit();
    const before = (await site.container.transmissions.inbox(chef, { etat: 'envoye' })).total;
    const moved = { ...chef, departementId: null, permissions: new Set(['read_department_mail'] as const) };
    expect(before).toBeGreaterThan(0);
    expect((await site.container.transmissions.inbox(moved, { etat: 'envoye' })).total).toBe(0);
  });

  it('sends nothing of a letter in the corbeille', async () => {
    await site.container.courriers.remove(chef, courrierId);
    await expect(transmit()).rejects.toMatchObject({ code: 'DANS_LA_CORBEILLE' });
  });

  it('serves the same as JSON', async () => {
    const [headers, reader, other] = await Promise.all(
      [chef, juriste, technicien].map((one) => site.signIn(one)),
    );
    const call = (method: 'GET' | 'POST', url: string, as = headers, payload?: object) =>
      site.app.inject({ method, url, headers: as, ...(payload && { payload }) });
    const people = await call('GET', '/api/v1/destinataires');
    expect(people.json().destinataires).toContainEqual({
      id: juriste.userId,
      nom_complet: juriste.nomComplet,
      fonction: null,
      departement: 'Département Juridique',
    });
    const sent = await call('POST', `/api/v1/courriers/${courrierId}/transmissions`, headers, {
      destinataires: [juriste.userId],
      instruction: 'suivi',
    });
    expect(sent.statusCode).toBe(201);
    const [id] = sent.json().ids as number[];
    const list = await call('GET', '/api/v1/transmissions', reader);
    expect(list.json().transmissions).toContainEqual(
      expect.objectContaining({
        id,
        instruction: 'suivi',
        courrier: expect.objectContaining({ id: courrierId }),
      }),
    );
    expect((await call('GET', '/api/v1/transmissions/compte', reader)).json().a_traiter).toBeGreaterThan(0);
    expect((await call('GET', `/api/v1/courriers/${courrierId}/transmissions`, other)).statusCode).toBe(404);
    expect((await call('POST', `/api/v1/transmissions/${id}/traitement`, other, {})).statusCode).toBe(404);
    const done = await call('POST', `/api/v1/transmissions/${id}/traitement`, reader, { note: 'Fait.' });
    expect(done.json()).toMatchObject({ id, date_traitement: expect.any(String) });
    expect((await call('POST', `/api/v1/transmissions/${id}/traitement`, reader, {})).statusCode).toBe(409);
    const bad = await call('POST', `/api/v1/courriers/${courrierId}/transmissions`, headers, {
      destinataires: [],
    });
    expect(bad.statusCode).toBe(400);
    expect(bad.json().error.fields[0].field).toBe('destinataires');
  });
});

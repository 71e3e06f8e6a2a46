import { describeEachDatabase, samplePng, testClock } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTransmissionsService } from '../transmissions/transmissions.service.ts';
import { createCommentairesService } from './commentaires.service.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from '../courriers/courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { cleanNote } from './commentaires.schema.ts';

describeEachDatabase('texts beside letters', (open) => {
  const clock = testClock('2026-11-23T08:00:00Z', 1_000);
  let site: TestApp;
  let chef: Personne;
  let juriste: Personne;
  let courrierId: number;

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url, { clock });
    chef = await site.person('admin', 'SG', 'chef');
    juriste = await site.person('user', 'JUR', 'juriste');
    const made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
    courrierId = (await made.enregistrer(chef)).id;
  });
  afterAll(() => site.close());

  it('are written and read by those who may read the letter, and by nobody else', async () => {
    const { commentaires, transmissions } = site.container;
    const entry = { type: 'annotation', texte: 'Le certificat est expiré.' };
    await commentaires.add(chef, courrierId, entry);
    await expect(commentaires.add(juriste, courrierId, entry)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(commentaires.ofCourrier(juriste, courrierId)).rejects.toMatchObject({ kind: 'not-found' });
    await transmissions.transmit(chef, courrierId, { destinataires: [juriste.userId] });
    await commentaires.add(juriste, courrierId, {
      type: 'instruction',
      texte: ' À redemander.\r\n\r\n\r\n\r\nFin ',
    });
    expect(await commentaires.ofCourrier(juriste, courrierId)).toMatchObject([
      { type: 'instruction', texte: 'À redemander.\n\nFin', utilisateurNom: juriste.nomComplet },
      { type: 'annotation', texte: 'Le certificat est expiré.', utilisateurId: chef.userId },
    ]);
  });

  it('are sealed, and the journal says that one was written but not what', async () => {
    const { database, journal } = site.container;
    const rows = await database.kysely.selectFrom('courrier_comment').selectAll().execute();
    expect(JSON.stringify(rows)).not.toMatch(/certificat|redemander/);
    const lines = (await journal.ofCourrier(courrierId)).filter(
      ({ action }) => action === 'courrier.commentaire',
    );
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toMatch(/certificat|redemander/);
  });

  it.each([
    ['nothing', { type: 'comment', texte: ' \n\t ' }, 'texte'],
    ['too much', { type: 'comment', texte: 'x'.repeat(2_001) }, 'texte'],
    ['an unknown kind', { type: 'graffiti', texte: 'x' }, 'type'],
  ])('refuse %s', async (_name, entry, field) => {
    await expect(site.container.commentaires.add(chef, courrierId, entry)).rejects.toMatchObject({
      kind: 'invalid',
      fields: [{ field }],
    });
  });

  it('are the same as JSON', async () => {
    const headers = await site.signIn(chef);
    const url = `/api/v1/courriers/${courrierId}/commentaires`;
    const payload = { type_comment: 'comment', commentaire: 'Vu.' };
    const made = await site.app.inject({ method: 'POST', url, headers, payload });
    expect(made.statusCode).toBe(201);
    const list = await site.app.inject({ url, headers });
    expect(list.json().commentaires[0]).toMatchObject({
      id: made.json().id,
      type_comment: 'comment',
      commentaire: 'Vu.',
      user: chef.nomComplet,
    });
    const other = await site.signIn(await site.person('user', 'TECH', 'autre'));
    expect((await site.app.inject({ url, headers: other })).statusCode).toBe(404);
  });

  it('are kept once when one hand sends them twice, and again when it says the same another day', async () => {
    const { commentaires } = site.container;
    const entry = { type: 'annotation', texte: 'Relancé par téléphone.' };
    const before = (await commentaires.ofCourrier(chef, courrierId)).length;
    const ids = await Promise.all([1, 2, 3].map(() => commentaires.add(chef, courrierId, entry)));
    expect(new Set(ids).size).toBe(1);
    await commentaires.add(chef, courrierId, { ...entry, type: 'comment' });
    clock.advance(24 * 3_600_000);
    expect(await commentaires.add(chef, courrierId, entry)).not.toBe(ids[0]);
    expect(await commentaires.ofCourrier(chef, courrierId)).toHaveLength(before + 3);
  });

  it('give way to somebody who destroys the letter after it was loaded', async () => {
    const { container } = site;
    const { courriers } = container;
    const root = await site.person('super_admin', null, 'racine');
    const made = createTestCourriers(site, await samplePng({ width: 61, height: 80 }));
    const { id } = await made.enregistrer(chef);
    const loaded = await courriers.load(chef, id);
    await courriers.remove(chef, id);
    await courriers.destroy(root, id, 'Essai');
    const late = { ...container, courriers: { ...courriers, load: () => Promise.resolve(loaded) } };
    await expect(
      createCommentairesService(late).add(chef, id, { type: 'comment', texte: 'Au dernier moment' }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      createTransmissionsService(late).transmit(chef, id, { destinataires: [juriste.userId] }),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('cannot be added to a letter in the corbeille', async () => {
    await site.container.courriers.remove(chef, courrierId);
    await expect(
      site.container.commentaires.add(chef, courrierId, { type: 'comment', texte: 'Trop tard' }),
    ).rejects.toMatchObject({ code: 'DANS_LA_CORBEILLE' });
  });
});

it('takes control characters and marks that turn the reading round out of a note', () => {
  expect(cleanNote('a\u0000b\u202Ec\u2028d\tf\r\ng')).toBe('abcd\tf\ng');
});

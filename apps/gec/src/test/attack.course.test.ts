import { describeEachDatabase, samplePng, type TestDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestCourriers } from '../modules/courriers/courriers.harness.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { browserOf } from './attack.harness.ts';
import { createTestApp, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

const TIMES = 5;

describeEachDatabase('the same thing at the same moment', (open) => {
  let database: TestDatabase;
  let site: TestApp;
  let boss: Personne;
  let other: Personne;
  let id: number;
  let numero: string;
  let made: ReturnType<typeof createTestCourriers>;
  let browser: Awaited<ReturnType<typeof browserOf>>;

  beforeEach(async () => {
    database = await open(migrated);
    site = await createTestApp(database.url);
    boss = await site.person('super_admin', 'ADM', 'patronne');
    other = await site.person('user', 'JUR', 'autre');
    made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
    ({ id, numero } = await made.enregistrer(boss));
    browser = await browserOf(site, boss);
  });
  afterEach(async () => {
    await site?.close();
    await database?.drop();
  });

  /** Sends one form several times at once; no answer may be a fault. */
  async function rush(url: string, fields: (n: number) => Record<string, string>): Promise<number[]> {
    const answers = await Promise.all(Array.from({ length: TIMES }, (_, n) => browser.post(url, fields(n))));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(Math.max(...statuses), `${url}: ${statuses.join(' ')}`).toBeLessThan(500);
    return statuses;
  }
  const done = (statuses: readonly number[]) => statuses.filter((status) => status === 303).length;
  const letter = () => site.container.courriers.get(boss, id);

  it('changes a letter once for each version that somebody saw', async () => {
    const { version, objet, correspondant } = await letter();
    const changed = await rush(`/mail/${id}/modifier`, (n) => ({
      objet: `Objet du ${n}`,
      correspondant,
      secretaire_general_copie: 'oui',
      version: String(version),
    }));
    expect(done(changed)).toBe(1);
    expect((await site.container.courriers.history(boss, id)).map(({ ancienne }) => ancienne)).toEqual([
      objet,
    ]);
    const next = await letter();
    await rush(`/mail/${id}/statut`, () => ({ statut: 'TRAITE', version: String(next.version) }));
    expect((await letter()).version).toBe(next.version + 1);
  }, 60_000);

  it('sends, finishes, deletes, restores and destroys once', async () => {
    const { transmissions, courriers, journal } = site.container;
    await rush(`/mail/${id}/transmettre`, () => ({ destinataires: String(other.userId) }));
    const [sent, ...more] = await transmissions.ofCourrier(boss, id);
    expect(more).toEqual([]);
    const recipient = await browserOf(site, other);
    await Promise.all(
      Array.from({ length: TIMES }, () =>
        recipient.post(`/mail/${id}/traiter`, { transmission: String(sent?.id), note: 'Vu.' }),
      ),
    );
    expect(await site.container.commentaires.ofCourrier(boss, id)).toHaveLength(1);
    await rush(`/mail/${id}/supprimer`, () => ({ motif: '' }));
    expect((await letter()).isDeleted).toBe(true);
    await rush(`/mail/${id}/restaurer`, () => ({}));
    expect((await letter()).isDeleted).toBe(false);
    await rush(`/mail/${id}/annuler`, () => ({ motif: 'Saisi par erreur' }));
    await rush(`/mail/${id}/detruire`, () => ({ motif: 'Demandé', numero }));
    await expect(courriers.get(boss, id)).rejects.toMatchObject({ kind: 'not-found' });
    const counts = new Map<string, number>();
    for (const { action } of await journal.ofCourrier(id)) counts.set(action, (counts.get(action) ?? 0) + 1);
    for (const action of [
      'transmission',
      'traitement',
      'suppression',
      'restauration',
      'annulation',
      'destruction',
    ]) {
      expect(counts.get(`courrier.${action}`), action).toBe(1);
    }
    const [registre] = await site.container.registres.list(boss);
    expect(registre).toMatchObject({ attribues: 0, annules: 0, detruits: 1, manquants: [] });
  }, 60_000);

  it('breaks nothing when a letter is changed, read, sent on and destroyed all at once', async () => {
    const wrong: string[] = [];
    for (let round = 0; round < 6; round++) {
      const { id: target, numero: word } = await made.enregistrer(boss);
      const [piece] = await site.container.pieces.ofCourrier(target);
      const work = [
        () => browser.post(`/mail/${target}/supprimer`, {}),
        () => browser.post(`/mail/${target}/detruire`, { motif: 'Demandé', numero: word }),
        () => browser.post(`/mail/${target}/modifier`, { objet: 'x', correspondant: 'y', version: '1' }),
        () => browser.post(`/mail/${target}/annotations`, { type: 'annotation', texte: 'x' }),
        () => browser.post(`/mail/${target}/transmettre`, { destinataires: String(other.userId) }),
        () => browser.post(`/mail/${target}/restaurer`, {}),
        () => browser.send({ url: `/mail/${target}` }),
        () => browser.send({ url: `/download_file/${target}` }),
        () => browser.send({ url: `/export_pdf/${target}` }),
        () => browser.send({ url: `/mail/${target}/pieces/${piece?.id ?? 0}/pages/1.jpg` }),
        () => browser.post(`/mail/${target}/detruire`, { motif: 'Demandé', numero: word }),
        () => site.container.outbox.drain(),
      ];
      const first = round % work.length;
      const order = [...work.slice(first), ...work.slice(0, first)];
      const answers = await Promise.allSettled(order.map((one) => one()));
      for (const answer of answers) {
        if (answer.status === 'rejected') wrong.push(String(answer.reason));
        else if (typeof answer.value === 'object' && answer.value.statusCode >= 500) {
          wrong.push(
            `${answer.value.raw.req.method ?? ''} ${answer.value.raw.req.url ?? ''}: ${answer.value.statusCode}`,
          );
        }
      }
    }
    expect(wrong).toEqual([]);
    const registres = await site.container.registres.list(boss);
    expect(registres.flatMap(({ manquants }) => [...manquants])).toEqual([]);
  }, 60_000);

  it('registers one letter for one form, and adds one account', async () => {
    const scan = await made.scanRecu(boss);
    const before = (await site.container.registres.list(boss))[0]?.attribues ?? 0;
    await rush('/courriers/nouveau?flux=ENTRANT', () => ({
      envoi: 'mot-de-cet-envoi-0001',
      objet: 'Une seule fois',
      expediteur: 'Coopérative',
      correspondant: 'Coopérative',
      secretaire_general_copie: 'oui',
      pieces: scan,
      // Every scan of these tests is the same one.
      doublons_vus: String(id),
    }));
    expect((await site.container.registres.list(boss))[0]?.attribues).toBe(before + 1);
    const account = {
      username: 'nouvelle',
      email: 'nouvelle@example.cd',
      nomComplet: 'Nouvelle Venue',
      role: 'user',
    };
    const added = await rush('/admin/users', () => account);
    expect(added.filter((status) => status === 200)).toHaveLength(1);
  }, 60_000);
});

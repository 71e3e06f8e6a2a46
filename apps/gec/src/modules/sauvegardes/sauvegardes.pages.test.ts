import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemActor } from '@gec/core';
import { describeEachDatabase, testClock, type TestClock } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { nomArchive } from './sauvegardes.depot.ts';

const actor = systemActor('test');
const PAGE = '/admin/sauvegardes';

describeEachDatabase('the screen of backups', (open) => {
  let test: TestApp;
  let clock: TestClock;
  let chief: Record<string, string>;
  let depot: string;

  beforeAll(async () => {
    clock = testClock('2026-11-21T08:00:00Z');
    test = await createTestApp((await open()).url, { clock });
    depot = join(test.container.config.dataDir, 'sauvegardes');
    chief = { ...(await test.signIn(await test.person('super_admin', null))), accept: 'text/html' };
  });
  afterAll(() => test.close());

  const get = (url = PAGE, headers = chief) => test.app.inject({ url, headers });
  const hidden = (html: string, name: string) =>
    new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? '';
  async function post(url: string, fields: Record<string, string | string[]> = {}) {
    const { body } = await get();
    const form = new URLSearchParams({ _csrf: hidden(body, '_csrf') });
    for (const [name, value] of Object.entries(fields)) {
      for (const one of [value].flat()) form.append(name, one);
    }
    const headers = { ...chief, 'content-type': 'application/x-www-form-urlencoded' };
    return test.app.inject({ method: 'POST', url, headers, body: form.toString() });
  }
  const json = async (url: string) =>
    (await get(url, { ...chief, accept: 'application/json' })).json<Record<string, never>>();
  const list = async () =>
    (await json('/api/v1/sauvegardes'))['sauvegardes'] as unknown as Record<string, unknown>[];

  it('is for those who manage backups', async () => {
    const clerk = await test.signIn(await test.person('user'));
    const headers = { ...clerk, accept: 'application/json' };
    for (const url of [PAGE, '/api/v1/sauvegardes', '/api/v1/sauvegardes/reglage']) {
      expect((await get(url, headers)).statusCode).toBe(403);
    }
  });

  it('makes a key, whose secret half it shows once and keeps nowhere', async () => {
    expect((await get()).body).toContain('aucune sauvegarde ne se fait');
    expect(await post(PAGE)).toMatchObject({ statusCode: 303 });
    expect(await list()).toEqual([]);
    const { version } = await json('/api/v1/sauvegardes/reglage');
    const made = await post(`${PAGE}/cle`, { version: String(version) });
    const [secret = ''] = /GEC-SAUVEGARDE-SECRETE-[\w-]+/.exec(made.body) ?? [];
    expect(made).toMatchObject({ statusCode: 200, headers: { 'cache-control': 'no-store' } });
    expect(secret).not.toBe('');
    const after = await get();
    expect(after.body).not.toContain(secret);
    expect(after.body).toContain('Clé en vigueur');
    // Somebody who saw the page before does not replace it unknowingly.
    expect(await post(`${PAGE}/cle`, { version: String(version) })).toMatchObject({ statusCode: 303 });
  });

  it('makes one in the background, verifies, gives and deletes it', async () => {
    expect(await post(PAGE)).toMatchObject({ statusCode: 303 });
    await test.container.sauvegardes.fin();
    const [first] = await list();
    expect(first).toMatchObject({ etat: 'REUSSIE', origine: 'MANUELLE', presente: true, intacte: true });
    const nom = String(first?.['nom']);
    expect(await post(`${PAGE}/verifier`, { nom })).toMatchObject({ statusCode: 303 });
    expect((await get()).body).toContain('Relue le');
    const file = await get(`${PAGE}/archive/${nom}`);
    expect(file.rawPayload.equals(readFileSync(join(depot, nom)))).toBe(true);
    expect((await get(`${PAGE}/archive/..%2F..%2Fsecrets.json`)).statusCode).toBe(404);
    // The last good one stays.
    await post(`${PAGE}/supprimer`, { nom });
    expect(await list()).toHaveLength(1);
    clock.advance(1_000);
    await test.container.sauvegardes.creer(actor, { origine: 'MANUELLE' });
    const bytes = readFileSync(join(depot, nom));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(depot, nom), bytes);
    await post(`${PAGE}/verifier`, { nom });
    expect((await list()).find((one) => one['nom'] === nom)).toMatchObject({ intacte: false });
    await post(`${PAGE}/supprimer`, { nom });
    expect(readdirSync(depot)).not.toContain(nom);
  });

  it('keeps what was typed: errors beside fields, and both values where somebody was quicker', async () => {
    const { version } = await json('/api/v1/sauvegardes/reglage');
    const plan = { actif: 'oui', heure: '3', jours: ['', '1', '5'], version: String(version) };
    const refused = await post(`${PAGE}/reglage`, { ...plan, retention: '0' });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('id="retention-error"');
    expect(await post(`${PAGE}/reglage`, { ...plan, retention: '7' })).toMatchObject({ statusCode: 303 });
    expect(await json('/api/v1/sauvegardes/reglage')).toMatchObject({
      heure: 3,
      jours: [1, 5],
      retention: 7,
    });
    const late = await post(`${PAGE}/reglage`, { ...plan, retention: '9' });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('value="9"');
  });

  it('makes the backup of the day once, at its hour, on its days, and takes old ones away', async () => {
    const { sauvegardes } = test.container;
    await sauvegardes.regler(actor, { actif: true, heure: 3, jours: [1], retention: 7 });
    // Kinshasa is an hour ahead of UTC. 23 November 2026 is a Monday.
    clock.set('2026-11-22T12:00:00Z');
    expect(await sauvegardes.planifier()).toBeNull();
    clock.set('2026-11-23T01:30:00Z');
    expect(await sauvegardes.planifier()).toBeNull();
    clock.set('2026-11-23T02:30:00Z');
    const both = await Promise.all([sauvegardes.planifier(), sauvegardes.planifier()]);
    expect(both.filter((nom) => nom !== null)).toHaveLength(1);
    expect(await test.container.sante.consulter(actor)).toMatchObject({
      controles: expect.arrayContaining([
        expect.objectContaining({ id: 'sauvegarde', etat: 'ok' }),
      ]) as unknown,
    });
    const safety = nomArchive('2020-01-01T00:00:00.000Z', true);
    writeFileSync(join(depot, safety), 'x');
    writeFileSync(join(depot, nomArchive('2026-11-01T00:00:00.000Z')), 'x');
    clock.set('2026-11-30T02:30:00Z');
    const next = await sauvegardes.planifier();
    expect(readdirSync(depot).sort()).toEqual([...both.filter((nom) => nom !== null), next, safety].sort());
    // Left behind by a kill.
    const rest = join(depot, `${nomArchive('2026-11-02T00:00:00.000Z')}.part`);
    writeFileSync(rest, 'x');
    utimesSync(rest, 1, 1);
    clock.set('2027-01-04T02:30:00Z');
    const last = await sauvegardes.planifier();
    expect(readdirSync(depot).sort()).toEqual([last, safety].sort());
  });

  it('tells those who manage backups when one fails, and leaves nothing half', async () => {
    const { sauvegardes } = test.container;
    const before = readdirSync(depot);
    clock.set('2027-01-05T02:30:00Z');
    chief = { ...(await test.signIn(await test.person('super_admin', null))), accept: 'text/html' };
    const broken = {
      lire: () => Promise.reject(new Error('away')),
      adresse: (nom: string) => nom,
      ecrire: () => Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' })),
      lister: async () => [],
      supprimer: async () => undefined,
      close: () => undefined,
    };
    await expect(sauvegardes.creer(actor, { origine: 'PLANIFIEE', depot: broken })).rejects.toThrow(
      'no room',
    );
    expect(readdirSync(depot)).toEqual(before);
    expect((await list())[0]).toMatchObject({ etat: 'ECHOUEE', erreur: 'PLACE' });
    const told = await get('/notifications');
    expect(told.body).toContain('Le lieu de sauvegarde est plein');
    clock.advance(1_000);
    const none = await test.container.sauvegardes
      .creer(actor, { origine: 'COMMANDE', recipients: [] })
      .catch((error: Error) => error.name);
    expect(none).toBe('SansCleError');
  });
});

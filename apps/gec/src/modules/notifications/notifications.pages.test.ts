import { describeEachDatabase, samplePng } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { browserOf } from '../../test/attack.harness.ts';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { createTestCourriers } from '../courriers/courriers.harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';

describeEachDatabase('the page of notifications', (open) => {
  let test: TestApp;
  let reader: Personne;
  let browser: Awaited<ReturnType<typeof browserOf>>;
  let numeros: string[];

  beforeAll(async () => {
    test = await createTestApp((await open(migrated)).url);
    const made = createTestCourriers(test, await samplePng({ width: 60, height: 80 }));
    const clerk = await test.person('user', 'TECH');
    reader = await test.person('user', 'JUR');
    numeros = [];
    for (let i = 0; i < 2; i += 1) {
      const { id, numero } = await made.enregistrer(clerk, { objet: `Pli numéro ${i}` });
      numeros.push(numero);
      await test.container.transmissions.transmit(clerk, id, { destinataires: [reader.userId] });
    }
    browser = await browserOf(test, reader);
  });
  afterAll(() => test.close());

  it('is announced by the bell, on every page and by itself', async () => {
    const home = await browser.send({ url: '/' });
    expect(home.body).toContain('aria-label="Notifications non lues\u00A0: 2"');
    const { last_seen_at: before } = await test.container.database.kysely
      .selectFrom('session')
      .select('last_seen_at')
      .where('user_id', '=', reader.userId)
      .executeTakeFirstOrThrow();
    const count = await browser.send({ url: '/api/v1/notifications/compte' });
    expect(count.json()).toEqual({ non_lues: 2 });
    const after = await test.container.database.kysely
      .selectFrom('session')
      .select('last_seen_at')
      .where('user_id', '=', reader.userId)
      .executeTakeFirstOrThrow();
    expect(after.last_seen_at).toBe(before);
  });

  it('lists what happened, newest first, and is read one by one or all at once', async () => {
    const page = await browser.send({ url: '/notifications' });
    expect(page.statusCode).toBe(200);
    expect(page.body.indexOf(numeros[1] ?? '?')).toBeLessThan(page.body.indexOf(numeros[0] ?? '?'));
    expect(page.body).toContain('Pli numéro 1');
    const list = await browser.send({ url: '/api/v1/notifications?non_lues=oui' });
    const { notifications } = list.json<{ notifications: { id: number; adresse: string; lu: boolean }[] }>();
    expect(notifications).toHaveLength(2);
    const [first] = notifications;
    const read = await browser.post(`/notifications/${first?.id ?? 0}/lue`, {
      retour: '/notifications?non_lues=oui',
    });
    expect([read.statusCode, read.headers.location]).toEqual([303, '/notifications?non_lues=oui']);
    const away = await browser.post(`/notifications/${first?.id ?? 0}/lue`, { retour: '//ailleurs.example' });
    expect(away.headers.location).toBe('/');
    expect((await browser.send({ url: '/notifications?non_lues=oui' })).body).not.toContain('Pli numéro 1');
    const order = async (query: string) => {
      const found = await browser.send({ url: `/api/v1/notifications?${query}` });
      return found.json<{ notifications: { numero_accuse_reception: string }[] }>().notifications;
    };
    expect((await order('sort_order=asc')).map((one) => one.numero_accuse_reception)).toEqual(numeros);
    expect((await order('evenement=transmission&non_lues=oui')).length).toBe(1);
    expect(await order('evenement=commentaire')).toEqual([]);
    const oldest = (await browser.send({ url: '/notifications?sort_by=date&sort_order=asc' })).body;
    expect(oldest.indexOf(numeros[0] ?? '?')).toBeLessThan(oldest.indexOf(numeros[1] ?? '?'));
    const none = await browser.send({ url: '/notifications?evenement=commentaire' });
    expect(none.body).toContain('Aucune notification de ce genre');
    expect(none.body).not.toContain('Alerte de sécurité');
    expect((await browser.send({ url: '/notifications?evenement=danse' })).body).toContain('n’existe pas');
    const csv = await browser.send({
      url: '/notifications?format=csv&evenement=transmission&sort_order=asc',
    });
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const lines = csv.body.split('\r\n').filter(Boolean);
    expect(lines.map((line) => numeros.findIndex((numero) => line.includes(numero)))).toEqual([-1, 0, 1]);
    const xlsx = await browser.send({ url: '/notifications?format=xlsx&non_lues=oui' });
    expect([xlsx.statusCode, xlsx.rawPayload.subarray(0, 2).toString()]).toEqual([200, 'PK']);
    expect((await browser.post('/notifications/lues', {})).statusCode).toBe(303);
    const empty = await browser.send({ url: '/notifications?non_lues=oui' });
    expect(empty.body).toContain('Tout est lu');
    expect((await browser.post('/notifications/999999/lue', {})).statusCode).toBe(404);
  });
});

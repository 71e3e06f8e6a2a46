import { openTestDatabase, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../../test/harness.ts';
import { createInstallation } from '../../test/installation.ts';

describe('the pages of the licences', () => {
  let database: TestDatabase;
  let server: TestServer;
  let cookie: string;
  let csrf: string;

  beforeAll(async () => {
    database = await openTestDatabase('sqlite');
    server = await createTestServer(database.url);
    ({ cookie } = await server.signIn());
    csrf = /name="_csrf" value="([^"]+)"/.exec((await get('/generation')).body)![1]!;
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  const get = (url: string) => server.app.inject({ url, headers: { cookie, accept: 'text/html' } });
  const post = (url: string, form: Readonly<Record<string, string>>, accept = 'text/html') =>
    server.app.inject({
      method: 'POST',
      url,
      headers: { cookie, accept, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ _csrf: csrf, ...form }).toString(),
    });

  /** The events of a streamed answer. */
  const eventsOf = (body: string) =>
    body
      .split('\n\n')
      .filter((part) => part !== '')
      .map((part) => ({
        name: /^event: (.*)$/m.exec(part)![1]!,
        data: JSON.parse(/^data: (.*)$/m.exec(part)![1]!) as Record<string, unknown>,
      }));

  it('tell how far a generation is, and where its keys are', async () => {
    const answer = await post('/generation', { 'count-6m': '1500', label: 'Suivi' }, 'text/event-stream');
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const events = eventsOf(answer.body);
    const progress = events.filter(({ name }) => name === 'progress');
    expect(progress[0]!.data).toEqual({ done: 500, total: 1_500 });
    expect(progress.at(-1)!.data).toEqual({ done: 1_500, total: 1_500 });
    const { name, data } = events.at(-1)!;
    expect(name).toBe('done');
    expect(data['text']).toContain('Suivi');
    expect((await get(String(data['href']))).body).toContain('Suivi');
  });

  it('send a refused form back the plain way, with what was typed', async () => {
    const form = { 'count-1m': '10001', label: 'Trop', owner: 'Cadastre minier' };
    const streamed = await post('/generation', form, 'text/event-stream');
    expect(eventsOf(streamed.body)).toEqual([{ name: 'refused', data: {} }]);
    const plain = await post('/generation', form);
    expect(plain.statusCode).toBe(400);
    expect(plain.body).toContain('value="10001"');
    expect(plain.body).toContain('value="Cadastre minier"');
    expect((await server.container.licenses.batches()).map(({ label }) => label)).not.toContain('Trop');
  });

  it('work without script: the same form leads to the batch', async () => {
    const answer = await post('/generation', { 'count-1j': '3', label: 'Sans script' });
    expect(answer.statusCode).toBe(303);
    expect((await get(answer.headers.location!)).body).toContain('Sans script');
  });

  it('list the batches by pages, in the order that was asked for', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      id: 1_000 + i,
      label: `Page ${String(i).padStart(2, '0')}`,
      owner: i % 2 === 0 ? null : 'Cadastre',
      source: 'import' as const,
      size: 10_000 + i,
      created_at: '2026-11-20T08:00:00.000Z',
      created_by: 'essai',
    }));
    await server.container.database.kysely.insertInto('batch').values(rows).execute();
    const labels = async (query: string) =>
      [...(await get(`/generation${query}`)).body.matchAll(/Page \d\d/g)].map(([label]) => label);
    const first = await labels('');
    expect([first.length, first[0], first.at(-1)]).toEqual([25, 'Page 29', 'Page 05']);
    expect((await labels('?page=2')).slice(0, 5)).toEqual([4, 3, 2, 1, 0].map((n) => `Page 0${n}`));
    const bySize = '?sort_by=size&sort_order=desc';
    expect((await labels(bySize))[0]).toBe('Page 29');
    expect((await get(`/generation${bySize}`)).body).toContain(
      '/generation?sort_by=size&amp;sort_order=desc&amp;page=2#lots',
    );
    expect((await labels('?sort_by=label&sort_order=asc'))[0]).toBe('Page 00');
    expect((await get('/generation?page=0')).statusCode).toBe(400);
  });

  it('tell how far an import is', async () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => `SUIVI${String(i).padStart(7, '0')},30`);
    const part = (name: string, value: string, rest = '') =>
      `--x\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n${value}\r\n`;
    const answer = await server.app.inject({
      method: 'POST',
      url: '/import',
      headers: { cookie, accept: 'text/event-stream', 'content-type': 'multipart/form-data; boundary=x' },
      payload: `${part('_csrf', csrf)}${part('action', 'importer')}${part(
        'fichier',
        `license_key,duration_days\n${rows.join('\n')}`,
        '; filename="suivi.csv"',
      )}--x--\r\n`,
    });
    const events = eventsOf(answer.body);
    expect(events[0]).toEqual({ name: 'progress', data: { done: 500, total: 1_200 } });
    expect(events.at(-1)).toMatchObject({ name: 'done', data: { href: '/licences' } });
    expect((await server.validate('SUIVI0000007')).status).toBe(200);
  });

  it('keep what was typed into a refused change, beside its error', async () => {
    const batch = (await server.container.licenses.batches())[0]!;
    const [license] = (await server.container.licenses.list({ batchId: batch.id }, { size: 1 })).lines;
    for (const base of [`/lots/${batch.id}`, `/licences/${license!.id}`]) {
      const days = await post(`${base}/prolonger`, { days: '0', reason: 'Geste commercial' });
      expect(days.statusCode).toBe(400);
      expect(days.body).toContain('value="Geste commercial"');
      expect(days.body).toContain('id="days-error"');
      const reason = await post(`${base}/prolonger`, { days: '12', reason: '' });
      expect(reason.body).toContain('value="12"');
      expect(reason.body).toContain('id="extend-reason-error"');
      const state = await post(`${base}/etat`, { state: 'suspended', reason: '' });
      expect(state.body).toContain('id="reason-error"');
    }
  });

  it('let a person refuse a change of fingerprint, with its reason', async () => {
    const [key] = (await server.keys(1)) as [string];
    const installation = await createInstallation(server);
    await installation.activate(key);
    await installation.sync({ domain: 'loin.example.cd', database: 'db-7', machine: 'machine-7' });
    const license = (await server.container.licenses.lookup(key))!;
    const page = `/licences/${license.id}`;
    expect((await get(page)).body).toContain('Changement d’empreinte à examiner');
    const empty = await post(`${page}/examen/refuser`, { reason: '' });
    expect(empty.statusCode).toBe(400);
    expect(empty.body).toContain('id="review-reason-error"');
    expect((await post(`${page}/examen/refuser`, { reason: 'copie' })).statusCode).toBe(303);
    const shown = await get(page);
    expect(shown.body).toContain('Changement d’empreinte refusé');
    expect(shown.body).toContain('suspendue');
    expect(shown.body).not.toContain('Changement d’empreinte à examiner');
  });

  it('block published keys on wish', async () => {
    const [key] = (await server.keys(1)) as [string];
    const { importer } = server.container;
    const published = { durationDays: 30, durationLabel: '1 mois', isActive: true, isUsed: false };
    const rest = { usedDate: null, createdDate: null, published: true, owner: null, activation: null };
    const actor = { kind: 'system' as const, reason: 'test', lang: 'fr' as const, ip: '' };
    await importer.run(actor, [{ key, ...published, ...rest }], { label: 'Publiées', dry: false });
    const answer = await post('/licences/publiees', {});
    expect(answer.headers.location).toBe('/licences?published=oui');
    expect((await server.validate(key)).body).toMatchObject({ error_code: 'INACTIVE' });
    const list = await get('/licences?published=oui');
    expect(list.body).toContain('suspendue');
    expect((await post('/licences/publiees', { _csrf: 'faux' })).statusCode).toBe(403);
  });

  it('export nothing for a filter that is not understood', async () => {
    for (const format of ['csv', 'xlsx']) {
      expect((await get(`/licences/export.${format}?type=siècle`)).statusCode).toBe(400);
    }
  });

  it('give the end of the journal, signed', async () => {
    const answer = await get('/journal/point-de-controle');
    expect(answer.headers['content-disposition']).toContain('journal-');
    expect(answer.json<object>()).toMatchObject({ kid: expect.any(String), signature: expect.any(String) });
  });
});

import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';

const YEAR = new Date().getUTCFullYear();

describeEachDatabase('pages of the registers, référentiels and correspondants', (open) => {
  let test: TestApp;
  let chief: { cookie: string };
  let clerk: { cookie: string };

  beforeAll(async () => {
    test = await createTestApp((await open(migrated)).url);
    chief = await test.signIn(await test.person('super_admin', null));
    clerk = await test.signIn(await test.person('user', 'TECH'));
  });
  afterAll(() => test.close());

  const get = (url: string, headers: Record<string, string> = clerk) => test.app.inject({ url, headers });
  const cancel = (fields: Record<string, string>) =>
    test.app.inject({
      method: 'POST',
      url: '/admin/registres/annuler',
      headers: { ...clerk, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });

  it('shows the registers of this year before their first number', async () => {
    const { body, statusCode } = await get('/admin/registres');
    expect(statusCode).toBe(200);
    for (const word of [`Arrivées\u00a0${YEAR}`, `Départs\u00a0${YEAR}`, `GEC-${YEAR}-00001`, 'Complet']) {
      expect(body).toContain(word);
    }
  });

  it('cancels the next number with a reason, and comes back filled without one', async () => {
    const page = (await get('/admin/registres')).body;
    const csrf = /name="_csrf"[^>]*value="([^"]*)"/.exec(page)?.[1] ?? '';
    const attendu = /name="attendu_ENTRANT"[^>]*value="([^"]*)"/.exec(page)?.[1] ?? '';
    const refused = await cancel({ _csrf: csrf, motif: 'Papier déchiré' });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('Papier déchiré');
    expect(refused.body).toContain('Choisissez le registre.');
    expect((await cancel({ _csrf: csrf, flux: 'ENTRANT', motif: ' ' })).statusCode).toBe(400);
    const form = { _csrf: csrf, flux: 'ENTRANT', motif: 'Papier déchiré', attendu_ENTRANT: attendu };
    const done = await cancel(form);
    expect([done.statusCode, done.headers.location]).toEqual([303, '/admin/registres']);
    const twice = await cancel(form);
    expect(twice.statusCode).toBe(400);
    expect(twice.body).toContain(`Le numéro ${attendu} n’est plus le prochain`);
    expect((await get('/admin/registres', { ...clerk, accept: 'application/json' })).json()).toMatchObject({
      registres: [{ flux: 'ENTRANT', annules: 1, prochainNumero: `GEC-${YEAR}-00002` }, {}],
    });
  });

  it('speaks JSON', async () => {
    const { registres } = (await get('/api/v1/registres')).json<{ registres: { flux: string }[] }>();
    expect(registres.map(({ flux }) => flux)).toEqual(['ENTRANT', 'SORTANT']);
    const cancelled = await test.app.inject({
      method: 'POST',
      url: '/api/v1/registres/SORTANT/annulations',
      headers: clerk,
      body: { motif: 'Essai' },
    });
    expect([cancelled.statusCode, cancelled.json()]).toEqual([201, { numero: `GEC-D-${YEAR}-00001` }]);
    const put = (headers: Record<string, string>, format: string) =>
      test.app.inject({
        method: 'PUT',
        url: `/api/v1/registres/ENTRANT/${YEAR + 1}`,
        headers,
        body: { format, mode: 'automatique', valeurDepart: 300 },
      });
    expect((await put(clerk, '{year}/{counter}')).statusCode).toBe(403);
    expect((await put(chief, '{year}/{compteur}')).json()).toMatchObject({
      error: { fields: [{ field: 'format' }] },
    });
    expect((await put(chief, '{year}/{counter}')).json()).toMatchObject({ annee: YEAR + 1, prochain: 300 });
  });

  it('lists the référentiels', async () => {
    expect((await get('/api/v1/statuts')).json<{ statuts: object[] }>().statuts).toHaveLength(5);
    expect((await get('/api/v1/types-courrier-sortant')).json<{ types: object[] }>().types).toHaveLength(8);
    expect((await get('/api/v1/statuts', {})).statusCode).toBe(401);
  });

  it('completes correspondants as the combobox asks', async () => {
    const person = await test.person('user', 'TECH');
    await test.container.database.transaction(async (trx) => {
      const id = await test.container.correspondants.learn(trx, person, 'Ministère du Plan');
      await test.container.correspondants.grant(trx, [`o:${person.userId}`], id);
    });
    expect((await get('/api/v1/correspondants?q=plan')).json()).toEqual([
      { id: expect.any(Number), value: 'Ministère du Plan' },
    ]);
    const other = await test.signIn(await test.person('user', 'FIN'));
    expect((await get('/api/v1/correspondants?q=plan', other)).json()).toEqual([]);
    expect((await get('/api/v1/correspondants?q=plan&limit=0')).statusCode).toBe(400);
  });
});

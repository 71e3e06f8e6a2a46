import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { preparedDatabase } from '../../test/people.ts';

const PAGE = '/admin/cles';

describeEachDatabase('the screen of keys', (open) => {
  let test: TestApp;
  let chief: Record<string, string>;

  beforeAll(async () => {
    test = await createTestApp((await open(preparedDatabase)).url);
    chief = { ...(await test.signIn(await test.person('super_admin', null))), accept: 'text/html' };
  });
  afterAll(() => test.close());

  const page = async () => (await test.app.inject({ url: PAGE, headers: chief })).body;
  async function post(path: string, sorte: string) {
    const csrf = /name="_csrf"[^>]*value="([^"]*)"/.exec(await page())?.[1] ?? '';
    const headers = { ...chief, 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ _csrf: csrf, sorte }).toString();
    return test.app.inject({ method: 'POST', url: `${PAGE}/${path}`, headers, body });
  }
  const json = async () =>
    (await test.app.inject({ url: '/api/v1/cles', headers: { ...chief, accept: 'application/json' } })).json<{
      generations: { cle: string; sorte: string; retiree: string | null }[];
      renouvellements: { sorte: string; etat: string; suspendu: boolean }[];
      historique: { action: string }[];
    }>();

  it('is for those who manage the system', async () => {
    const clerk = { ...(await test.signIn(await test.person('user'))), accept: 'application/json' };
    for (const url of [PAGE, '/api/v1/cles']) {
      expect((await test.app.inject({ url, headers: clerk })).statusCode).toBe(403);
    }
  });

  it('begins, pauses and takes up a renewal, says who did, and shows no key', async () => {
    const before = await page();
    expect(before).toContain('jamais renouvelée');
    expect(before).toContain('href="/admin/sauvegardes"');
    expect(await post('suspendre', 'index')).toMatchObject({ statusCode: 303 });
    // It waits for the processes to learn of the new key: there is time to pause it.
    expect(await post('renouveler', 'index')).toMatchObject({ statusCode: 303, headers: { location: PAGE } });
    expect(await post('suspendre', 'index')).toMatchObject({ statusCode: 303 });
    const [one] = (await json()).renouvellements;
    expect(one).toMatchObject({ sorte: 'index', etat: 'prepared', suspendu: true });
    const shown = await page();
    expect(shown).toContain('Reprendre');
    expect(shown).toContain('Renouvellement de clés suspendu');
    const told = shown + JSON.stringify(await json());
    const rows = await test.container.database.kysely.selectFrom('data_key').select('wrapped').execute();
    for (const { wrapped } of rows) expect(told).not.toContain(wrapped);
    expect(await post('renouveler', 'index')).toMatchObject({ statusCode: 303 });
    const { renouvellements, historique } = await json();
    expect(renouvellements[0]).toMatchObject({ suspendu: false });
    expect(historique.map(({ action }) => action)).toEqual(['cles.reprise', 'cles.pause', 'cles.debut']);
    expect(await post('renouveler', 'autre')).toMatchObject({ statusCode: 400 });
  });
});

import { overrideTexts } from '@gec/core';
import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import { createTextesService } from './textes.service.ts';

const PLACE = { module: 'textes', cle: 'titre' };
const URL_TITRE = '/admin/textes/textes/titre';

describeEachDatabase('texts of the program', (open) => {
  let site: TestApp;
  let chef: Personne;
  let headers: { cookie: string };

  beforeAll(async () => {
    site = await createTestApp((await open(migrated)).url);
    chef = await site.person('super_admin', null);
    headers = await site.signIn(chef);
  });
  afterAll(async () => {
    overrideTexts([]);
    await site.close();
  });

  const get = (url: string) => site.app.inject({ url, headers });
  const hidden = (html: string, name: string): string =>
    new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1]?.replace(/&quot;/g, '"') ?? '';
  const post = (fields: Record<string, string>, url = URL_TITRE) =>
    site.app.inject({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });

  it('are found by any word, whichever language it is in, and leave as a file', async () => {
    const page = await get('/admin/textes?q=equipement%20inexistant');
    expect(page.body).toContain('Aucun texte');
    const found = await get('/admin/textes?q=REFUSE%20modifier%20TEXTES');
    expect(found.body).toContain('Vous n’avez pas le droit de modifier les textes.');
    const csv = await get('/admin/textes?q=textes.titre&format=csv');
    expect(csv.headers['content-type']).toContain('text/csv');
    const order = async (query: string) => {
      const answer = await get(`/api/v1/textes?q=corbeille&${query}`);
      return answer.json<{ textes: { origine: { fr: string; en: string } }[] }>().textes;
    };
    const alphabetical = (words: readonly string[]) => words.toSorted(new Intl.Collator('fr').compare);
    const words = (await order('sort_by=fr')).map(({ origine }) => origine.fr);
    expect(words.length).toBeGreaterThan(5);
    expect(words).toEqual(alphabetical(words));
    expect((await order('sort_by=fr&sort_order=desc'))[0]?.origine.fr).toBe(words.at(-1));
    expect((await get('/admin/textes?sort_by=en')).body).toContain('aria-sort="ascending"');
    expect((await get('/admin/textes?etat=jamais')).body).toContain('Cette valeur n’existe pas.');
    expect((await get('/admin/textes/textes/inconnu')).statusCode).toBe(404);
    expect((await get('/admin/textes/constructor/name')).statusCode).toBe(404);
    expect((await get('/admin/textes/textes/constructor')).statusCode).toBe(404);
  });

  it('are worded otherwise on every page at once, and brought back', async () => {
    const { body } = await get(URL_TITRE);
    const form = { _csrf: hidden(body, '_csrf'), version: '0', en: '' };
    const saved = await post({ ...form, fr: 'Mots <du> programme' });
    expect([saved.statusCode, saved.headers.location]).toEqual([303, URL_TITRE]);
    expect((await get('/admin/textes')).body).toContain('<h1>Mots &lt;du> programme</h1>');
    expect((await get('/admin/textes?etat=actif')).body).toContain('textes · titre');

    const other = createTextesService(site.container);
    overrideTexts([]);
    await other.appliquer();
    expect((await get('/admin/textes')).body).toContain('Mots &lt;du> programme');

    expect((await post({ ...form, version: '1', fr: '' })).statusCode).toBe(303);
    expect((await get('/admin/textes')).body).toContain('<h1>Textes</h1>');
    const lines = await site.container.database.kysely
      .selectFrom('log_activite')
      .select('action')
      .where('action', '=', 'texte.modification')
      .execute();
    expect(lines).toHaveLength(2);
  });

  it('keep the places that the program fills, and come back with what was typed', async () => {
    const url = '/admin/textes/textes/tropLong';
    const { body } = await get(url);
    const form = { _csrf: hidden(body, '_csrf'), version: '0' };
    const refused = await post({ ...form, fr: 'Trop de signes', en: 'At most {n}, {nom}.' }, url);
    expect(refused.statusCode).toBe(400);
    for (const part of ['Trop de signes', '{n}', 'id="fr-error"', 'id="en-error"', '{nom}']) {
      expect(refused.body).toContain(part);
    }
    const long = await post({ ...form, fr: `{n} ${'x'.repeat(2_001)}`, en: '' }, url);
    expect(long.statusCode).toBe(400);
    expect((await post({ ...form, fr: 'a{n}\u0007', en: '' }, url)).statusCode).toBe(400);
  });

  it('show both when two changed the same one', async () => {
    const { body } = await get(URL_TITRE);
    const form = { _csrf: hidden(body, '_csrf'), version: '2', avant: hidden(body, 'avant'), en: '' };
    await post({ ...form, fr: 'Le leur' });
    const late = await post({ ...form, fr: 'Le mien' });
    expect(late.statusCode).toBe(409);
    expect(/<table class="table conflict">.*Le mien.*Le leur.*<\/table>/s.test(late.body)).toBe(true);
    expect(await site.container.textes.find(chef, 'textes', 'titre')).toMatchObject({
      remplace: { fr: 'Le leur', en: null },
    });
  });

  it('are kept once when two save at once', async () => {
    const place = { module: 'textes', cle: 'sousTitre' };
    const results = await Promise.allSettled(
      ['un', 'deux'].map((fr) => site.container.textes.update(chef, place, { fr, en: '' }, 0)),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are the same as JSON, for those who manage the settings only', async () => {
    const url = `/api/v1/textes/${PLACE.module}/${PLACE.cle}`;
    const put = (payload: object, as = headers) =>
      site.app.inject({ method: 'PUT', url, headers: as, payload });
    const { version } = await site.container.textes.find(chef, PLACE.module, PLACE.cle);
    expect((await put({ version, fr: 'Intitulés' })).json()).toMatchObject({
      remplace: { fr: 'Intitulés', en: null },
      version: version + 1,
    });
    expect((await put({ version, fr: 'Trop tard' })).statusCode).toBe(409);
    const list = await get('/api/v1/textes?modifies=oui&q=intitules');
    expect(list.json()).toMatchObject({ textes: [{ cle: 'titre' }] });
    const clerk = await site.signIn(await site.person('admin', 'SG'));
    for (const path of ['/admin/textes', URL_TITRE, '/api/v1/textes']) {
      expect((await site.app.inject({ url: path, headers: clerk })).statusCode).toBe(403);
    }
    expect((await put({ version: version + 1, fr: 'x' }, clerk)).statusCode).toBe(403);
  });
});

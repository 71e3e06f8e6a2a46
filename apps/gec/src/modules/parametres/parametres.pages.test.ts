import { describeEachDatabase, samplePng } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';

const JSON_HEADERS = { accept: 'application/json' };

describeEachDatabase('pages of the settings', (open) => {
  let test: TestApp;
  let chief: { cookie: string };
  let clerk: { cookie: string };

  beforeAll(async () => {
    test = await createTestApp((await open()).url);
    chief = await test.signIn(await test.person('super_admin', null));
    clerk = await test.signIn(await test.person('user', 'TECH'));
  });
  afterAll(() => test.close());

  async function page(): Promise<{ html: string; csrf: string; version: string }> {
    const { body, statusCode } = await test.app.inject({ url: '/settings', headers: chief });
    expect(statusCode).toBe(200);
    return { html: body, csrf: hidden(body, '_csrf'), version: hidden(body, 'version') };
  }
  const hidden = (html: string, name: string): string =>
    new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? '';
  const post = (fields: Record<string, string>, url = '/settings', headers = chief) =>
    test.app.inject({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });

  it('shows every setting with its default and the next numbers', async () => {
    const { html } = await page();
    const year = new Date().getUTCFullYear();
    for (const name of ['organisme', 'formatArrivee', 'tailleMaxFichierMo', 'fuseauHoraire', 'modeNumero']) {
      expect(html).toContain(`name="${name}"`);
    }
    expect(html).toContain('Secrétariat Général des Mines');
    expect(html).toContain(`GEC-${year}-00001`);
    expect(html).toContain(`GEC-D-${year}-00001`);
  });

  it('saves, says so, and says who changed what', async () => {
    const { csrf, version } = await page();
    const saved = await post({
      _csrf: csrf,
      version,
      organisme: 'Division des Mines',
      modeNumero: 'automatique',
    });
    expect([saved.statusCode, saved.headers.location]).toEqual([303, '/settings']);
    const { html } = await page();
    expect(html).toContain('value="Division des Mines"');
    expect(html).toContain('Modifié par Personne super_admin.sans le');
    const json = await test.app.inject({ url: '/settings', headers: { ...chief, ...JSON_HEADERS } });
    expect(json.json()).toMatchObject({
      valeurs: { organisme: 'Division des Mines' },
      modifications: { organisme: { par: 'Personne super_admin.sans' } },
    });
  });

  it('comes back filled, with the errors beside the fields', async () => {
    const { csrf, version } = await page();
    const refused = await post({
      _csrf: csrf,
      version,
      organisme: 'Gardé tel quel',
      email: 'pas une adresse',
      formatArrivee: 'GEC-D-{year}-{counter:05d}',
    });
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('value="Gardé tel quel"');
    expect(refused.body).toContain('id="email-error"');
    const json = await test.app.inject({
      method: 'POST',
      url: '/settings',
      headers: { ...chief, ...JSON_HEADERS, 'x-csrf-token': csrf },
      body: { formatArrivee: 'GEC-D-{year}-{counter:05d}', inconnu: '1' },
    });
    expect(json.statusCode).toBe(400);
    expect(json.json()).toMatchObject({ error: { fields: [{ field: 'inconnu' }] } });
  });

  it('shows the next numbers of formats before they are saved', async () => {
    const { csrf, version } = await page();
    const typed = {
      _csrf: csrf,
      version,
      apercu: 'oui',
      valeurDepartArrivee: '8951',
      valeurDepartDepart: '1',
    };
    const shown = await post({ ...typed, formatArrivee: '{counter:06d}-{yy}', formatDepart: 'D{year}' });
    expect(shown.statusCode).toBe(200);
    expect(shown.body).toContain(`008951-${String(new Date().getUTCFullYear()).slice(2)}`);
    expect(shown.body).toContain('La numérotation automatique a besoin d’un compteur');
    expect((await page()).html).not.toContain('value="8951"');
  });

  it('does not overwrite what somebody else saved meanwhile', async () => {
    const { csrf, version } = await page();
    await post({ _csrf: csrf, version, telephone: '+243 810 000 000' });
    const late = await post({ _csrf: csrf, version, telephone: '+243 999 999 999' });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain('Un autre administrateur a modifié les paramètres');
    expect(late.body).toContain('+243 999 999 999');
    const again = await post({
      _csrf: csrf,
      version: hidden(late.body, 'version'),
      telephone: '+243 999 999 999',
    });
    expect(again.statusCode).toBe(303);
  });

  it('takes a logo, shows it to visitors too, and takes it away', async () => {
    expect((await test.app.inject({ url: '/logo' })).statusCode).toBe(404);
    const send = async (bytes: Buffer, token: string) => {
      const form = new FormData();
      form.set('_csrf', token);
      form.set('logo', new File([new Uint8Array(bytes)], 'logo.png', { type: 'image/png' }));
      const request = new Request('http://localhost/settings/logo', { method: 'POST', body: form });
      return test.app.inject({
        method: 'POST',
        url: '/settings/logo',
        headers: { ...chief, 'content-type': request.headers.get('content-type') ?? '' },
        payload: Buffer.from(await request.arrayBuffer()),
      });
    };
    const { csrf } = await page();
    const wrong = await send(Buffer.from('GIF89a'), csrf);
    expect(wrong.statusCode).toBe(400);
    expect(wrong.body).toContain('Le logo n’est pas une image PNG lisible');
    expect((await send(await samplePng(), 'jeton-faux')).statusCode).toBe(403);
    const broken = (type: string) =>
      test.app.inject({
        method: 'POST',
        url: '/settings/logo',
        headers: { ...chief, 'content-type': type },
        payload: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
      });
    expect((await broken('multipart/form-data')).statusCode).toBe(400);
    expect((await broken('multipart/form-data; boundary=x')).statusCode).toBe(400);
    expect((await send(await samplePng(), csrf)).statusCode).toBe(303);
    const logo = await test.app.inject({ url: '/logo' });
    expect([logo.statusCode, logo.headers['content-type']]).toEqual([200, 'image/png']);
    expect((await post({ _csrf: csrf }, '/settings/logo/retirer')).statusCode).toBe(303);
    expect((await test.app.inject({ url: '/logo' })).statusCode).toBe(404);
  });

  it('is for those who manage the settings', async () => {
    for (const url of ['/settings', '/api/v1/parametres']) {
      expect((await test.app.inject({ url, headers: clerk })).statusCode).toBe(403);
    }
    const { csrf } = await page();
    expect((await post({ _csrf: csrf, pays: 'X' }, '/settings', clerk)).statusCode).toBe(403);
    expect((await post({ pays: 'X' })).statusCode).toBe(403);
  });

  it('speaks JSON', async () => {
    const read = await test.app.inject({ url: '/api/v1/parametres', headers: chief });
    const { version } = read.json<{ version: number }>();
    const patch = (body: object) =>
      test.app.inject({ method: 'PATCH', url: '/api/v1/parametres', headers: chief, body });
    const saved = await patch({
      version,
      valeurs: { piedPage: 'Justice – Paix – Travail', tailleMaxFichierMo: 20 },
    });
    expect(saved.json()).toMatchObject({
      version: version + 1,
      valeurs: { piedPage: 'Justice – Paix – Travail', tailleMaxFichierMo: 20 },
    });
    expect((await patch({ version, valeurs: { pays: 'X' } })).statusCode).toBe(409);
    const logo = await test.app.inject({
      method: 'PUT',
      url: '/api/v1/parametres/logo',
      headers: chief,
      body: { png: (await samplePng()).toString('base64') },
    });
    expect(logo.statusCode).toBe(200);
    const gone = await test.app.inject({ method: 'DELETE', url: '/api/v1/parametres/logo', headers: chief });
    expect(gone.json()).toMatchObject({ valeurs: { logo: null } });
  });
});

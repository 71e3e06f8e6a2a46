import { Readable } from 'node:stream';
import { describeEachDatabase, samplePng } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';

const JSON_HEADERS = { accept: 'application/json' };

describeEachDatabase('pages of the settings', (open) => {
  let test: TestApp;
  let chief: { cookie: string };
  let clerk: { cookie: string };

  beforeAll(async () => {
    test = await createTestApp((await open(migrated)).url);
    chief = await test.signIn(await test.person('super_admin', null));
    clerk = await test.signIn(await test.person('user', 'TECH'));
  });
  afterAll(() => test.close());

  async function page(): Promise<{ html: string; csrf: string; version: string }> {
    const { body, statusCode } = await test.app.inject({ url: '/settings', headers: chief });
    expect(statusCode).toBe(200);
    return { html: body, csrf: hidden(body, '_csrf'), version: hidden(body, 'version') };
  }
  const decode = (text: string): string => text.replace(/&quot;/g, '"').replace(/&amp;/g, '&');
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

  it('shows both values of what two changed, and takes over what one had not touched', async () => {
    const { html, csrf, version } = await page();
    const avant = decode(hidden(html, 'avant'));
    const start = { ...(JSON.parse(avant) as Record<string, string>) };
    await post({ _csrf: csrf, version, adresse: 'Avenue des Mines', titrePdf: 'Le leur' });
    const mine = { ...start, titrePdf: 'Le mien', sousTitrePdf: 'Mon sous-titre' };
    const late = await post({ _csrf: csrf, version, avant, ...mine });
    expect(late.statusCode).toBe(409);
    const panel = /<table class="table conflict">.*?<\/table>/s.exec(late.body)?.[0] ?? '';
    expect(panel).toContain('Le mien');
    expect(panel).toContain('Le leur');
    expect(panel).not.toContain('Avenue des Mines');
    expect(late.body).toContain('Avenue des Mines</textarea>');
    expect(late.body).toContain('value="Mon sous-titre"');
  });

  it('previews a record sheet and the next numbers with what is typed, and keeps none of it', async () => {
    const get = (url: string, headers = chief) => test.app.inject({ url, headers });
    const plain = await get('/settings/apercu.png?organisme=Division%20A');
    const other = await get('/settings/apercu.png?organisme=Division%20B&titreResponsable=Directeur');
    for (const answer of [plain, other]) {
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'image/png']);
      expect(answer.rawPayload.subarray(1, 4).toString()).toBe('PNG');
    }
    expect(plain.rawPayload.equals(other.rawPayload)).toBe(false);
    const numbers = await get('/settings/numeros?formatArrivee=%7Bcounter%3A04d%7D&valeurDepartArrivee=77');
    expect(numbers.json<{ apercus: string[] }>().apercus[0]).toContain('0077');
    for (const url of ['/settings/apercu.png', '/settings/numeros', '/settings/signature']) {
      expect((await get(url, clerk)).statusCode).toBe(403);
    }
    expect((await page()).html).not.toContain('Division A');
  });

  it('prints the signature under record sheets, and shows its picture to those who may change it', async () => {
    const before = await test.app.inject({ url: '/settings/apercu.png', headers: chief });
    const body = { png: (await samplePng({ width: 240, height: 90 })).toString('base64') };
    const url = '/api/v1/parametres/signature';
    expect((await test.app.inject({ method: 'PUT', url, headers: chief, body })).statusCode).toBe(200);
    const signed = await test.app.inject({ url: '/settings/apercu.png', headers: chief });
    expect(signed.rawPayload.equals(before.rawPayload)).toBe(false);
    const picture = await test.app.inject({ url: '/settings/signature', headers: chief });
    expect(picture.headers['content-type']).toBe('image/png');
    await test.app.inject({ method: 'DELETE', url, headers: chief });
    expect((await test.app.inject({ url: '/settings/signature', headers: chief })).statusCode).toBe(404);
  });

  it('refuses to take no type of file at all, and then takes only what is ticked', async () => {
    const { csrf, version } = await page();
    const none = await post({ _csrf: csrf, version, typesFichiers: '' });
    expect(none.statusCode).toBe(400);
    expect(none.body).toContain('id="typesFichiers-error"');
    expect((await post({ _csrf: csrf, version, typesFichiers: 'application/pdf' })).statusCode).toBe(303);
    const agent = await test.person('user', 'JUR');
    const send = test.container.pieces.receive(agent, {
      name: 'photo.png',
      stream: Readable.from([await samplePng()]),
    });
    await expect(send).rejects.toMatchObject({ kind: 'unsupported-type', code: 'PIECE_TYPE' });
    await test.container.parametres.update(await test.person('super_admin', null, 'chef2'), {
      typesFichiers: ['application/pdf', 'image/png'],
    });
    const form = await test.app.inject({ url: '/courriers/nouveau?flux=ENTRANT', headers: clerk });
    expect(form.body).toContain('PDF ou PNG');
  });

  it('rules the length of passwords, their life, and how soon a wrong one locks', async () => {
    const { utilisateurs, parametres, guard, database } = test.container;
    const root = await test.person('super_admin', null, 'chef3');
    const person = await test.person('user', 'FIN', 'vieux');
    await parametres.update(root, {
      motDePasseLongueurMin: 16,
      motDePasseValiditeJours: 90,
      verrouillageEchecs: 3,
    });
    const porteur = { username: 'x', email: 'x@gec.example', nomComplet: 'X' };
    expect(await utilisateurs.motDePasseRefuse('fr', 'vingt-deux rivières', porteur)).toBeNull();
    expect(await utilisateurs.motDePasseRefuse('fr', 'onze lettres', porteur)).toContain('16');

    for (let n = 0; n < 3; n++) expect(await guard.check('compte', '203.0.113.9')).toBeNull();
    expect(await guard.check('compte', '203.0.113.9')).not.toBeNull();

    const row = () =>
      database.kysely
        .selectFrom('user')
        .select(['password_hash', 'doit_changer_mot_de_passe'])
        .where('id', '=', person.userId)
        .executeTakeFirstOrThrow();
    const signIn = async () => {
      const { password_hash: verified } = await row();
      await database.transaction((trx) =>
        utilisateurs.noteSignIn(trx, person.userId, { verified, renewed: null }),
      );
      return Boolean((await row()).doit_changer_mot_de_passe);
    };
    expect(await signIn()).toBe(false);
    await database.kysely
      .updateTable('user')
      .set({ mot_de_passe_change_le: '2020-01-01T00:00:00.000Z' })
      .where('id', '=', person.userId)
      .execute();
    expect(await signIn()).toBe(true);
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
    expect(wrong.body).toContain('Ce n’est pas une image PNG lisible');
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

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeEachDatabase, samplePdf, tempDir, type TempDir } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../../test/harness.ts';
import { migrated } from '../../../test/migrated.ts';
import { CLE, ecrireFichiers, inventerAncienne, scriptAncien } from './reprise.fixture.ts';

const PAGE = '/admin/import/legacy';
const API = '/api/v1/reprises';

describeEachDatabase('pages of takeovers', (open) => {
  let dir: TempDir;
  let test: TestApp;
  let drop: () => Promise<void>;
  let cookie: string;
  let base: Buffer;

  beforeAll(async () => {
    dir = await tempDir();
    const scan = await samplePdf();
    // Enough of them for something that no key opens and a file that is not there.
    const ancienne = inventerAncienne(14, [scan, scan, scan, scan, scan]);
    await mkdir(join(dir.path, 'uploads'));
    await ecrireFichiers(join(dir.path, 'uploads'), ancienne);
    const raw = new DatabaseSync(join(dir.path, 'gec.db'));
    for (const statement of scriptAncien(ancienne)) raw.exec(statement);
    base = Buffer.from(raw.serialize());
    raw.close();
    const database = await open(migrated);
    drop = () => database.drop();
    test = await createTestApp(database.url, { env: { GEC_LEGACY_DIR: dir.path } });
    ({ cookie } = await test.signIn(await test.person('super_admin')));
  });
  afterAll(async () => {
    await test.close();
    await drop();
    await dir.remove();
  });

  const get = (url: string, accept = 'text/html', as = cookie) =>
    test.app.inject({ url, headers: { cookie: as, accept } });
  const csrf = async (url: string) => /name="_csrf" value="([^"]+)"/.exec((await get(url)).body)?.[1] ?? '';
  async function poster(url: string, fields: Readonly<Record<string, string>>, from: string) {
    const payload = new URLSearchParams({ _csrf: await csrf(from), ...fields }).toString();
    const headers = { cookie, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    return test.app.inject({ method: 'POST', url, headers, payload });
  }
  const json = (method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
    test.app.inject({ method, url, headers: { cookie }, ...(payload && { payload }) });
  function envoi(fields: Readonly<Record<string, string>>, nom: string, contenu: Buffer) {
    const bord = 'limite-de-test';
    const parts = Object.entries(fields).map(
      ([name, value]) => `--${bord}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const head = `--${bord}\r\ncontent-disposition: form-data; name="fichier"; filename="${nom}"\r\ncontent-type: application/octet-stream\r\n\r\n`;
    return {
      payload: Buffer.concat([
        Buffer.from(`${parts.join('')}${head}`),
        contenu,
        Buffer.from(`\r\n--${bord}--\r\n`),
      ]),
      headers: { cookie, 'content-type': `multipart/form-data; boundary=${bord}` },
    };
  }

  it('lead from a folder to a report, keep what was typed but the key, and say what is wrong', async () => {
    expect((await get('/admin/import')).body).toContain(PAGE);
    expect((await get(PAGE)).body).toMatch(/Base\s: gec\.db/);
    const typed = {
      source: 'base:../gec.db',
      dossier: 'uploads',
      cle: 'secret-mal-tape',
      doubles: 'laisser',
    };
    const faux = await poster(`${PAGE}/serveur`, typed, PAGE);
    expect(faux.statusCode).toBe(400);
    expect(faux.body).toContain('n’est pas une clé de 32 octets');
    expect(faux.body).not.toContain('secret-mal-tape');
    expect(faux.body).toMatch(
      /<option[^>]*value="laisser"[^>]*selected|<option[^>]*selected[^>]*value="laisser"/,
    );
    const dehors = await poster(`${PAGE}/serveur`, { ...typed, cle: '' }, PAGE);
    expect([dehors.statusCode, dehors.body.includes('n’est pas dans le dossier prévu')]).toEqual([400, true]);

    const cle = CLE.toString('base64');
    const ok = await poster(`${PAGE}/serveur`, { source: 'base:gec.db', dossier: 'uploads', cle }, PAGE);
    expect(ok.statusCode).toBe(303);
    const un = String(ok.headers.location);
    expect((await get(un)).body).toContain('Simulation en cours');
    await test.container.travaux.drain();
    const vu = (await get(un)).body;
    for (const mots of [
      'Ce qui serait fait',
      'fichier absent',
      'rôle d’administration',
      'Une clé est gardée',
    ])
      expect(vu).toContain(mots);
    expect(vu).not.toContain(cle);
    const tout = await poster(`${un}/lancer`, {}, un);
    expect([tout.statusCode, tout.body.includes('cochez la case')]).toEqual([409, true]);
    expect((await poster(`${un}/choix`, { fuseau: 'Lune/Mer' }, un)).body).toContain('fuseau de la liste');
    expect((await poster(`${un}/lancer`, { malgre: 'oui' }, un)).statusCode).toBe(303);
    await test.container.travaux.drain();
    expect((await get(un)).body).toContain('Ce qui a été fait');
    expect((await poster(`${un}/lancer`, { malgre: 'oui' }, un)).statusCode).toBe(409);
    const filtre = (await get(`${un}?nature=fichier_absent&page=1`)).body;
    expect(filtre).toContain('uploads/disparu.pdf');
    expect(filtre).not.toContain('compte_complete</');
    const csv = await get(`${un}/rapport?format=csv&nature=fichier_absent`);
    expect(csv.body).toContain('fichier absent;courriers;4;');
    const xlsx = await get(`${un}/rapport?format=xlsx`);
    expect(xlsx.rawPayload.subarray(0, 2).toString()).toBe('PK');
    const liste = await get(`${PAGE}?sort_by=nom&sort_order=desc&format=csv`);
    expect(liste.body).toMatch(/gec\.db \+ uploads;Terminée;super_admin\.adm;.*;12;2;0/);
    expect((await get(`${PAGE}?sort_by=poids&format=csv`)).statusCode).toBe(400);
  }, 60_000);

  it('answer programs the same, receive what is sent, and let nobody else in', async () => {
    expect((await get(`${API}/sources`)).json()).toMatchObject({ regle: true, bases: ['gec.db'] });
    const sans = await test.app.inject({ method: 'POST', url: PAGE, ...envoi({}, 'gec.db', base) });
    expect(sans.statusCode).toBe(403);
    const sent = await test.app.inject({
      method: 'POST',
      url: `${API}/fichier`,
      ...envoi({ fuseau: 'UTC', dossier: 'uploads' }, 'gec.db', base),
    });
    expect(sent.statusCode).toBe(202);
    const url = String(sent.headers.location);
    await test.container.travaux.drain();
    expect((await get(url)).json()).toMatchObject({
      etat: 'PRET',
      choix: { cle: false, fuseau: 'UTC', dossier: 'uploads', doubles: 'laisser' },
      simulation: { remarques: { fichier_absent: 2 } },
    });
    expect((await get(`${url}/remarques?nature=fichier_absent`)).json()).toMatchObject({
      remarques: [{ table: 'courrier', ancien_id: 4 }, { ancien_id: 5 }],
    });
    expect((await json('POST', `${url}/lancement`, {})).statusCode).toBe(409);
    expect((await json('PUT', `${url}/choix`, { cle: 'court' })).statusCode).toBe(400);
    expect((await json('PUT', `${url}/choix`, { dossier: '../..' })).statusCode).toBe(400);
    expect((await json('POST', API, { base: '/etc/passwd', dossier: 'uploads' })).statusCode).toBe(400);
    // What one page knows by an id, the other does not.
    expect((await get(url.replace('reprises', 'imports'))).statusCode).toBe(404);
    for (const role of ['user', 'admin']) {
      const { cookie: autre } = await test.signIn(await test.person(role));
      for (const path of [PAGE, url, `${API}/sources`])
        expect([role, path, (await get(path, 'text/html', autre)).statusCode]).toEqual([role, path, 403]);
    }
    expect((await json('DELETE', url)).statusCode).toBe(204);
    expect((await get(url)).json()).toMatchObject({ etat: 'ANNULE', choix: { cle: false } });
  });
});

describeEachDatabase('without a folder', (open) => {
  it('the page says how to name one', async () => {
    const database = await open(migrated);
    const test = await createTestApp(database.url);
    const headers = await test.signIn(await test.person('super_admin'));
    const page = await test.app.inject({ url: PAGE, headers: { ...headers, accept: 'text/html' } });
    expect(page.body).toContain('GEC_LEGACY_DIR');
    expect(page.body).toContain('gec import legacy --database');
    const refus = await test.app.inject({
      method: 'POST',
      url: API,
      headers,
      payload: { base: 'gec.db', dossier: '.' },
    });
    expect(refus.statusCode).toBe(400);
    await test.close();
    await database.drop();
  });
});

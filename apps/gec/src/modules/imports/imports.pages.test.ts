import { describeEachDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';

const CSV =
  'Numéro;Date;Expéditeur;Objet;Situation\n7/24;02/01/2024;Société X;Permis;Classé\n8/24;x;Société Y;Litige;\n';

describeEachDatabase('pages of imports', (open) => {
  let test: TestApp;
  let drop: () => Promise<void>;
  let cookie: string;
  beforeAll(async () => {
    const database = await open(migrated);
    drop = () => database.drop();
    test = await createTestApp(database.url);
    ({ cookie } = await test.signIn(await test.person('super_admin')));
  });
  afterAll(async () => {
    await test.close();
    await drop();
  });

  const get = (url: string) => test.app.inject({ url, headers: { cookie, accept: 'text/html' } });
  const csrf = async (url: string) => /name="_csrf" value="([^"]+)"/.exec((await get(url)).body)?.[1] ?? '';
  function formulaire(fields: Readonly<Record<string, string>>, nom: string, contenu: string) {
    const bord = 'limite-de-test';
    const parts = Object.entries(fields).map(
      ([name, value]) => `--${bord}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const head = `--${bord}\r\ncontent-disposition: form-data; name="fichier"; filename="${nom}"\r\ncontent-type: text/csv\r\n\r\n`;
    return {
      payload: `${parts.join('')}${head}${contenu}\r\n--${bord}--\r\n`,
      headers: { cookie, 'content-type': `multipart/form-data; boundary=${bord}` },
    };
  }
  async function poster(url: string, fields: Readonly<Record<string, string>>, from: string) {
    const payload = new URLSearchParams({ _csrf: await csrf(from), ...fields }).toString();
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    return test.app.inject({ method: 'POST', url, headers, payload });
  }

  it('lead from a file to letters, and say what is wrong', async () => {
    const page = '/admin/import';
    expect((await get(page)).body).toContain('Aucun import');
    const faux = await test.app.inject({
      method: 'POST',
      url: page,
      ...formulaire({ _csrf: await csrf(page) }, 'lettre.doc', 'x'),
    });
    expect(faux.statusCode).toBe(400);
    expect(faux.body).toContain('Choisissez une archive de courriers');
    const sans = await test.app.inject({ method: 'POST', url: page, ...formulaire({}, 'registre.csv', CSV) });
    expect(sans.statusCode).toBe(403);

    const sent = await test.app.inject({
      method: 'POST',
      url: page,
      ...formulaire({ _csrf: await csrf(page) }, 'registre.csv', CSV),
    });
    expect(sent.statusCode).toBe(303);
    const un = String(sent.headers.location);
    await test.container.outbox.drain();
    const vu = (await get(un)).body;
    expect(vu).toContain('Lancer la reprise (1)');
    expect(vu).toContain('Date illisible');
    expect(vu).toContain('Expéditeur (ex. Société X)');

    const choisi = { si_pris: 'suffixe', col_numero: '0', col_date_enregistrement: '1', col_objet: '3' };
    const manque = await poster(`${un}/choix`, choisi, un);
    expect(manque.statusCode).toBe(303);
    await test.container.outbox.drain();
    expect((await get(un)).body).toContain('Indiquez au moins le numéro');
    await poster(`${un}/choix`, { ...choisi, col_expediteur: '2', col_statut: '4' }, un);
    await test.container.outbox.drain();
    expect((await get(un)).body).toMatch(/Statut «\sClassé\s» \(1\)/);
    await poster(`${un}/choix`, { ...choisi, col_expediteur: '2', col_statut: '4', statuts_0: 'TRAITE' }, un);
    await test.container.outbox.drain();
    expect((await poster(`${un}/lancer`, {}, un)).statusCode).toBe(303);
    await test.container.outbox.drain();
    expect((await get(un)).body).toContain('Ce qui a été fait');
    const rapport = await get(`${un}/rapport`);
    expect(rapport.body).toContain('2;7/24;Repris');
    expect(rapport.body).toContain('3;8/24;Écarté');
    expect((await get(`${page}?sort_by=courriers&format=csv`)).body).toMatch(
      /registre\.csv;Terminé;.*;1;0;1/,
    );
    expect((await get(`${page}?sort_by=nom`)).body).toContain('sort_by=nom&amp;sort_order=desc');
    // Once over, it is over: the page says so.
    expect((await poster(`${un}/lancer`, {}, un)).statusCode).toBe(409);
    const liste = await test.app.inject({ url: '/api/v1/courriers?search=Permis', headers: { cookie } });
    expect(liste.body).toContain('7/24');
    expect(liste.body).toContain('TRAITE');
  });

  it('answer programs the same, and nobody else', async () => {
    const sent = await test.app.inject({
      method: 'POST',
      url: '/api/v1/imports',
      ...formulaire({}, 'registre.csv', CSV.replaceAll('/24', '/23')),
    });
    expect(sent.statusCode).toBe(202);
    const url = String(sent.headers.location);
    await test.container.outbox.drain();
    const ask = (path: string) => test.app.inject({ url: path, headers: { cookie } });
    expect((await ask(url)).json()).toMatchObject({ etat: 'PRET', plan: { crees: 1 } });
    expect((await ask(`${url}/lignes?etat=conflit`)).json()).toMatchObject({
      lignes: [{ ligne: 3, motif: 'DATE_INVALIDE' }],
    });
    const put = await test.app.inject({
      method: 'PUT',
      url: `${url}/choix`,
      headers: { cookie },
      payload: { utilisateur: 999_999 },
    });
    expect(put.statusCode).toBe(400);
    const gone = await test.app.inject({ method: 'DELETE', url, headers: { cookie } });
    expect(gone.statusCode).toBe(204);
    const agent = await test.signIn(await test.person('user'));
    expect((await test.app.inject({ url: '/api/v1/imports', headers: agent })).statusCode).toBe(403);
    expect((await test.app.inject({ url: '/admin/import', headers: agent })).statusCode).toBe(403);
  });
});

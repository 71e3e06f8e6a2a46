import { Writable } from 'node:stream';
import { createLogger } from '@gec/http';
import { describeEachDatabase, samplePng, type TestDatabase } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestCourriers } from '../modules/courriers/courriers.harness.ts';
import { browserOf } from './attack.harness.ts';
import { createTestApp, TEST_PASSWORD, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

/** Words of people and letters: a log must hold none of them, at its most talkative. */
const SECRETS = {
  objet: 'Objet-Kasumbalesa',
  correspondant: 'Correspondant-Likasi',
  recherche: 'recherche-kipushi',
  identifiant: 'identifiant.fungurume',
  nom: 'Personne agent.kolwezi',
  motDePasse: TEST_PASSWORD,
  fichier: 'fichier-kambove',
  navigateur: 'Navigateur-Lubudi',
};

describeEachDatabase('the log', (open) => {
  let database: TestDatabase;
  let site: TestApp;
  let lines: string[];

  beforeEach(async () => {
    lines = [];
    database = await open(migrated);
    const destination = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    site = await createTestApp(database.url, { logger: createLogger({ level: 'trace', destination }) });
  });
  afterEach(async () => {
    await site?.close();
    await database?.drop();
  });

  it('says what was asked, by whom and how it went, and nothing of people or letters', async () => {
    const clerk = await site.person('user', 'ADM', 'agent.kolwezi');
    const made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
    const { id } = await made.enregistrer(clerk, {
      objet: SECRETS.objet,
      correspondant: SECRETS.correspondant,
    });
    const browser = await browserOf(site, clerk);
    const agent = { 'user-agent': SECRETS.navigateur };
    await browser.send({ url: `/mail/${id}`, headers: agent });
    await browser.send({ url: `/view_mail?search=${SECRETS.recherche}&statut=${SECRETS.recherche}` });
    await browser.send({ url: `/${SECRETS.fichier}?q=${SECRETS.recherche}` });
    await browser.post(`/mail/${id}/modifier`, { objet: SECRETS.objet, correspondant: '', version: '1' });
    await browser.send({
      method: 'POST',
      url: '/courriers/nouveau?flux=ENTRANT',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      payload: `--x\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n${browser.token}\r\n--x\r\nContent-Disposition: form-data; name="fichiers"; filename="${SECRETS.fichier}.png"\r\n\r\nrien\r\n--x--\r\n`,
    });
    for (const email of [SECRETS.identifiant, 'agent.kolwezi@example.cd']) {
      const login = {
        method: 'POST',
        url: '/login',
        payload: { email, password: SECRETS.motDePasse },
      } as const;
      await site.app.inject(login);
    }
    // A fault: the database is gone in the middle of a request.
    await site.container.database.close();
    const fault = await browser.send({ url: `/view_mail?search=${SECRETS.recherche}` });
    expect(fault.statusCode).toBeGreaterThanOrEqual(500);

    const log = lines.join('');
    expect(log).toContain('"route":"/mail/:id"');
    expect(log).toContain(`"user_id":${clerk.userId}`);
    for (const secret of Object.values(SECRETS))
      expect(log.toLowerCase(), secret).not.toContain(secret.toLowerCase());
    expect(log).not.toContain('agent.kolwezi');
    expect(log).not.toContain(browser.token);
    expect(log).not.toContain(browser.headers.cookie.split('=')[1]);
  });
});

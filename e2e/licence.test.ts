import { join } from 'node:path';
import { systemActor } from '@gec/core';
import { splitForQr } from '@gec/licence-client';
import { expectNoAxeViolations, openTestDatabase, testClock } from '@gec/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, TEST_PASSPHRASE, type TestServer } from '../apps/licences/src/test/harness.ts';
import { openSite, type TestSite } from './lib/gec.ts';
import { problemsHere } from './lib/looks.ts';

const DAY = 86_400_000;
const actor = systemActor('test');

/** Both programs, as `npm start` joins them, on one clock. */
describe('the licence from key to read-only and back', () => {
  const clock = testClock('2026-11-21T08:00:00Z');
  let server: TestServer;
  let site: TestSite;
  let key: string;

  beforeAll(async () => {
    const database = await openTestDatabase('sqlite');
    server = await createTestServer(database.url, { clock });
    const address = await server.app.listen({ host: '127.0.0.1', port: 0 });
    [key] = (await server.keys(1, '6m')) as [string];
    site = await openSite({
      clock,
      env: {
        LICENSE_SERVER_URL: address,
        LICENSE_TRUST_ANCHOR: await server.container.signing.trustAnchor(),
        GEC_PUBLIC_URL: 'http://127.0.0.1',
      },
    });
  });
  afterAll(async () => {
    await site.close();
    await server.close();
  });

  /** The page of the licence in the browser of the administrator. */
  async function page(): Promise<Page> {
    const window = await site.window(await site.person('super_admin', null));
    const opened = await window.newPage();
    await opened.goto('/admin/licence');
    return opened;
  }

  async function text(opened: Page): Promise<string> {
    return opened.innerText('main');
  }

  it('takes a key from the licence server and activates it in the page', async () => {
    const opened = await page();
    expect(await text(opened)).toContain('Période d’évaluation');
    await opened.fill('#cle', key.toLowerCase());
    await opened.click('text="Activer"');
    await opened.waitForSelector('text="Licence active"');
    expect(await text(opened)).toContain('6 mois');
    await opened.click('text="Synchroniser maintenant"');
    await opened.waitForSelector('text=/Licence synchronisée/');
    expect(await problemsHere(opened, 'an active licence')).toEqual([]);
    await opened.context().close();
  });

  it('keeps on working when the signing key is changed, and when the former one is revoked', async () => {
    const { signing } = server.container;
    const root = join(server.container.config.dataDir, 'root-key.json');
    const [former] = (await signing.jwks()).keys;
    clock.advance(DAY);
    await signing.rotate(actor, root, TEST_PASSPHRASE);
    expect(await site.container.licence.synchroniser(actor)).toMatchObject({ state: 'active' });
    clock.advance(DAY);
    await signing.revoke(actor, former!.kid, root, TEST_PASSPHRASE);
    expect(await site.container.licence.synchroniser(actor)).toMatchObject({ state: 'active', warnings: [] });
  });

  it('is suspended by the editor: the office reads everything and changes nothing, then works again', async () => {
    clock.advance(2 * DAY);
    await server.container.licenses.changeState(actor, { key }, 'suspended', 'Facture impayée');
    expect(await site.container.licence.battement()).toBe(true);

    const opened = await page();
    expect(await text(opened)).toContain('Motif\u00A0: Facture impayée.');
    expect(await opened.innerText('.banner')).toContain('La licence a été suspendue');
    await expectNoAxeViolations(opened);
    await opened.goto('/courriers/nouveau?flux=ENTRANT');
    const csrf = await opened.getAttribute('form input[name="_csrf"]', 'value');
    const refused = await opened.request.post('/courriers/nouveau', {
      form: { _csrf: csrf ?? '', flux: 'ENTRANT', objet: 'Essai' },
    });
    expect(refused.status()).toBe(403);
    expect(await refused.text()).toContain('rien ne peut être enregistré ni modifié');
    expect((await opened.request.get('/view_mail')).status()).toBe(200);

    clock.advance(60_000);
    await server.container.licenses.changeState(actor, { key }, 'active', 'Facture payée');
    await opened.goto('/admin/licence');
    await opened.click('text="Synchroniser maintenant"');
    await opened.waitForSelector('text="Licence active"');
    expect(await opened.locator('.banner').count()).toBe(0);
    await opened.context().close();
  });

  it('is renewed without a network: a request as QR codes, the answer as lines of a code reader', async () => {
    clock.advance(2 * DAY);
    const opened = await page();
    await opened.selectOption('#genre', 'renew');
    await opened.click('text="Montrer la demande en codes QR"');
    await opened.waitForSelector('svg[role="img"] path');
    await expectNoAxeViolations(opened);

    const file = await site.container.licence.demander(actor, 'renew');
    const request = (JSON.parse(file.content) as { request: string }).request;
    const bundle = await server.container.sync.offline(request, { ip: '192.0.2.1', lang: 'fr' });
    await opened.goto('/admin/licence');
    await opened.fill('#lignes', splitForQr(JSON.stringify(bundle)).reverse().join('\n'));
    await opened.click('text="Appliquer les codes"');
    await opened.waitForSelector('text=/Fichier de licence appliqué/');
    expect(await text(opened)).toContain('Licence active');
    await opened.context().close();
  });

  it('goes to another installation with the days that are left', async () => {
    await site.container.licence.rendre(actor);
    expect(await site.container.licence.etat()).toMatchObject({ state: 'evaluation' });
    const again = await site.container.licence.activer(actor, key);
    expect(again).toMatchObject({ state: 'active' });
    expect(again.daysLeft).toBeLessThan(180);
  });
});

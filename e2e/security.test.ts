import { expectNoAxeViolations } from '@gec/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../apps/gec/src/test/harness.ts';
import { codeNow } from '../apps/gec/src/test/totp.ts';
import { openSite, type TestSite } from './lib/gec.ts';
import { problemsOf } from './lib/looks.ts';

const PAGE = '/profil/second-facteur';

describe('second factors and security in a browser', () => {
  let site: TestSite;
  /** A passkey belongs to a name: the numeric address of the tests has none. */
  let url: string;

  beforeAll(async () => {
    site = await openSite();
    url = site.url.replace('127.0.0.1', 'localhost');
  });
  afterAll(() => site?.close());

  const window = (): Promise<BrowserContext> => site.browser.newContext({ baseURL: url, locale: 'fr-FR' });

  async function signIn(page: Page, username: string): Promise<void> {
    await page.goto('/login');
    await page.fill('#email', username);
    await page.fill('#password', TEST_PASSWORD);
    await page.keyboard.press('Enter');
  }

  /** A passkey that a device holds, as the browser tells it. */
  type Credential = {
    credentialId: string;
    isResidentCredential: boolean;
    privateKey: string;
    signCount: number;
  };

  /**
   * Gives the open page a device with a fingerprint. Every page of the site gets a process of its own, to which the
   * device belongs: so each page that needs it gets it anew, with the passkeys that it holds.
   */
  async function device(page: Page, held: Credential[] = [], { verified = true } = {}) {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: verified,
        automaticPresenceSimulation: true,
      },
    });
    for (const credential of held) await cdp.send('WebAuthn.addCredential', { authenticatorId, credential });
    return cdp;
  }

  it('adds a passkey, asks it at the door, and opens by it alone', async () => {
    await site.person('user', 'ADM', 'cle');
    const context = await window();
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) faults.push(message.text());
    });
    await signIn(page, 'cle');
    await page.waitForURL(`${url}/`);
    await page.goto(PAGE);
    await page.waitForSelector('html.js');

    const made = await device(page);
    const added = new Promise<Credential>((resolve) =>
      made.on('WebAuthn.credentialAdded', ({ credential }) => resolve(credential)),
    );
    await page.fill('#cle-nom', 'Clé du bureau');
    await page.fill('#cle-mdp', 'faux');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-message]:not([hidden])');
    expect(await page.textContent('[data-message]')).not.toBe('');
    await page.fill('#cle-mdp', TEST_PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.codes');
    expect(await page.locator('.codes code').count()).toBe(10);
    await expectNoAxeViolations(page);
    await page.click('text=Je les ai notés');
    expect(await page.textContent('main')).toContain('Clé du bureau');
    const credential = await added;
    expect(credential.isResidentCredential).toBe(true);
    // Its counter goes on from where the device left it.
    const held = (signCount: number): Credential[] => [{ ...credential, signCount }];

    await context.clearCookies();
    await signIn(page, 'cle');
    await page.waitForURL('**/login/second-facteur');
    await page.waitForSelector('html.js');
    await device(page, held(100));
    await page.click('text=Utiliser une clé d’accès');
    await page.waitForURL(`${url}/`);

    // Windows of their own: what an open page still asks may bring back a cookie that was just cleared.
    const alone = await (await window()).newPage();
    await alone.goto('/login?next=/profil');
    await alone.waitForSelector('html.js');
    await device(alone, held(200));
    await alone.click('text=Entrer avec une clé d’accès');
    await alone.waitForURL('**/profil');

    // A device that does not know who holds it opens nothing, and the page says so.
    const stranger = await (await window()).newPage();
    await stranger.goto('/login');
    await stranger.waitForSelector('html.js');
    await device(stranger, held(300), { verified: false });
    await stranger.click('text=Entrer avec une clé d’accès');
    await stranger.waitForSelector('[data-message]:not([hidden])');
    expect(await stranger.textContent('[data-message]')).toContain('n’a pas répondu');
    expect(faults).toEqual([]);
    for (const one of [page, alone, stranger]) await one.context().close();
  });

  it('leads whoever must have a second factor to an app, by keyboard alone', async () => {
    const boss = await site.person('super_admin', 'SG', 'chef');
    await site.container.parametres.update(boss, { secondFacteurRoles: ['admin'] });
    await site.person('admin', 'FIN', 'exige');
    const context = await window();
    const page = await context.newPage();
    await signIn(page, 'exige');
    await page.waitForURL(`**${PAGE}`);
    expect(await page.textContent('h1')).toBe('Ajoutez un second facteur');
    await expectNoAxeViolations(page);
    await page.focus('#application-mdp');
    await page.keyboard.type(TEST_PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${PAGE}/application`);
    await expectNoAxeViolations(page);
    const secret = ((await page.textContent('.secret code')) ?? '').replaceAll(' ', '');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('code');
    await page.keyboard.type(codeNow(secret));
    await page.keyboard.press('Enter');
    await page.waitForSelector('.codes');
    await page.click('text=Je les ai notés');
    await page.goto('/');
    expect(new URL(page.url()).pathname).toBe('/');
    await context.close();
    await site.container.parametres.update(boss, { secondFacteurRoles: [] });
  });

  it('shows its pages at every width and theme without a fault for axe', async () => {
    const boss = await site.person('super_admin', 'SG', 'chef');
    const { adresses, securite } = site.container;
    await adresses.block(boss, { cidr: '203.0.113.0/24', motif: 'Essais répétés', minutes: 60 });
    await adresses.allow(boss, { cidr: '2001:db8::/32', motif: 'Bureau de Lubumbashi' });
    for (let i = 0; i < 12; i += 1) {
      await site.app.inject({
        method: 'POST',
        url: '/login',
        remoteAddress: `198.51.100.${i}`,
        headers: { accept: 'application/json' },
        payload: { email: 'cle', password: 'faux' },
      });
    }
    for (let i = 0; i < 8; i += 1) {
      await site.app.inject({
        method: 'POST',
        url: '/login',
        headers: { accept: 'application/json' },
        payload: { email: 'fantome', password: 'faux' },
      });
    }
    await securite.verifier(boss);
    await securite.finVerification();
    const all = [
      '/admin/securite',
      PAGE,
      '/admin/securite/adresses',
      '/admin/securite/blocages',
      '/admin/securite/sessions',
      '/admin/logs/exports',
    ];
    const context = await window();
    const page = await context.newPage();
    await signIn(page, 'chef');
    await page.waitForURL(`${url}/`);
    expect(await problemsOf(page, all)).toEqual([]);
    await context.close();
  }, 240_000);

  it('blocks an address and ends a session by keyboard, and asks before shutting oneself out', async () => {
    await site.signIn(await site.person('user', 'ADM', 'ailleurs'));
    const context = await window();
    const page = await context.newPage();
    await signIn(page, 'chef');
    await page.waitForURL(`${url}/`);
    await page.goto('/admin/securite/adresses');
    await page.focus('#cidr');
    await page.keyboard.type('127.0.0.0/8');
    await page.keyboard.press('Enter');
    await page.waitForSelector('input[name=confirme]');
    expect(await page.inputValue('#cidr')).toBe('127.0.0.0/8');
    await expectNoAxeViolations(page);
    await page.fill('#cidr', '192.0.2.0/24');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=192.0.2.0/24');
    await page.goto('/admin/securite/sessions?q=ailleurs');
    await page.getByRole('button', { name: 'Fermer la session de Personne ailleurs' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=La session est fermée.');
    await page.goto('/admin/securite');
    await page.click('text=Vérifier le journal');
    await page.waitForSelector('text=Le journal est intact');
    await context.close();
  });
});

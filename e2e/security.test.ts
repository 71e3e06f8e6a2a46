import { expectNoAxeViolations } from '@gec/testing';
import { generateSync } from 'otplib';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_PASSWORD } from '../apps/gec/src/test/harness.ts';
import { openSite, type TestSite } from './lib/gec.ts';
import { LOOKS } from './lib/site.ts';

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

  const window = (look: (typeof LOOKS)[number] = LOOKS[0]): Promise<BrowserContext> =>
    site.browser.newContext({
      baseURL: url,
      locale: 'fr-FR',
      viewport: { width: look.width, height: look.height },
      colorScheme: look.theme,
    });

  async function signIn(page: Page, username: string): Promise<void> {
    await page.goto('/login');
    await page.fill('#email', username);
    await page.fill('#password', TEST_PASSWORD);
    await page.keyboard.press('Enter');
  }

  async function authenticator(page: Page) {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { cdp, authenticatorId };
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
    const { cdp, authenticatorId } = await authenticator(page);
    await signIn(page, 'cle');
    await page.goto(PAGE);
    await page.waitForSelector('html.js');

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
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toHaveLength(1);

    await context.clearCookies();
    await signIn(page, 'cle');
    await page.waitForURL('**/login/second-facteur');
    await page.waitForSelector('html.js');
    await page.keyboard.press('Tab');
    await page.click('text=Utiliser une clé d’accès');
    await page.waitForURL(`${url}/`);

    await context.clearCookies();
    await page.goto('/login?next=/profil');
    await page.waitForSelector('html.js');
    await page.click('text=Entrer avec une clé d’accès');
    await page.waitForURL('**/profil');

    // A device that does not know who holds it opens nothing, and the page says so.
    await context.clearCookies();
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.goto('/login');
    await page.waitForSelector('html.js');
    await page.click('text=Entrer avec une clé d’accès');
    await page.waitForSelector('[data-message]:not([hidden])');
    expect(await page.textContent('[data-message]')).toContain('n’a pas répondu');
    expect(faults).toEqual([]);
    await context.close();
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
    await page.keyboard.type(generateSync({ secret }));
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
    for (const look of LOOKS) {
      const context = await window(look);
      const page = await context.newPage();
      await signIn(page, 'chef');
      await page.waitForURL(`${url}/`);
      for (const path of [
        '/admin/securite',
        '/admin/securite/adresses',
        '/admin/securite/blocages',
        '/admin/securite/sessions',
        '/admin/logs/exports',
        PAGE,
      ]) {
        await page.goto(path);
        await page.waitForSelector('html.js');
        await expectNoAxeViolations(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        expect([path, look.width, wide]).toEqual([path, look.width, false]);
        const shot = process.env['SHOTS'];
        if (shot !== undefined) {
          const name = `${path.slice(1).replaceAll('/', '-')}-${look.width}-${look.theme}.png`;
          await page.screenshot({ path: `${shot}/${name}`, fullPage: true });
        }
      }
      await context.close();
    }
  });

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
    await page.focus('text=Fermer >> nth=-1');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=La session est fermée.');
    await page.goto('/admin/securite');
    await page.click('text=Vérifier le journal');
    await page.waitForSelector('text=Le journal est intact');
    await context.close();
  });
});

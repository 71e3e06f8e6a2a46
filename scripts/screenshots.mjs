// Takes the pictures of the documentation from a running demonstration:
// node_modules/.bin/node scripts/screenshots.mjs <address> <user name> <password>
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { fail, root } from './lib/prepare.mjs';
import { findBrowser } from '../packages/testing/src/programs.mjs';

const [address, username, password] = process.argv.slice(2);
if (!password) fail('Usage: scripts/screenshots.mjs <address> <user name> <password>', 2);
const executablePath = findBrowser() ?? fail('No Chromium or Chrome was found on this machine');
const folder = join(root, 'docs', 'images');
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });

/** A signed-in window. */
async function open(width, height, colorScheme) {
  const context = await browser.newContext({
    baseURL: address,
    viewport: { width, height },
    colorScheme,
    locale: 'fr-FR',
  });
  const page = await context.newPage();
  await page.goto('/login');
  await page.fill('[name=email]', username);
  await page.fill('[name=password]', password);
  await page.click('button[type=submit]');
  await page.waitForURL(`${address}/`);
  return page;
}

/** Waits until every picture on the screen is there, then keeps the screen. */
async function keep(page, name) {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

const page = await open(1440, 900, 'light');
await keep(page, 'accueil');
await page.goto('/view_mail?search=permis');
await page.keyboard.press('j');
await keep(page, 'liste');
await page.keyboard.press('Enter');
await page.waitForURL('**/mail/**');
await keep(page, 'courrier');
await page.goto('/courriers/nouveau?flux=ENTRANT');
await keep(page, 'enregistrer');

const dark = await open(1440, 900, 'dark');
await dark.goto('/view_mail?search=permis');
await dark.keyboard.press('j');
await dark.keyboard.press('Enter');
await dark.waitForURL('**/mail/**');
await keep(dark, 'courrier-sombre');

const phone = await open(390, 844, 'light');
await phone.goto('/view_mail');
await keep(phone, 'liste-telephone');
await browser.close();

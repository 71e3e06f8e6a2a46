import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn, type ChildProcess } from 'node:child_process';
import { expectNoAxeViolations, launchBrowser } from '@gec/testing';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemsOf } from './lib/looks.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const PASSWORD = 'Mot-de-passe-editeur-1';

let dir = '';
let url = '';
let program: ChildProcess;
let browser: Browser;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gec-lic-e2e-'));
  program = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'apps/licences/dist/main.js')], {
    env: {
      PATH: process.env['PATH'] ?? '',
      LICENSE_DATA_DIR: dir,
      LICENSE_PORT: '0',
      LICENSE_ADMIN_PASSWORD: PASSWORD,
      BCRYPT_COST: '4',
      RATE_LIMIT: '0',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await new Promise<string>((resolve, reject) => {
    let output = '';
    program.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /(http:\/\/\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    program.once('exit', (code) => reject(new Error(`the licence server ended with ${code}: ${output}`)));
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  const ended = new Promise((resolve) => program.once('exit', resolve));
  program.kill('SIGTERM');
  await ended;
  rmSync(dir, { recursive: true, force: true });
});

async function signIn(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, locale: 'fr-FR', ...options });
  const page = await context.newPage();
  await page.goto('/login');
  await page.fill('[name=username]', 'admin');
  await page.fill('[name=password]', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForURL(`${url}/`);
  return page;
}

describe('making keys', () => {
  it('shows how far it is, by keyboard alone, and leads to the batch', async () => {
    const page = await signIn({});
    await page.goto('/generation');
    const shown: string[] = [];
    await page.exposeFunction('note', (text: string) => shown.push(text));
    await page.evaluate(() => {
      const panel = document.querySelector('[data-progress-panel]')!;
      const { note } = window as unknown as { note(text: string): void };
      const tell = () => note(panel.textContent ?? '');
      new MutationObserver(tell).observe(panel, { childList: true, subtree: true, characterData: true });
    });
    await page.focus('#count-12m');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('4000');
    await page.focus('#owner');
    await page.keyboard.type('Cadastre minier');
    await page.keyboard.press('Enter');
    const link = page.locator('[data-progress-panel] a');
    await link.waitFor();
    expect(shown.some((text) => /^Travail en cours….*\/ 4.000$/.test(text))).toBe(true);
    expect(shown.at(-1)).toContain('clés créées dans le lot');
    await expectNoAxeViolations(page);
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/lots/*');
    await page.context().close();
  });

  it('brings a refused form back with what was typed', async () => {
    const page = await signIn({});
    await page.goto('/generation');
    await page.fill('#count-1m', '10001');
    await page.fill('#label', 'Trop grand');
    await page.click('main form button.btn-primary');
    await page.locator('.field-bad, [role=alert]').first().waitFor();
    expect(await page.inputValue('#label')).toBe('Trop grand');
    expect(await page.inputValue('#count-1m')).toBe('10001');
    await page.context().close();
  });

  it('works without script', async () => {
    const page = await signIn({ javaScriptEnabled: false });
    await page.goto('/generation');
    await page.fill('#count-1j', '2');
    await page.fill('#label', 'Sans script');
    await page.click('main form button.btn-primary');
    await page.waitForURL('**/lots/*');
    expect(await page.textContent('h1')).toContain('Sans script');
    await page.context().close();
  });

  it('lets keys leave as a file, shown while it comes', async () => {
    const page = await signIn({});
    await page.goto('/licences');
    const coming = page.waitForEvent('download');
    await page.click('a[href="/licences/export.csv"]');
    const file = await coming;
    expect(file.suggestedFilename()).toBe('licences.csv');
    const stream = await file.createReadStream();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text.split('\r\n').length).toBeGreaterThan(4_000);
    const [, line = ''] = text.split('\r\n');
    const key = line.split(',')[0]!;
    const answer = await page.request.post('/api/activate', {
      data: { license_key: key, domain_fingerprint: 'e2e.example.cd' },
    });
    expect(answer.status()).toBe(200);
    await page.request.get('/api/validate/ZZZZZZZZZZZZ');
    await page.context().close();
  });
});

describe('the pages of the licence server in every look', () => {
  it('signs in on a page on which axe finds nothing', async () => {
    const context = await browser.newContext({ baseURL: url });
    expect(await problemsOf(await context.newPage(), ['/login'])).toEqual([]);
    await context.close();
  });

  it('has pages on which axe finds nothing and nothing overflows', async () => {
    const page = await signIn({});
    const places = await page
      .locator('nav a')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
    expect(places).toContain('/licences');
    expect(places).toContain('/hors-ligne');
    await page.goto('/licences?status=used');
    const used = await page.locator('a.row-link').first().getAttribute('href');
    expect(used).toMatch(/^\/licences\/\d+$/);
    const others = ['/import', '/profil', used!, '/lots/1', '/test?key=ABCDEFGH1234'];
    expect(await problemsOf(page, new Set([...places, ...others]))).toEqual([]);
    await page.context().close();
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn, type ChildProcess } from 'node:child_process';
import { expectNoAxeViolations, launchBrowser } from '@gec/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOOKS } from './lib/site.ts';

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

describe.each(LOOKS)('the licence server at $width pixels, $theme', (look) => {
  it('has pages on which axe finds nothing and nothing overflows', async () => {
    const context = await browser.newContext({
      baseURL: url,
      viewport: { width: look.width, height: look.height },
      colorScheme: look.theme,
      locale: 'fr-FR',
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto('/login');
    await expectNoAxeViolations(page);
    await page.fill('[name=username]', 'admin');
    await page.fill('[name=password]', PASSWORD);
    await page.click('button[type=submit]');
    await page.waitForURL(`${url}/`);
    const places = await page
      .locator('nav a')
      .evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
    expect(places).toContain('/licences');
    expect(places).toContain('/hors-ligne');
    for (const path of new Set([...places, '/import', '/profil'])) {
      const answer = await page.goto(path);
      if (answer?.status() !== 200) problems.push(`${path}: ${answer?.status()}`);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (wide > 0) problems.push(`${path}: ${wide} pixels too wide`);
      await expectNoAxeViolations(page).catch((error: Error) => problems.push(`${path}: ${error.message}`));
    }
    expect(problems).toEqual([]);
    await context.close();
  });
});

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expectNoAxeViolations, samplePdf, tempDir, type TempDir } from '@gec/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ecrireFichiers,
  inventerAncienne,
  scriptAncien,
} from '../apps/gec/src/modules/imports/reprise/reprise.fixture.ts';
import { problemsOf } from './lib/looks.ts';
import { startSite, type Site } from './lib/site.ts';

let site: Site;
let ancien: TempDir;
beforeAll(async () => {
  ancien = await tempDir();
  const scan = await samplePdf();
  const installation = inventerAncienne(8, [scan, scan, scan, scan, scan]);
  await mkdir(join(ancien.path, 'uploads'));
  await ecrireFichiers(join(ancien.path, 'uploads'), installation);
  const raw = new DatabaseSync(join(ancien.path, 'gec.db'));
  for (const statement of scriptAncien(installation)) raw.exec(statement);
  raw.close();
  site = await startSite({ GEC_LEGACY_DIR: ancien.path });
});
afterAll(async () => {
  await site.close();
  await ancien.remove();
});

/** Loads the page again until it says something; what is done in the background takes its time. */
async function until(page: Page, words: string): Promise<void> {
  for (let n = 0; n < 120; n++) {
    if ((await page.locator('main').innerText()).includes(words)) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  throw new Error(`the page never said: ${words}`);
}

/** Axe and width, in every look, of pages as they stand now. */
async function holds(paths: readonly string[]): Promise<void> {
  const page = await site.open({ cookie: site.admin.cookie });
  expect(await problemsOf(page, paths)).toEqual([]);
  await page.context().close();
}

it('takes an old register over from a file, with the keyboard, after showing what it will do', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  await page.goto('/admin/import');
  const csv =
    'N°;Date;Expéditeur;Objet\r\n008950-25;03/11/2025;Société minière du Katanga;Demande de permis\r\n' +
    '008951-25;pas une date;Cadastre minier;Transmission\r\n';
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'registre.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.locator('main form button[type=submit]').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/admin\/import\/.+/);
  await until(page, 'Lancer la reprise (1)');
  const path = new URL(page.url()).pathname;
  await holds(['/admin/import', path]);
  const start = page.locator('button', { hasText: 'Lancer la reprise' });
  await start.focus();
  await page.keyboard.press('Enter');
  const confirm = page.locator('dialog button, [role=dialog] button').filter({ hasText: /Confirmer|Lancer/ });
  if (
    await confirm
      .first()
      .isVisible()
      .catch(() => false)
  )
    await confirm.first().click();
  await until(page, 'Ce qui a été fait');
  // The work goes on behind the page for a moment.
  const find = () => site.admin.json<object>('GET', '/api/v1/courriers?search=008950-25');
  let found = JSON.stringify((await find()).body);
  for (let n = 0; n < 60 && !found.includes('"008950-25"'); n++) {
    await page.waitForTimeout(500);
    found = JSON.stringify((await find()).body);
  }
  expect(found).toContain('"008950-25"');
  await holds([path]);
  await page.context().close();
});

it('takes an older installation over from the server, with the keyboard and without script', async () => {
  const page = await site.open({ cookie: site.admin.cookie, javaScript: false });
  await page.goto('/admin/import');
  await page.locator('main a[href="/admin/import/legacy"]').focus();
  await page.keyboard.press('Enter');
  await page.locator('#serveur-source').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.type('uploads');
  await page.keyboard.press('Tab');
  await page.keyboard.type('secret qui n’est pas une clé');
  await page.keyboard.press('Enter');
  await page.getByText('32 octets').waitFor();
  expect(await page.locator('#serveur-source').inputValue()).toBe('base:gec.db');
  await page.locator('#serveur-cle').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/legacy\/.+/);
  await until(page, 'Ce qui serait fait');
  const path = new URL(page.url()).pathname;
  await holds(['/admin/import/legacy', path]);
  await page.locator('input[name=malgre]').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await until(page, 'Ce qui a été fait');
  const found = await site.admin.json<object>('GET', '/api/v1/courriers?search=008003-25');
  expect(JSON.stringify(found.body)).toContain('"008003-25"');
  await holds([path]);
  await page.context().close();
});

it('makes a key whose secret half is shown once, and a backup with it', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  await page.goto('/admin/sauvegardes');
  await page.locator('form[action$="/cle"] button').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('text=/GEC-SAUVEGARDE-SECRETE-/').first().waitFor();
  await expectNoAxeViolations(page);
  await page.goto('/admin/sauvegardes');
  expect(await page.locator('main').innerText()).not.toContain('GEC-SAUVEGARDE-SECRETE-');
  await page.locator('main form[action="/admin/sauvegardes"] button').first().focus();
  await page.keyboard.press('Enter');
  await until(page, 'Télécharger');
  await holds(['/admin/sauvegardes']);
  await page.context().close();
});

import { expectNoAxeViolations } from '@gec/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problemsOf } from './lib/looks.ts';
import { startSite, type Site } from './lib/site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

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

import { readFile } from 'node:fs/promises';
import { expectNoAxeViolations, sampleJpeg } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemsOf } from './lib/looks.ts';
import { startSite, type Site } from './lib/site.ts';

const LIST = [
  'Nom complet;E-mail;Rôle;Direction',
  ...Array.from({ length: 12 }, (_, n) => `AGENT Numéro${n};agent${n}@example.cd;;TECH`),
  'Sans Adresse;pas une adresse;roi;Mars',
].join('\r\n');

describe('the administration of people', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(() => site.close());

  const open = (javaScript = true) => site.open({ cookie: site.admin.cookie, javaScript });

  it('adds people from a list: checked first, confirmed then, passwords on a sheet', async () => {
    const page = await open();
    await page.goto('/admin/users/import');
    await page.setInputFiles('#fichier', {
      name: 'agents.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(LIST),
    });
    await page.getByRole('button', { name: 'Vérifier la liste' }).click();
    await page.waitForURL(/\/admin\/users\/import\/.+/);
    await expectNoAxeViolations(page);
    expect(await page.getByText('Cette adresse e-mail n’est pas valide.').count()).toBe(1);
    await page.getByRole('link', { name: /À corriger/ }).click();
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.getByRole('button', { name: 'Ajouter 12 comptes' }).click();
    await page.getByRole('heading', { name: 'Mots de passe provisoires' }).waitFor();
    await expectNoAxeViolations(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Télécharger la feuille (CSV)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('mots-de-passe-provisoires.csv');
    const sheet = await readFile(await download.path(), 'utf8');
    expect(sheet.match(/agent\d+;agent\d+@example\.cd;\w{6}-\w{6}-\w{6}/g)).toHaveLength(12);
    await page.context().close();
  });

  it('is used by keyboard: find somebody, open, change, and see it in the history', async () => {
    const page = await open();
    await page.goto('/admin/users');
    await page.locator('#q').focus();
    await page.keyboard.type('numero7');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=numero7/);
    const row = page.getByRole('link', { name: /AGENT Numéro7/ });
    await row.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/admin\/users\/\d+$/);
    const edit = page.getByRole('link', { name: 'Modifier', exact: true });
    await edit.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/modifier$/);
    // The keys of the program come with its script, after the page.
    await page.waitForLoadState('networkidle');
    await page.locator('#fonction').focus();
    await page.keyboard.type('Chef de bureau');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/admin\/users\/\d+$/);
    expect(await page.getByText('Chef de bureau').count()).toBeGreaterThan(0);
    expect(await page.getByText('Utilisateur modifié').count()).toBe(1);
    await page.context().close();
  });

  it('works without script: a change over a newer one is refused and shows both', async () => {
    const page = await open(false);
    const other = await open(false);
    await page.goto('/admin/users?q=numero3');
    const href = (await page.locator('a.row-link').first().getAttribute('href')) ?? '';
    await page.goto(`${href}/modifier`);
    await other.goto(`${href}/modifier`);
    await other.fill('#nomComplet', 'AGENT Autre');
    await other.getByRole('button', { name: 'Enregistrer' }).click();
    await page.fill('#nomComplet', 'AGENT Mien');
    await page.fill('#telephone', '+243 81 000 00 00');
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    const panel = page.locator('.conflict');
    expect(await panel.innerText()).toMatch(/AGENT Mien[^]*AGENT Autre/);
    expect(await page.inputValue('#telephone')).toBe('+243 81 000 00 00');
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await page.waitForURL(/\/admin\/users\/\d+$/);
    expect(await page.locator('h1').innerText()).toContain('AGENT Mien');
    await page.context().close();
    await other.context().close();
  });

  it('keeps a photograph and shows it beside the name', async () => {
    const page = await open();
    await page.goto('/profil/coordonnees');
    await page.setInputFiles('#photo', {
      name: 'moi.jpg',
      mimeType: 'image/jpeg',
      buffer: await sampleJpeg(),
    });
    await page.getByRole('button', { name: 'Envoyer la photo' }).click();
    const image = page.locator('h1 img.avatar');
    await image.waitFor();
    expect(await image.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(256);
    const src = (await image.getAttribute('src')) ?? '';
    expect(await page.locator('.usermenu img.avatar').getAttribute('src')).toBe(src);
    const answer = await page.request.get(src);
    expect(answer.headers()).toMatchObject({
      'content-type': 'image/jpeg',
      'x-content-type-options': 'nosniff',
    });
    const visitor = await site.open();
    expect((await visitor.request.get(src, { maxRedirects: 0 })).status()).not.toBe(200);
    await visitor.context().close();
    await page.context().close();
  });

  it('holds in every look', async () => {
    const page = await open();
    await page.goto('/admin/users?q=numero1');
    const account = (await page.locator('a.row-link').first().getAttribute('href')) ?? '';
    const visits = [
      '/admin/users',
      '/admin/users?etat=bloque',
      '/admin/users/nouveau',
      '/admin/users/import',
      account,
      `${account}/modifier`,
      '/profil',
      '/profil/coordonnees',
      '/profil/notifications',
    ];
    expect(await problemsOf(page, visits)).toEqual([]);
    await page.context().close();
  });
});

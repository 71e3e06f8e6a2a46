import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Personne } from '../apps/gec/src/modules/utilisateurs/utilisateurs.schema.ts';
import { openSite, type TestSite } from './lib/gec.ts';
import { problemsHere, problemsOf } from './lib/looks.ts';

let site: TestSite;
let boss: Personne;
let context: BrowserContext;
let service: number;

beforeAll(async () => {
  site = await openSite();
  const { roles, departements } = site.container;
  boss = await site.person('super_admin', 'SG', 'cheffe');
  await site.person('user', 'TECH', 'patrick.mbuyi');
  await roles.add(boss, {
    libelle: 'Archiviste',
    description: 'Range et retrouve les courriers.',
    couleur: '#0D9488',
    permissions: ['read_all_mail', 'export_courriers'],
  });
  await site.person('archiviste', 'ADM', 'odette.banza');
  const tech = await departements.byCode('TECH');
  const geologie = {
    code: 'GEO',
    nom: 'Division de Géologie',
    description: null,
    parentId: tech?.id ?? null,
  };
  const made = await departements.add(boss, { ...geologie, chefId: boss.userId });
  const below = { code: 'CARTO', nom: 'Bureau de la Cartographie', description: null, parentId: made.id };
  service = (await departements.add(boss, { ...below, chefId: null })).id;
});
afterAll(() => site?.close());
afterEach(() => context?.close());

async function open(url: string, options: Parameters<TestSite['window']>[1] = {}): Promise<Page> {
  context = await site.window(boss, { viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

describe('roles and departments', () => {
  it('hold in every look: axe finds nothing, nothing overflows, refused forms neither', async () => {
    const page = await open('/');
    const problems = await problemsOf(page, [
      '/admin/roles',
      '/admin/roles?etat=assis&sort_by=droits&sort_order=desc',
      '/admin/roles/archiviste',
      '/admin/roles/super_admin',
      '/admin/departements',
      `/admin/departements/${service}`,
    ]);
    for (const [path, field] of [
      ['/admin/roles/nouveau', '#libelle'],
      ['/admin/departements/nouveau', '#nom'],
    ] as const) {
      problems.push(...(await problemsOf(page, [path])));
      await page.fill(field, '');
      await page.locator('main form[data-island~="dirty-guard"] button.btn-primary').click();
      await page.waitForSelector('#error-summary');
      problems.push(...(await problemsHere(page, `${path}, refused`)));
    }
    expect(problems).toEqual([]);
  });
});

it('a role is made with the keyboard alone', async () => {
  const page = await open('/admin/roles');
  await page.locator('a[href="/admin/roles/nouveau"]').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/admin/roles/nouveau');
  await page.waitForSelector('html.js');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('libelle');
  await page.keyboard.type('Chef de bureau');
  await page.locator('[name=permissions][value=register_mail]').focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL('**/admin/roles/chef_de_bureau');
  expect(await page.locator('[name=permissions]:checked').count()).toBe(1);
  expect(await page.textContent('.flash')).toContain('Chef de bureau');
});

it('a department is moved without script, and a change over a newer one shows both', async () => {
  const page = await open(`/admin/departements/${service}`, { javaScriptEnabled: false });
  await page.fill('#nom', 'Bureau des Cartes');
  const { departements } = site.container;
  const { id, version, ...now } = (await departements.byId(service))!;
  await departements.edit(boss, id, { ...now, nom: 'Bureau du Cadastre' }, version);
  await page.click('main .btn-primary');
  expect(await page.locator('table.conflict td').allInnerTexts()).toEqual([
    'Bureau des Cartes',
    'Bureau du Cadastre',
  ]);
  await page.selectOption('#parentId', { index: 0 });
  await page.click('main .btn-primary');
  await page.waitForURL(`**/admin/departements/${service}`);
  expect(await departements.byId(service)).toMatchObject({ nom: 'Bureau des Cartes', parentId: null });
});

import { signIn } from '@gec/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillRegister, type Filled } from './lib/register.ts';
import { problemsOf } from './lib/looks.ts';
import { startSite, type Site } from './lib/site.ts';

let site: Site;
let filled: Filled;
/** Ids of the correspondants: the one of the register, and one that looks like it. */
let garde = 0;
let fondu = 0;

beforeAll(async () => {
  site = await startSite();
  filled = await fillRegister(site.admin, site.url);
  const add = async (nom: string) =>
    (await site.admin.json<{ id: number }>('POST', '/api/v1/annuaire', { nom })).body.id;
  fondu = await add('Division provinciale des Mines du Haut Katanga');
  const { body } = await site.admin.json<{ correspondants: { id: number; nom: string }[] }>(
    'GET',
    '/api/v1/annuaire?q=haut-katanga',
  );
  garde = body.correspondants.find(({ id }) => id !== fondu)?.id ?? 0;
});
afterAll(() => site.close());

const pages = () => [
  '/admin/referentiels',
  '/admin/referentiels/types?etat=inactif',
  '/admin/referentiels/urgences',
  '/admin/referentiels/instructions',
  '/admin/referentiels/statuts/nouveau',
  '/admin/referentiels/statuts/1',
  '/admin/referentiels/urgences/1',
  '/admin/correspondants',
  '/admin/correspondants?q=introuvable-xyz',
  '/admin/correspondants/nouveau',
  '/admin/correspondants/doublons',
  '/admin/correspondants/import',
  `/admin/correspondants/${garde}`,
  `/admin/correspondants/fusion?garde=${garde}&fondu=${fondu}`,
];

const rows = (page: Page) => page.locator('tbody tr .cell-primary').allInnerTexts();

it('the lists of the office and the directory hold in every look', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  expect(await problemsOf(page, pages())).toEqual([]);
});

describe('the order of a list', () => {
  it('changes by keyboard, step after step, without script', async () => {
    const page = await site.open({ cookie: site.admin.cookie, javaScript: false });
    await page.goto('/admin/referentiels/instructions');
    const before = await rows(page);
    await page.getByRole('button', { name: `Descendre « ${before[0]} »` }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/deplace=/);
    // The page gives the focus back a moment after it was loaded.
    await page.locator('main button:focus').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => rows(page)).toEqual([before[1], before[2], before[0], ...before.slice(3)]);
    await page.context().close();
  });

  it('changes by dragging', async () => {
    const page = await site.open({ cookie: site.admin.cookie });
    await page.goto('/admin/referentiels/urgences');
    const before = await rows(page);
    const handles = page.locator('[data-drag]');
    const from = await handles.nth(0).boundingBox();
    const to = await handles.nth(2).boundingBox();
    if (!from || !to) throw new Error('there is nothing to drag');
    await page.mouse.move(from.x + 8, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(to.x + 8, to.y + 4, { steps: 6 });
    await page.mouse.move(to.x + 8, to.y + to.height + 10, { steps: 6 });
    const saved = page.waitForResponse((answer) => answer.url().endsWith('/ordre'));
    await page.mouse.up();
    await saved;
    await page.waitForLoadState();
    await expect.poll(() => rows(page)).toEqual([before[1], before[2], before[0]]);
    await page.context().close();
  });
});

it('a statut is added by keyboard, and a refused form comes back filled', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  await page.goto('/admin/referentiels/statuts/nouveau');
  await page.keyboard.type('Reçu');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  expect(await page.getByLabel('Libellé').inputValue()).toBe('Reçu');
  await page.getByLabel('Libellé').fill('En attente de signature');
  await page.keyboard.press('Enter');
  await page.getByText('est ajouté').waitFor();
  expect(await rows(page)).toContain('En attente de signature');
  await page.context().close();
});

it('an urgency is chosen at registration and its deadline proposed where the letter is sent on', async () => {
  const { body } = await site.admin.json<{ urgences: { id: number; nom: string }[] }>(
    'GET',
    '/api/v1/urgences',
  );
  const urgent = body.urgences.find(({ nom }) => nom === 'Urgent');
  const page = await site.open({ cookie: site.admin.cookie });
  await page.goto(`/mail/${filled.first}/modifier`);
  await page.getByLabel('Urgence').selectOption(String(urgent?.id));
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(new RegExp(`/mail/${filled.first}$`));
  expect(await page.locator('.pagehead').innerText()).toContain('Urgent');
  await page.goto(`/mail/${filled.first}/transmettre`);
  expect(await page.getByLabel('Échéance').inputValue()).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  await page.context().close();
});

it('doubles are found, compared and merged by keyboard', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  await page.goto('/admin/correspondants/doublons');
  await page.getByRole('link', { name: /^Comparer/ }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/fusion\?garde=/);
  expect(page.url()).toContain(`garde=${garde}`);
  await page.getByRole('button', { name: 'Fusionner' }).focus();
  await page.keyboard.press('Enter');
  // The safe answer has the focus; the other one bears the verb.
  await page.getByRole('dialog').getByRole('button', { name: 'Fusionner' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(`/admin/correspondants/${garde}$`));
  expect(await page.getByRole('status').first().innerText()).toContain('fondu');
  await page.context().close();
});

it('nobody else sees any of it', async () => {
  const { username, motDePasse } = filled.clerk;
  const clerk = await signIn(site.url, username, motDePasse);
  const page = await site.open({ cookie: clerk.cookie });
  await page.goto('/');
  expect(await page.locator('a[href^="/admin/referentiels"], a[href^="/admin/correspondants"]').count()).toBe(
    0,
  );
  for (const path of pages()) expect((await page.goto(path))?.status(), path).toBe(403);
  clerk.close();
  await page.context().close();
});

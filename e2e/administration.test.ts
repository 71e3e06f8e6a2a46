import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOOKS, startSite, type Site } from './lib/site.ts';

/** Every form of the administration that changes something, with a field of it and two values that two people type. */
const FORMS = [
  ['/admin/roles/user', 'description', 'Mien', 'Autre'],
  ['/admin/departements/2', 'description', 'Mien', 'Autre'],
  ['/admin/referentiels/statuts/1', 'description', 'Mien', 'Autre'],
  ['/admin/referentiels/types/1', 'description', 'Mien', 'Autre'],
  ['/admin/referentiels/urgences/1', 'description', 'Mien', 'Autre'],
  ['/settings', 'piedPage', 'Mien', 'Autre'],
  ['/profil/coordonnees', 'fonction', 'Mien', 'Autre'],
  ['/admin/courriels/modeles/transmission/fr', 'sujet', 'Mien', 'Autre'],
  ['/admin/courriels/notifications', 'joursAvantEcheance', '5', '4'],
] as const;

describe('the forms of the administration', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(() => site.close());

  const open = () => site.open({ cookie: site.admin.cookie });
  const field = (page: Page, name: string) => page.locator(`main form [name="${name}"]`).first();
  const save = (page: Page, name: string) =>
    page
      .locator(`main form:has([name="${name}"])`)
      .getByRole('button', { name: 'Enregistrer', exact: true })
      .first();

  it('warn before changes are lost, keep what was typed over a newer change, and show both', async () => {
    const [mine, other] = [await open(), await open()];
    const warned: string[] = [];
    let address = '';
    mine.on('dialog', (dialog) => {
      warned.push(`${address} ${dialog.type()}`);
      void dialog.accept();
    });
    const problems: string[] = [];
    for (const [url, name, my, theirs] of FORMS) {
      address = url;
      await mine.goto(url);
      await other.goto(url);
      await field(other, name).fill(theirs);
      await field(mine, name).fill(my);
      await save(other, name).click();
      await other.locator('.flash').first().waitFor();
      await save(mine, name).click();
      const panel = mine.locator('.conflict');
      await panel.waitFor();
      const words = await panel.innerText();
      if (!words.includes(my) || !words.includes(theirs)) problems.push(`${url}: ${words}`);
      if ((await field(mine, name).inputValue()) !== my) problems.push(`${url}: lost`);
      await field(mine, name).fill(`${my}6`);
      await mine.goto('/notifications');
    }
    expect(problems).toEqual([]);
    expect(warned).toEqual(FORMS.map(([url]) => `${url} beforeunload`));
    await mine.context().close();
    await other.context().close();
  });

  it('are reached from the rail, also by the menu of a telephone, which scrolls above its bar', async () => {
    const wide = await open();
    await wide.goto('/admin/logs');
    const groups = wide.locator('nav.rail .rail-group');
    expect(await groups.allInnerTexts()).toEqual(['Organisation', 'Registre', 'Réglages', 'Contrôle']);
    await wide.setViewportSize({ width: 1440, height: 600 });
    await wide.reload();
    const here = wide.locator('nav.rail .rail-list > .not-phone [aria-current]');
    await expect.poll(async () => ((await here.boundingBox())?.y ?? 900) < 600).toBe(true);
    await wide.context().close();

    const phone = await site.open({ cookie: site.admin.cookie, look: LOOKS[2] });
    await phone.goto('/');
    await phone.locator('.rail-more > summary').focus();
    await phone.keyboard.press('Enter');
    const menu = phone.locator('.rail-more > .menu');
    expect((await menu.boundingBox())?.y).toBeGreaterThanOrEqual(0);
    const last = menu.getByRole('link').last();
    await last.focus();
    await phone.keyboard.press('Enter');
    await phone.waitForURL(/\/(admin|settings|corbeille)/);
    await phone.context().close();
  });
});

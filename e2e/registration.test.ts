import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expectNoAxeViolations } from '@gec/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type TestSite } from './lib/gec.ts';

const sample = (name: string) =>
  fileURLToPath(new URL(`../packages/testing/samples/${name}`, import.meta.url));

describe('the clerk’s minute', () => {
  let site: TestSite;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site.close());

  /** Adds a scan as a person without a mouse does: the field has the focus, the space bar opens the chooser. */
  async function chooseByKey(page: Page, name: string) {
    // What takes the file comes a moment after the page.
    await page.waitForLoadState('networkidle');
    expect(await focused(page)).toBe('pieces');
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Space');
    await (await chooser).setFiles(sample(name));
  }
  const focused = (page: Page) =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      return element?.name || element?.textContent?.trim() || element?.id || '';
    });
  const number = async (page: Page) => (await page.locator('.big-number').textContent())?.trim();

  it('registers a pile with the keyboard alone', async () => {
    const context = await site.window(await site.person('user', 'ADM', 'clavier'));
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) faults.push(message.text());
    });
    page.on(
      'response',
      (answer) => answer.status() >= 400 && faults.push(`${answer.status()} ${answer.url()}`),
    );
    await page.goto('/courriers/nouveau?flux=ENTRANT');
    await page.waitForSelector('html.js');
    expect(await focused(page)).toBe('pieces');
    await chooseByKey(page, 'lettre-timbree.jpg');
    await page.waitForSelector('input[name=pieces]', { state: 'attached' });
    // The cursor went on by itself to what one reads next.
    expect(await focused(page)).toBe('objet');
    await page.keyboard.type('Demande de renouvellement du permis de recherche');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('expediteur');
    await page.keyboard.type('Société Minière de Kolwezi');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('numero_reference');
    await page.keyboard.type('SMK/112/2026');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('date_redaction');
    const dayToCome = page.locator('#date_redaction-hint');
    await page.locator('#date_redaction').fill('2999-11-18');
    await dayToCome.filter({ hasText: 'Cette date est à venir.' }).waitFor();
    await page.locator('#date_redaction').fill('2026-11-18');
    expect(await dayToCome.textContent()).toBe('');
    for (let i = 0; i < 5 && (await focused(page)) !== 'secretaire_general_copie'; i++) {
      await page.keyboard.press('Tab'); // through the parts of the date
    }
    await page.keyboard.press('Space');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL('**/enregistre?**');
    expect(await number(page)).toMatch(/^GEC-\d{4}-00001$/);
    expect(await focused(page)).toContain('00001'); // what a screen reader says first

    // The next one: `n`, what stays the same is there, the sender completes.
    await page.keyboard.press('n');
    await page.waitForURL('**/courriers/nouveau?**');
    await page.waitForSelector('html.js');
    expect(await page.inputValue('#date_redaction')).toBe('2026-11-18');
    expect(await page.isChecked('input[name=secretaire_general_copie][value=oui]')).toBe(true);
    expect(await page.inputValue('#objet')).toBe('');
    await chooseByKey(page, 'lettre-courte.jpg');
    await page.waitForSelector('input[name=pieces]', { state: 'attached' });
    await page.keyboard.type('Transmission des statistiques');
    await page.keyboard.press('Tab');
    await page.keyboard.type('kol');
    await page.waitForSelector('[role=option]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.inputValue('#expediteur')).toBe('Société Minière de Kolwezi');
    expect(page.url()).toContain('/courriers/nouveau');
    await page.focus('button[name=suite]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**precedent=**');
    expect(await number(page)).toMatch(/00002$/);
    await page.waitForSelector('html.js');
    expect(await focused(page)).toBe('pieces');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('keeps a draft with its files when one leaves, and gives it back', async () => {
    const context = await site.window(await site.person('user', 'ADM', 'brouillon'));
    const page = await context.newPage();
    await page.goto('/courriers/nouveau?flux=ENTRANT');
    await page.waitForSelector('html.js');
    await page.setInputFiles('#pieces', sample('lettre-timbree.jpg'));
    await page.waitForSelector('input[name=pieces]', { state: 'attached' });
    await page.fill('#objet', 'Commencé avant midi');
    await page.goto('/courriers/nouveau?flux=SORTANT'); // at once: the beacon has to carry it
    await page.waitForSelector('html.js');
    expect(await page.inputValue('#objet')).toBe('');
    await expect
      .poll(async () => {
        await page.goto('/courriers/nouveau?flux=ENTRANT');
        return page.inputValue('#objet');
      })
      .toBe('Commencé avant midi');
    await page.waitForSelector('input[name=pieces]', { state: 'attached' });
    expect(await page.textContent('#main')).toContain('Brouillon du');
    await page.click('button[form=effacer-brouillon]');
    await page.locator('.dialog-foot .btn, [role=dialog] .btn').filter({ hasText: 'Effacer' }).click();
    await page.waitForLoadState('load');
    await expect.poll(() => page.inputValue('#objet')).toBe('');
    await context.close();
  });

  it('shows a likely duplicate before saving, with and without script', async () => {
    const person = await site.person('user', 'ADM', 'doublon');
    const entry = async (page: Page) => {
      await page.goto('/courriers/nouveau?flux=ENTRANT');
      await page.setInputFiles('#pieces', sample('note-administrative-timbree.jpg'));
      await page.fill('#objet', 'Avis de réunion du comité');
      await page.fill('#expediteur', 'Cadastre minier');
      await page.fill('#numero_reference', 'CAMI/77/2026');
      await page.check('input[value=non]', { force: true });
    };
    const plain = await site.window(person, { javaScriptEnabled: false });
    const first = await plain.newPage();
    await entry(first);
    await first.click('button:has-text("Enregistrer")');
    const one = await number(first);
    await entry(first);
    await first.click('button:has-text("Enregistrer")');
    expect(await first.textContent('#main')).toContain(one);
    expect(await first.inputValue('#objet')).toBe('Avis de réunion du comité');
    await first.click('button:has-text("Enregistrer quand même")');
    const two = await number(first);
    expect(two).not.toBe(one);
    await plain.close();

    const scripted = await site.window(person, { viewport: { width: 1280, height: 1000 } });
    const page = await scripted.newPage();
    await page.goto('/courriers/nouveau?flux=ENTRANT');
    await page.waitForSelector('html.js');
    await entry(page);
    await page.keyboard.press('Tab');
    await page.waitForSelector('[data-duplicates-box] .alert');
    expect(await page.textContent('[data-duplicates-box]')).toContain(two);
    await page.waitForSelector('input[name=pieces]', { state: 'attached' });
    await expect.poll(() => page.inputValue('[data-seen]')).toContain(',');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL('**/enregistre?**'); // it was shown: the server does not ask again

    // On a low screen it stood outside the window, so the server asks.
    await page.setViewportSize({ width: 1280, height: 420 });
    await page.goto('/courriers/nouveau?flux=ENTRANT');
    await page.waitForSelector('html.js');
    await entry(page);
    await page.waitForSelector('input[name=pieces]', { state: 'attached' });
    await page.focus('#statut');
    await page.locator('#statut').scrollIntoViewIfNeeded();
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('button:has-text("Enregistrer quand même")');
    await page.keyboard.press('Control+Enter'); // the focus is in what it says
    await page.waitForURL('**/enregistre?**');
    await scripted.close();
  });

  it('gives back a refused form with its files, its words and the focus on what is wrong', async () => {
    const context = await site.window(await site.person('user', 'ADM', 'refus'), {
      javaScriptEnabled: false,
    });
    const page = await context.newPage();
    await page.goto('/courriers/nouveau?flux=SORTANT');
    await page.setInputFiles('#pieces', [
      {
        name: 'lettre-courte.jpg',
        mimeType: 'image/jpeg',
        buffer: await readFile(sample('lettre-courte.jpg')),
      },
      { name: 'lettre.pdf', mimeType: 'application/pdf', buffer: await readFile(sample('README.md')) },
    ]);
    await page.fill('#objet', 'Réponse <b>à votre lettre</b> & "suite"');
    await page.click('button:has-text("Enregistrer")');
    expect(await page.inputValue('#objet')).toBe('Réponse <b>à votre lettre</b> & "suite"');
    const summary = await page.textContent('#error-summary');
    expect(summary).toContain('lettre.pdf');
    expect(summary).toContain('destinataire');
    expect(summary).toContain('type de courrier');
    expect(summary).toContain('date d’émission');
    expect(await page.isChecked('input[name=pieces]')).toBe(true);
    await page.fill('#destinataire', 'Gouverneur du Lualaba');
    await page.selectOption('#type_courrier_sortant_id', { index: 1 });
    await page.fill('#date_redaction', '2026-11-20');
    await page.click('button:has-text("Enregistrer")');
    expect(await number(page)).toMatch(/^GEC-D-\d{4}-00001$/);
    await context.close();
  });

  it.each(['light', 'dark'] as const)('is accessible (%s)', async (colorScheme) => {
    const person = await site.person('user', 'ADM', `axe.${colorScheme}`);
    const context = await site.window(person, { colorScheme, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    for (const flux of ['ENTRANT', 'SORTANT']) {
      await page.goto(`/courriers/nouveau?flux=${flux}`);
      await page.waitForSelector('html.js');
      await expectNoAxeViolations(page);
      await page.setInputFiles('#pieces', sample('lettre-courte.jpg'));
      await page.waitForSelector('input[name=pieces]', { state: 'attached' });
      await page.keyboard.press('Control+Enter');
      await page.waitForSelector('#error-summary');
      await expectNoAxeViolations(page);
    }
    await page.goto('/courriers/nouveau?flux=ENTRANT');
    await page.waitForSelector('html.js');
    await page.fill('#objet', `Accessible ${colorScheme}`);
    await page.fill('#expediteur', 'Ministère des Finances');
    await page.check('input[value=oui]', { force: true });
    await page.waitForSelector('input[name=pieces]', { state: 'attached' });
    await page.keyboard.press('Control+Enter');
    await page.waitForURL('**/enregistre?**');
    await expectNoAxeViolations(page);
    const label = await context.request.get(page.url().replace(/enregistre.*/, 'etiquette.pdf'));
    expect((await label.body()).subarray(0, 5).toString()).toBe('%PDF-');
    await context.close();
  });
});

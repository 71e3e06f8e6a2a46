import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expectNoAxeViolations, samplePdf, sampleScans } from '@gec/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Personne } from '../apps/gec/src/modules/utilisateurs/utilisateurs.schema.ts';
import { openSite, type TestSite } from './lib/gec.ts';

let site: TestSite;
let chef: Personne;
let juriste: Personne;
let context: BrowserContext;
/** Letters in the order in which they were registered, each with a real scan and a PDF of two pages. */
const ids: number[] = [];

beforeAll(async () => {
  site = await openSite();
  const { pieces, courriers } = site.container;
  chef = await site.person('super_admin', 'SG', 'chef');
  juriste = await site.person('user', 'JUR', 'helene.ilunga');
  await site.person('user', 'TECH', 'patrick.mbuyi');
  const [scan] = sampleScans();
  const receive = async (name: string, content: Buffer) =>
    (await pieces.receive(chef, { name, stream: Readable.from([content]) })).id;
  for (const objet of ['Demande d’agrément', 'Rapport trimestriel', 'Réclamation foncière']) {
    const { id } = await courriers.register(chef, {
      typeCourrier: 'ENTRANT',
      objet,
      correspondant: 'Division provinciale des Mines',
      secretaireGeneralCopie: true,
      pieces: [
        await receive('lettre.jpg', scan ? readFileSync(scan.path) : Buffer.alloc(0)),
        await receive('annexe.pdf', await samplePdf({ pages: 2, text: objet })),
      ],
    });
    ids.push(id);
  }
});
afterAll(() => site?.close());
afterEach(() => context?.close());

async function open(who: Personne, url: string, javaScriptEnabled = true): Promise<Page> {
  context = await site.window(who, { javaScriptEnabled, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Presses Tab until what has the focus matches. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < 80; i++) {
    if (await page.evaluate((css) => document.activeElement?.matches(css), selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

describe('a letter with the keyboard alone', () => {
  it('is sent on: t, a name, Enter, an instruction, Ctrl+Enter', async () => {
    const page = await open(chef, `/mail/${ids[0]}`);
    await page.waitForSelector('html.js');
    await page.keyboard.press('t');
    await page.waitForURL(/transmettre/);
    await tabTo(page, '[data-filter]');
    await page.keyboard.type('HELENE');
    await expect.poll(() => page.locator('[data-person]:visible').count()).toBe(1);
    await page.keyboard.press('Enter');
    expect(await page.textContent('[data-chosen]')).toBe('1 personne choisie.');
    expect(await page.locator('[data-person]:visible').count()).toBeGreaterThan(1);
    await tabTo(page, 'select[name=instruction]');
    // No instruction, attribution, disposition, étude.
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(new RegExp(`/mail/${ids[0]}$`));
    expect(await page.textContent('.flash')).toContain('Le courrier est transmis à Personne helene.ilunga.');
    expect(await page.textContent('.circulation')).toContain('Pour étude et avis');
  });

  it('is read, dealt with and left by who received it', async () => {
    const page = await open(juriste, '/');
    await page.waitForSelector('html.js');
    await tabTo(page, '.waiting-title');
    await page.keyboard.press('Enter');
    await page.waitForURL(/de=a-traiter/);
    await expect
      .poll(() =>
        page.evaluate(() => document.querySelector<HTMLImageElement>('[data-page]')?.naturalWidth ?? 0),
      )
      .toBeGreaterThan(100);
    await expectNoAxeViolations(page);
    await tabTo(page, 'textarea[name=note]');
    await page.keyboard.type('Avis favorable.');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/a-traiter$/);
    expect(await page.textContent('.empty-title')).toBe('Rien n’attend de vous');
    const [done] = await site.container.transmissions.ofCourrier(juriste, ids[0] ?? 0);
    expect(done?.dateTraitement).not.toBeNull();
  });

  it('gives way to the next and the previous one of the list: j, k', async () => {
    const page = await open(chef, `/mail/${ids[1]}?type_courrier=ENTRANT`);
    await page.waitForSelector('html.js');
    await page.keyboard.press('j');
    await page.waitForURL(new RegExp(`/mail/${ids[0]}\\?`));
    await page.waitForSelector('html.js');
    await page.keyboard.press('k');
    await page.waitForURL(new RegExp(`/mail/${ids[1]}\\?`));
    await page.waitForSelector('html.js');
    await page.keyboard.press('e');
    await page.waitForURL(/modifier/);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('objet');
    const date = page.locator('#date_redaction');
    const before = await date.inputValue();
    const hint = page.locator('#date_redaction-hint');
    await date.fill('2999-11-18');
    await hint.filter({ hasText: 'Cette date est à venir.' }).waitFor();
    await date.fill(before);
    expect(await hint.textContent()).toBe('');
    await page.focus('#objet');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Rapport du troisième trimestre');
    await page.keyboard.press('Control+Enter');
    // The form's own address ends like this too.
    await page.waitForURL(new RegExp(`/mail/${ids[1]}\\?.*liste=type_courrier`));
    expect(await page.textContent('h1')).toBe('Rapport du troisième trimestre');
    expect(await page.textContent('.timeline ins')).toBe('Rapport du troisième trimestre');
  });

  it('changes its statut in a dialog that keeps the focus and gives it back', async () => {
    const page = await open(chef, `/mail/${ids[1]}`);
    await page.waitForSelector('html.js');
    await tabTo(page, '.actionmenu > summary');
    await page.keyboard.press('Enter');
    await tabTo(page, '.menu-item[data-dialog=statut]');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.isVisible('#statut')).toBe(true);
    await tabTo(page, '#statut select');
    await page.keyboard.type('Urgent');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('.flash');
    expect(await page.textContent('.letter-line')).toContain('Urgent');
  });

  it('names its scans in tabs when there are several', async () => {
    const page = await open(chef, `/mail/${ids[2]}`);
    expect(await page.locator('.letter-tabs a').allTextContents()).toEqual([
      '1. lettre.jpg',
      '2. annexe.pdf',
    ]);
    expect(await page.locator('[data-page]').count()).toBe(3);
  });
});

describe('a letter without script', () => {
  it('is annotated, put into the corbeille and taken out again', async () => {
    const page = await open(chef, `/mail/${ids[2]}`, false);
    await page.click('.annotate > summary');
    await page.fill('textarea[name=texte]', 'Vu sans script.');
    await page.click('.annotate button[type=submit]');
    expect(await page.textContent('.timeline')).toContain('Vu sans script.');
    await page.click('.actionmenu > summary');
    await page.click('.menu-item[href$="/supprimer"]');
    await page.click('.btn-danger');
    await page.goto('/corbeille?page=2');
    expect(await page.textContent('.empty-title')).toBe('Cette page n’existe plus');
    await page.click('.empty .btn');
    expect(await page.textContent('table')).toContain('Réclamation foncière');
    await page.click('button:has-text("Restaurer")');
    expect(await page.textContent('h1')).toBe('Réclamation foncière');
  });

  it('shows the dialog of the statut by its address', async () => {
    const page = await open(chef, `/mail/${ids[2]}#statut`, false);
    await page.selectOption('#statut select', 'TRAITE');
    await page.click('#statut button[form=statut-form]');
    expect(await page.textContent('.letter-line')).toContain('Traité');
  });
});

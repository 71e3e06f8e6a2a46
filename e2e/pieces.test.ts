import {
  createInstallation,
  expectNoAxeViolations,
  launchBrowser,
  registerArrival,
  sampleJpeg,
  samplePdf,
  samplePng,
  signIn,
  startProgram,
  type Installation,
  type RunningProgram,
} from '@gec/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let installation: Installation;
let program: RunningProgram;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let client: Awaited<ReturnType<typeof signIn>>;

beforeAll(async () => {
  installation = createInstallation();
  program = await startProgram(installation);
  client = await signIn(program.url);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  client?.close();
  await program?.kill('SIGTERM');
  installation?.remove();
});

async function openContext(javaScriptEnabled = true): Promise<void> {
  context = await browser.newContext({ javaScriptEnabled, locale: 'fr' });
  const cookies = client.cookie.split('; ').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return { name, value: value.join('='), url: program.url };
  });
  await context.addCookies(cookies);
  page = await context.newPage();
}

const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
/** Waits for what the page comes to: two programs, a browser and their children share the machine. */
const soon = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 20_000 });
const NOUVEAU = '/courriers/nouveau?flux=ENTRANT';

describe('sending scans', () => {
  beforeEach(async () => {
    await openContext();
    // Each test begins with an empty form: what the one before left behind is not kept as a draft.
    await context.route('**/api/v1/brouillons/**', (route) => route.abort());
    await context.addInitScript(() => {
      navigator.sendBeacon = () => true;
    });
    await page.goto(`${program.url}${NOUVEAU}`);
  });
  afterEach(() => context.close());

  const rows = () => page.locator('[data-list] li');
  const choose = (...files: ReturnType<typeof file>[]) => page.setInputFiles('[data-files]', files);
  const ids = () =>
    page
      .locator('input[name=pieces]')
      .evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value));

  it('sends what is chosen at once, shows its first page, and lets the order be changed with the keyboard', async () => {
    await choose(file('premier.pdf', await samplePdf({ pages: 2 })), file('second.png', await samplePng()));
    await soon(() => page.locator('input[name=pieces]').count()).toBe(2);
    const before = await ids();
    await soon(() =>
      rows()
        .first()
        .locator('img')
        .evaluate((image) => (image as HTMLImageElement).naturalWidth),
    ).toBeGreaterThan(100);
    await expectNoAxeViolations(page);
    const down = page.getByRole('button', { name: 'Descendre premier.pdf' });
    await down.focus();
    await page.keyboard.press('Enter');
    expect(await ids()).toEqual([...before].reverse());
    expect(await down.evaluate((button) => button === document.activeElement)).toBe(true);
    await soon(() => page.locator('#live').textContent()).toContain('premier.pdf');
  });

  it('takes what the camera of a telephone gives, beside what was chosen', async () => {
    const camera = page.locator('input[data-camera][capture=environment]');
    expect(await camera.getAttribute('accept')).toBe('image/*');
    await choose(file('lettre.pdf', await samplePdf()));
    await camera.setInputFiles(file('image.jpg', await sampleJpeg()));
    await soon(() => page.locator('input[name=pieces]').count()).toBe(2);
    expect((await rows().allTextContents()).join('\n')).toMatch(/lettre\.pdf[^]*image\.jpg/);
  });

  it('says which file is refused and why, and goes on with the others', async () => {
    await choose(
      file('faux.pdf', await samplePng()),
      file('notes.docx', Buffer.from('x')),
      file('bon.jpg', await sampleJpeg()),
    );
    await soon(() => page.locator('input[name=pieces]').count()).toBe(1);
    await soon(() => page.locator('[data-list] .is-bad').count()).toBe(2);
    const words = (await rows().allTextContents()).join('\n');
    expect(words).toContain('mais contient une image PNG');
    expect(words).toContain('notes.docx');
    await expectNoAxeViolations(page);
  });

  it('takes what was chosen before the script had come over a slow link', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await context.route('**/assets/*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${program.url}${NOUVEAU}`, { waitUntil: 'commit' });
    await page.locator('[data-files]').waitFor({ state: 'attached' });
    await choose(file('tôt.pdf', await samplePdf()));
    release();
    await soon(() => page.locator('input[name=pieces]').count()).toBe(1);
    expect(await rows().allTextContents()).toEqual([expect.stringContaining('tôt.pdf')]);
  });

  it('takes a file back', async () => {
    await choose(file('a.pdf', await samplePdf()));
    await soon(() => page.locator('input[name=pieces]').count()).toBe(1);
    const [id] = await ids();
    await page.getByRole('button', { name: 'Retirer a.pdf' }).click();
    await soon(() => rows().count()).toBe(0);
    await soon(async () => (await client.request('GET', `/api/v1/televersements/${id}`)).status).toBe(404);
  });

  it('loses nothing when the connection is lost, and sends again', async () => {
    let away = true;
    await page.route('**/api/v1/televersements', (route) => (away ? route.abort() : route.continue()));
    await choose(file('a.pdf', await samplePdf()));
    const again = page.getByRole('button', { name: 'Réessayer a.pdf' });
    await again.waitFor();
    expect(await rows().first().textContent()).toContain('connexion');
    away = false;
    await again.click();
    await soon(() => page.locator('input[name=pieces]').count()).toBe(1);
  });

  it('holds the form while a file is on its way', async () => {
    let go: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (go = resolve));
    await page.route('**/api/v1/televersements', async (route) => {
      await gone;
      await route.continue();
    });
    await choose(file('a.pdf', await samplePdf()));
    await page.locator('form:has([data-files]) .btn-primary:not([type=button])').first().click();
    await soon(() => rows().first().textContent()).toContain('Attendez');
    expect(new URL(page.url()).pathname).toBe('/courriers/nouveau');
    go();
    await soon(() => page.locator('input[name=pieces]').count()).toBe(1);
  });
});

describe('reading scans', () => {
  let address: string;
  beforeAll(async () => {
    const pieces = [
      await client.upload('lettre.pdf', await samplePdf({ pages: 3 })),
      await client.upload('annexe.png', await samplePng()),
    ];
    const { status, body } = await registerArrival(client, 'Demande de permis de recherches', pieces);
    expect(status).toBe(201);
    address = `${program.url}/mail/${body.id}`;
  });
  afterEach(() => context.close());

  it('shows every page in order without script', async () => {
    await openContext(false);
    await page.goto(address);
    const images = page.locator('[data-page]');
    expect(await images.count()).toBe(4);
    expect(await images.first().getAttribute('alt')).toBe('Page 1 de lettre.pdf');
    expect(await images.first().getAttribute('loading')).toBe('lazy');
    expect(await page.getByRole('button', { name: 'Agrandir' }).isVisible()).toBe(false);
  });

  it('moves from page to page and zooms, with buttons and keys', async () => {
    await openContext();
    await page.goto(address);
    const count = page.locator('main [data-count]');
    const width = () =>
      page
        .locator('[data-page]')
        .first()
        .evaluate((image) => image.clientWidth);
    await soon(() => count.textContent()).toBe('Page 1 sur 4');
    await page.locator('[data-pages]').focus();
    await page.keyboard.press('PageDown');
    await soon(() => count.textContent()).toBe('Page 2 sur 4');
    await page.keyboard.press('PageUp');
    await soon(() => count.textContent()).toBe('Page 1 sur 4');
    const fitted = await width();
    await page.keyboard.press('+');
    expect(await width()).toBeGreaterThan(fitted * 1.4);
    await page.getByRole('button', { name: 'Ajuster à la largeur' }).click();
    expect(await width()).toBe(fitted);
    await expectNoAxeViolations(page);
  });
});

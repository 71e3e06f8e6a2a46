import { readFileSync } from 'node:fs';
import { clientOf, samplePdf, sampleScans, signIn } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problemsHere, problemsOf, type Visit } from './lib/looks.ts';
import { LOOKS, startSite, type Site } from './lib/site.ts';
import { fillRegister, type Filled } from './lib/register.ts';

let site: Site;
let filled: Filled;

beforeAll(async () => {
  site = await startSite();
  filled = await fillRegister(site.admin, site.url);
});
afterAll(() => site.close());

/** Every page of the program, as an administrator sees it. */
function pages(): Visit[] {
  const { first, trashed } = filled;
  return [
    '/',
    '/view_mail',
    '/view_mail?type_courrier=ENTRANT&search=permis',
    '/view_mail?search=introuvable-xyz',
    { path: '/view_mail?date_from=2026-02-30', status: 400 },
    `/mail/${first}`,
    `/mail/${first}/modifier`,
    `/mail/${first}/transmettre`,
    `/mail/${first}/supprimer`,
    `/mail/${first}/annuler`,
    `/mail/${first}/enregistre`,
    `/mail/${trashed}`,
    `/mail/${trashed}/detruire`,
    '/courriers/nouveau?flux=ENTRANT',
    '/courriers/nouveau?flux=SORTANT',
    '/a-traiter',
    '/rapports',
    '/corbeille',
    '/settings',
    '/admin/textes?q=enregistrer',
    '/admin/textes/shell/accueil',
    '/admin/sauvegardes',
    '/admin/cles',
    '/admin/import',
    '/admin/users',
    '/admin/registres',
    '/admin/logs',
    '/profil',
    { path: '/page-qui-n-existe-pas', status: 404 },
  ];
}

it('every page holds in every look: axe finds nothing, nothing overflows, nothing breaks the content policy', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  expect(await problemsOf(page, pages())).toEqual([]);
  const visitor = await site.open();
  expect(await problemsOf(visitor, ['/login'])).toEqual([]);
  for (const one of [page, visitor]) await one.context().close();
});

it('a clerk is shown no page that they may not enter', async () => {
  const { motDePasse } = filled.clerk;
  const clerk = await signIn(site.url, filled.clerk.username, motDePasse);
  const page = await site.open({ cookie: clerk.cookie });
  await page.goto('/');
  const links = await page
    .locator('nav.rail a')
    .evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
  expect(links).toContain('/view_mail');
  for (const link of links) {
    const answer = await clientOf(site.url, clerk.cookie).request('GET', link, {
      headers: { accept: 'text/html' },
    });
    expect(`${link} ${answer.status}`).toBe(`${link} 200`);
  }
  expect(links.filter((link) => link.startsWith('/admin') && link !== '/admin/registres')).toEqual([]);
  expect(links).not.toContain('/settings');
  clerk.close();
});

it('sorts a list on a telephone, where its heads are not shown: without script, and with the keyboard alone', async () => {
  const plain = await site.open({ cookie: site.admin.cookie, look: LOOKS[2], javaScript: false });
  await plain.goto('/view_mail?type_courrier=ENTRANT');
  expect(await plain.locator('thead').isVisible()).toBe(false);
  await plain.locator('.sortmenu summary').click();
  await plain.getByRole('link', { name: 'Trier par Objet' }).click();
  const address = new URL(plain.url()).searchParams;
  expect([address.get('type_courrier'), address.get('sort_by')]).toEqual(['ENTRANT', 'objet']);

  const page = await site.open({ cookie: site.admin.cookie, look: LOOKS[2] });
  await page.goto(plain.url());
  const summary = page.locator('.sortmenu summary');
  expect(await summary.innerText()).toMatch(/^Trier par\s: Objet, tri croissant$/);
  await summary.focus();
  await page.keyboard.press('Enter');
  expect(await problemsHere(page, 'the open choice')).toEqual([]);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/sort_order=desc/);
  // The view is another one: what had the focus has it again, and says the new order.
  const again = page.locator('.sortmenu summary:focus');
  await again.filter({ hasText: 'tri décroissant' }).waitFor();
  await page.setViewportSize(LOOKS[0]);
  expect(await summary.isVisible()).toBe(false);
  for (const one of [plain, page]) await one.context().close();
});

it('folds the filters on a telephone: without script their fields are sent, with it their number follows', async () => {
  const plain = await site.open({ cookie: site.admin.cookie, look: LOOKS[2], javaScript: false });
  await plain.goto('/view_mail?type_courrier=ENTRANT');
  expect(await plain.locator('.liste-repli summary').innerText()).toBe('Filtres (1)');
  expect(await plain.locator('#filtre-type_courrier').isVisible()).toBe(false);
  await plain.fill('#filtre-search', 'permis');
  await plain.click('#filtres > .btn');
  const address = new URL(plain.url()).searchParams;
  expect([address.get('type_courrier'), address.get('search')]).toEqual(['ENTRANT', 'permis']);

  const page = await site.open({ cookie: site.admin.cookie, look: LOOKS[2] });
  await page.goto(plain.url());
  await page.focus('.liste-repli summary');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.locator('#filtre-type_courrier:focus').count()).toBe(1);
  await page.selectOption('#filtre-statut', { index: 1 });
  await page.locator('.liste-repli summary', { hasText: 'Filtres (2)' }).waitFor();
  expect(await problemsHere(page, 'the open filters')).toEqual([]);
  await page.setViewportSize(LOOKS[0]);
  await page.reload();
  expect(await page.locator('.liste-repli').isVisible()).toBe(false);
  expect(await page.locator('#filtre-type_courrier').isVisible()).toBe(true);
  for (const one of [plain, page]) await one.context().close();
});

it('says aloud what stands in place of a page of the list that is no more, since letters went meanwhile', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  await page.goto('/view_mail');
  const heading = page.locator('thead a').first();
  await heading.evaluate((link: HTMLAnchorElement) => (link.href += '&page=99'));
  await heading.click();
  await expect.poll(() => page.locator('#live').textContent()).toBe('Cette page n’existe plus');
  await page.context().close();
});

it('prints the letter and the list, and nothing of what one only presses', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  await page.emulateMedia({ media: 'print' });
  const kept: readonly (readonly [string, string])[] = [
    [`/mail/${filled.first}`, 'main dl'],
    ['/view_mail?type_courrier=ENTRANT', 'main table tbody tr'],
  ];
  for (const [path, facts] of kept) {
    await page.goto(path, { waitUntil: 'load' });
    expect(await page.locator('h1').isVisible(), path).toBe(true);
    expect(await page.locator(facts).first().isVisible(), path).toBe(true);
    const pressed = page.locator('nav.rail, .topbar, .actionmenu, .pagehead .btn, [data-preview-pane]');
    expect(await pressed.count(), path).toBeGreaterThan(2);
    for (const one of await pressed.all()) expect(await one.isVisible(), path).toBe(false);
    expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  }
  await page.context().close();
});

it('registers, finds, reads and exports a letter with the keyboard alone', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  await page.goto('/');
  await page.keyboard.press('n');
  await page.waitForURL('**/courriers/nouveau?flux=ENTRANT');
  // The file dialog is the system's: the file is handed to the field that has the focus.
  const file = page.locator('input[type=file]').first();
  await file.setInputFiles({
    name: 'lettre clavier.pdf',
    mimeType: 'application/pdf',
    buffer: await samplePdf({ pages: 2, text: 'Lettre enregistrée au clavier' }),
  });
  await page.locator('input[name=pieces]').first().waitFor({ state: 'attached' });
  await page.locator('[name=objet]').focus();
  await page.keyboard.type('Demande de renouvellement du permis d’exploitation clavier');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Société Kivu Tantale');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await page.keyboard.type('KT/026');
  await page.locator('[name=secretaire_general_copie]').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/\/mail\/\d+\/enregistre/);
  const number = (await page.locator('.big-number').innerText()).trim();
  expect(number).toMatch(/^GEC-\d{4}-\d{5}$/);

  await page.keyboard.press('/');
  await page.keyboard.type('clavier');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/view_mail\?.*search=clavier/);
  await expect.poll(() => page.locator('table tbody tr').count()).toBe(1);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/mail\/\d+/);
  expect(await page.locator('h1').innerText()).toContain('permis d’exploitation clavier');
  await expect
    .poll(() =>
      page
        .locator('img[src*="/pages/1"]')
        .first()
        .evaluate((img: HTMLImageElement) => img.naturalWidth),
    )
    .toBeGreaterThan(100);
  const id = /\/mail\/(\d+)/.exec(page.url())?.[1];
  const sheet = await site.admin.request('GET', `/export_pdf/${id}`);
  expect(sheet.body.subarray(0, 5).toString()).toBe('%PDF-');
  await page.context().close();
});

it('does the main job without script', async () => {
  const page = await site.open({ javaScript: false });
  await page.goto('/view_mail');
  await page.waitForURL(/\/login/);
  await page.fill('[name=email]', filled.clerk.username);
  await page.fill('[name=password]', filled.clerk.motDePasse);
  await page.click('button[type=submit]');
  await page.goto('/courriers/nouveau?flux=SORTANT');
  const [scan] = sampleScans();
  await page.setInputFiles('input[type=file]', scan!.path);
  await page.fill('[name=objet]', 'Réponse sans script');
  await page.fill('[name=destinataire]', 'Cadastre minier');
  await page.fill('[name=date_redaction]', '2026-11-20');
  await page.selectOption('[name=type_courrier_sortant_id]', { index: 1 });
  await page.click('button:has-text("Enregistrer")');
  await page.waitForURL(/\/mail\/\d+\/enregistre/);
  await page.goto('/view_mail?search=reponse');
  await page.click('table tbody a');
  expect(await page.locator('h1').innerText()).toContain('Réponse sans script');
  const id = /\/mail\/(\d+)/.exec(page.url())?.[1];
  const [cookie] = await page.context().cookies();
  const client = clientOf(site.url, `${cookie!.name}=${cookie!.value}`);
  const kept = await client.request('GET', `/download_file/${id}`);
  expect(kept.body.equals(readFileSync(scan!.path))).toBe(true);
  await page.context().close();
});

it('the list is light: 60 KB compressed at first load, 30 KB of it script', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const sizes = new Map<string, number>();
  const kinds = new Map<string, string>();
  session.on('Network.responseReceived', (event) => kinds.set(event.requestId, event.type));
  session.on('Network.loadingFinished', (event) => sizes.set(event.requestId, event.encodedDataLength));
  await page.goto('/view_mail', { waitUntil: 'networkidle' });
  let total = 0;
  let script = 0;
  for (const [id, size] of sizes) {
    // The pictures of scans come when a row is looked at; they are content, not the page.
    if (kinds.get(id) === 'Image') continue;
    total += size;
    if (kinds.get(id) === 'Script') script += size;
  }
  expect(total).toBeGreaterThan(5_000);
  expect(total).toBeLessThanOrEqual(60 * 1024);
  expect(script).toBeLessThanOrEqual(30 * 1024);
  await page.context().close();
});

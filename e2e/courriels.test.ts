import { signIn, startSmtpSink, type SmtpSink } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillRegister, type Filled } from './lib/register.ts';
import { problemsOf } from './lib/looks.ts';
import { startSite, type Site } from './lib/site.ts';

let site: Site;
let filled: Filled;
let sink: SmtpSink;

beforeAll(async () => {
  sink = await startSmtpSink();
  site = await startSite();
  filled = await fillRegister(site.admin, site.url);
  const { status } = await site.admin.json('POST', `/api/v1/courriers/${filled.first}/transmissions`, {
    destinataires: [filled.clerk.id],
    instruction: 'etude_avis',
  });
  expect(status).toBe(201);
});
afterAll(async () => {
  await site.close();
  await sink.stop();
});

it('the pages of e-mail, notifications and the state of the system hold in every look', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  const administration = [
    '/admin/courriels',
    '/admin/courriels/modeles',
    '/admin/courriels/modeles/transmission/fr',
    '/admin/courriels/notifications',
    '/admin/sante',
    '/notifications',
  ];
  expect(await problemsOf(page, administration)).toEqual([]);
  const clerk = await signIn(site.url, filled.clerk.username, filled.clerk.motDePasse);
  const clerks = await site.open({ cookie: clerk.cookie });
  expect(await problemsOf(clerks, ['/notifications', '/notifications?non_lues=oui'])).toEqual([]);
  clerk.close();
});

it('sets the mail server up and tries it with the keyboard alone', async () => {
  const page = await site.open({ cookie: site.admin.cookie });
  await page.goto('/admin/courriels');
  await page.locator('#hote').focus();
  await page.keyboard.type('127.0.0.1');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(String(sink.port));
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowLeft');
  for (let tab = 0; tab < 4; tab += 1) await page.keyboard.press('Tab');
  await page.keyboard.type('courrier@mines.example.cd');
  for (let tab = 0; tab < 3; tab += 1) await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('adresse');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('.transcript').waitFor();
  expect(await page.locator('#resultat').innerText()).toContain('Le serveur a accepté le message.');
  expect(sink.mails.map(({ to }) => to)).toEqual([['admin@gecmines.cd']]);
  // What was typed is still there, and is kept now.
  await page.locator('#expediteur').focus();
  await page.keyboard.press('Enter');
  await page.locator('.flash').waitFor();
  expect(await page.locator('#hote').inputValue()).toBe('127.0.0.1');

  // From now on a transmission goes out by itself.
  const { status } = await site.admin.json('POST', `/api/v1/courriers/${filled.first}/commentaires`, {
    commentaire: 'Vu.',
  });
  expect(status).toBe(201);
  await page.goto('/admin/courriels/modeles/transmission/fr');
  await page.getByRole('button', { name: 'M’envoyer cet essai' }).press('Enter');
  await page.locator('.flash').waitFor();
  await sink.waitFor(2);
  expect(sink.mails[1]?.subject).toContain('GEC-2026-00042');
  await page.context().close();
});

it('changes a template with its preview, without script too', async () => {
  for (const javaScript of [true, false]) {
    const page = await site.open({ cookie: site.admin.cookie, javaScript });
    await page.goto('/admin/courriels/modeles/traitement/fr');
    await page.locator('#sujet').fill('Traité : {inconnu}');
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.locator('#sujet-error').waitFor();
    await page.locator('#sujet').fill(`Traité ${javaScript} {numero}`);
    await page.getByRole('button', { name: 'Voir l’aperçu' }).click();
    await page.locator('#apercu').waitFor();
    expect(await page.locator('#apercu').innerText()).toContain(`Traité ${javaScript} GEC-2026-00042`);
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await page.locator('.flash').waitFor();
    await page.context().close();
  }
});

it('the bell leads to what happened, and a letter that is opened is no longer announced', async () => {
  const clerk = await signIn(site.url, filled.clerk.username, filled.clerk.motDePasse);
  const page = await site.open({ cookie: clerk.cookie });
  await page.goto('/');
  const bell = page.locator('a.tool[href="/notifications"]');
  const before = Number(await bell.locator('[data-count]').getAttribute('data-count'));
  expect(before).toBeGreaterThan(0);
  await bell.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/notifications');
  await page.locator('main tbody a').first().press('Enter');
  await page.waitForURL(`**/mail/${filled.first}`);
  await page.goto('/notifications?non_lues=oui');
  expect(await page.locator('main').innerText()).toContain('Tout est lu');
  expect(await bell.locator('[data-count]').isHidden()).toBe(true);
  await page.context().close();
  clerk.close();
});

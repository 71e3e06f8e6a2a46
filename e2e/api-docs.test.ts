import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSite, type TestSite } from './lib/gec.ts';

let site: TestSite;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it('shows the JSON interface under the usual content policy, asking no other site', async () => {
  const context = await site.window(await site.person('user', 'ADM', 'api.docs'));
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !url.startsWith(site.url)) faults.push(url);
  });
  const answer = await page.goto('/api/docs');
  expect(answer?.headers()['content-security-policy']).not.toContain('unsafe');
  await page.click('#operations-tag-Courriers');
  await page.click('text=Enregistrer un courrier et lui donner son numéro');
  await page.waitForSelector('.opblock.is-open');
  expect(await page.textContent('.opblock.is-open')).toContain('Idempotency-Key');
  expect(faults).toEqual([]);
  await context.close();
});

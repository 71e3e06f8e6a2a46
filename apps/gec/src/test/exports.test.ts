import { openTestDatabase } from '@gec/testing';
import { expect, it } from 'vitest';
import { createTestApp } from './harness.ts';
import { migrated } from './migrated.ts';

const PAGES = [
  '/admin/users',
  '/admin/departements',
  '/admin/roles',
  '/admin/referentiels',
  '/admin/correspondants',
  '/admin/correspondants/doublons',
  '/admin/textes',
  '/admin/sante',
  '/admin/securite/adresses',
  '/admin/securite/blocages',
  '/admin/securite/sessions',
  '/notifications',
  '/corbeille',
];

it('notes in the journal every list that leaves as a file', async () => {
  const database = await openTestDatabase('sqlite', migrated);
  const test = await createTestApp(database.url);
  try {
    const chef = await test.person('super_admin', 'SG');
    const headers = await test.signIn(chef);
    const get = (url: string) => test.app.inject({ url, headers: { ...headers, accept: 'text/html' } });
    const files = new Set<string>();
    for (const page of PAGES) {
      const { statusCode, body } = await get(page);
      expect([page, statusCode]).toEqual([page, 200]);
      for (const [, href] of body.matchAll(/href="([^"]*\bcsv\b[^"]*)"/g))
        files.add(href!.replaceAll('&amp;', '&'));
    }
    for (const file of files) {
      const exports = async () =>
        (await test.container.journal.list(chef, {}, { size: 200 })).lignes.filter(
          ({ action }) => action.endsWith('export') || action.startsWith('export.'),
        );
      const before = await exports();
      const answer = await get(file);
      expect([file, answer.statusCode]).toEqual([file, 200]);
      const [last, ...rest] = await exports();
      expect([file, rest.length]).toEqual([file, before.length]);
      expect([file, last?.acteur]).toEqual([file, chef.username]);
    }
    expect(files.size).toBe(PAGES.length);
  } finally {
    await test.close();
    await database.drop();
  }
});

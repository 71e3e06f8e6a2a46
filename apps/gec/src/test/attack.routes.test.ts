import { openTestDatabase, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, targetsOf } from './attack.harness.ts';
import { createTestApp, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

const PUBLIC = [
  'GET /health',
  'GET /login',
  'GET /login/second-facteur',
  'GET /logo',
  'GET /metrics',
  'POST /login',
  'POST /login/cle',
  'POST /login/cle/options',
  'POST /login/second-facteur',
  'POST /login/second-facteur/cle',
];

describe('without a session', () => {
  let database: TestDatabase;
  let site: TestApp;

  beforeAll(async () => {
    database = await openTestDatabase('sqlite', migrated);
    site = await createTestApp(database.url);
  });
  afterAll(async () => {
    await site?.close();
    await database?.drop();
  });

  it('nothing is open but what must be', async () => {
    const targets = targetsOf(site);
    const open = targets
      .filter(({ isPublic }) => isPublic)
      .map(({ method, pattern }) => `${method} ${pattern}`);
    expect([...new Set(open)].sort()).toEqual(PUBLIC);
    const wrong: string[] = [];
    for (const target of targets.filter(({ isPublic }) => !isPublic)) {
      for (const cookie of [undefined, 'gec_session=x', 'gec_session=abc.def', '__Host-gec_session=x.y']) {
        const send = (accept: string) =>
          site.app.inject({
            method: target.method,
            url: addressOf(target),
            headers: { accept, ...(cookie === undefined ? {} : { cookie }) },
          });
        const page = await send('text/html');
        const pageRight = target.isApi
          ? page.statusCode === 401
          : page.statusCode === 303 && String(page.headers.location).startsWith('/login');
        if (!pageRight) wrong.push(`page ${target.method} ${target.pattern}: ${page.statusCode}`);
        const json = await send('application/json');
        if (json.statusCode !== 401)
          wrong.push(`json ${target.method} ${target.pattern}: ${json.statusCode}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('no file of the machine is within reach of the assets', async () => {
    for (const path of [
      '../main.js',
      '..%2fmain.js',
      '%2e%2e/%2e%2e/package.json',
      '..%5cmain.js',
      '%00',
      '/etc/passwd',
    ]) {
      const { statusCode } = await site.app.inject({ url: `/assets/${path}` });
      expect([400, 403, 404], path).toContain(statusCode);
    }
  });
});

import { describeEachDatabase, openTestDatabase, samplePng, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { createTestCourriers } from '../modules/courriers/courriers.harness.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import {
  addressOf,
  browserOf,
  FIELDS,
  HOSTILE_BODIES,
  HOSTILE_PARAMS,
  HOSTILE_TEXTS,
  targetsOf,
  type Target,
} from './attack.harness.ts';
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

/** A number that no column of the database takes, and one that only some do. */
const LARGE = ['9007199254740991', '2147483648'];

describeEachDatabase('no request breaks the program', (open) => {
  let database: TestDatabase;
  let site: TestApp;
  let targets: Target[];
  let boss: Personne;
  let courrierId: string;
  let browser: Awaited<ReturnType<typeof browserOf>>;
  let texts: readonly string[];

  beforeEach(async () => {
    database = await open(migrated);
    site = await createTestApp(database.url);
    targets = targetsOf(site);
    boss = await site.person('super_admin', 'ADM', 'attaque');
    const made = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
    courrierId = String((await made.enregistrer(boss)).id);
    browser = await browserOf(site, boss);
    // What is refused before the database is refused on both.
    texts =
      database.engine === 'sqlite' ? [...HOSTILE_TEXTS, ...LARGE] : ['a\0b', '\u{1F642}\uD800', ...LARGE];
  });
  afterEach(async () => {
    await site?.close();
    await database?.drop();
  });

  /** Sends it; signs in again first when the request before has ended the session. */
  async function status(options: Parameters<typeof browser.send>[0]): Promise<number> {
    const answer = await browser.send(options);
    const out = answer.statusCode === 401 || String(answer.headers.location).startsWith('/login');
    if (out) browser = await browserOf(site, boss);
    return answer.statusCode;
  }

  it('whatever stands in its address', async () => {
    const wrong: string[] = [];
    for (const target of targets.filter(({ pattern }) => pattern.includes(':'))) {
      for (const value of [...HOSTILE_PARAMS, ...LARGE]) {
        const found = await status({ method: target.method, url: addressOf(target, value) });
        if (found >= 500 || found < 300) {
          wrong.push(`${target.method} ${target.pattern} ${value.slice(0, 40)}: ${found}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('whatever it asks', async () => {
    const wrong: string[] = [];
    for (const target of targets.filter(({ isUnsafe }) => !isUnsafe)) {
      const address = addressOf(target, undefined, courrierId);
      const ask = async (query: string) => {
        const found = await status({ url: `${address}?${query}` });
        if (found >= 500) wrong.push(`${target.pattern} ${query.slice(0, 60)}: ${found}`);
      };
      for (const value of texts) {
        const text = encodeURIComponent(value.toWellFormed());
        await ask(`search=${text}&search=${text}&page=${text}&q=${text}&q=x`);
        if (text.length < 500) {
          await ask(FIELDS.map((name) => `${encodeURIComponent(name)}=${text}`).join('&'));
        }
      }
      // One at a time, since what is refused first hides what would break later: SQLite minds neither.
      if (database.engine === 'sqlite') continue;
      for (const name of ['search', 'q', 'page', 'pieces', 'type_courrier_sortant_id']) {
        for (const value of ['a%00b', '9007199254740991']) await ask(`${name}=${value}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 240_000);

  it('whatever it brings', async () => {
    const wrong: string[] = [];
    const names = FIELDS.filter((name) => name !== '__proto__');
    for (const target of targets.filter(({ isUnsafe }) => isUnsafe)) {
      const url = addressOf(target, undefined, '424242');
      const bring = async (what: string, type: string, payload: string) => {
        const found = await status({
          method: target.method,
          url,
          headers: { 'content-type': type },
          payload,
        });
        if (found >= 500) wrong.push(`${target.method} ${target.pattern} ${what.slice(0, 60)}: ${found}`);
      };
      const bodies = database.engine === 'sqlite' ? HOSTILE_BODIES : [];
      for (const [type, payload] of bodies) await bring(`${type} ${payload}`, type, payload);
      for (const value of texts) {
        if (target.isApi) {
          for (const one of [value, [value], Number(value) || 1]) {
            const body = Object.fromEntries(names.map((name) => [name, one]));
            await bring(`json ${value}`, 'application/json', JSON.stringify(body));
          }
        } else {
          const body = new URLSearchParams(names.map((name) => [name, value.toWellFormed()]));
          await bring(`form ${value}`, 'application/x-www-form-urlencoded', body.toString());
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(({} as { role?: string }).role).toBeUndefined();
  }, 240_000);
});

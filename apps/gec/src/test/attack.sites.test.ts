import { Readable } from 'node:stream';
import { openTestDatabase, samplePng, type TestDatabase } from '@gec/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { addressOf, browserOf, targetsOf } from './attack.harness.ts';
import { createTestApp, TEST_PASSWORD, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

let database: TestDatabase;
let site: TestApp;
let boss: Personne;
let victim: Personne;
let courrierId: number;

beforeAll(async () => {
  database = await openTestDatabase('sqlite', migrated);
  site = await createTestApp(database.url);
  boss = await site.person('super_admin', 'ADM', 'patronne');
  victim = await site.person('user', 'ADM', 'victime');
  const { pieces, courriers } = site.container;
  const stream = Readable.from([await samplePng({ width: 60, height: 80 })]);
  const piece = await pieces.receive(boss, { name: 'scan.png', stream });
  ({ id: courrierId } = await courriers.register(boss, {
    typeCourrier: 'ENTRANT',
    secretaireGeneralCopie: true,
    objet: 'Permis',
    correspondant: 'Coopérative',
    pieces: [piece.id],
  }));
});
afterAll(async () => {
  await site?.close();
  await database?.drop();
});

/** The tables that a page must not change by being looked at; what notes the look itself is left out. */
const KEPT = [
  'courrier',
  'courrier_acces',
  'courrier_modification',
  'courrier_comment',
  'courrier_forward',
  'brouillon',
  'piece',
  'televersement',
  'registre',
  'registre_numero',
  'tache',
  'parametre',
  'user',
  'outbox',
];

/** Every row of those tables that exist, as text. */
async function content(): Promise<Record<string, string>> {
  const { kysely } = site.container.database;
  const known = new Set((await kysely.introspection.getTables()).map(({ name }) => name));
  const rows: Record<string, string> = {};
  for (const table of KEPT.filter((name) => known.has(name))) {
    rows[table] = JSON.stringify((await sql`select * from ${sql.table(table)}`.execute(kysely)).rows);
  }
  return rows;
}

/** A body that passes the shape of most forms, so that only the missing proof of origin is in its way. */
const BODY: Record<string, string> = {
  objet: 'Volé',
  correspondant: 'Volé',
  expediteur: 'Volé',
  secretaire_general_copie: 'oui',
  statut: 'TRAITE',
  version: '1',
  type: 'annotation',
  texte: 'Volé',
  motif: 'Volé',
  destinataires: '2',
  flux: 'ENTRANT',
  genre: 'liste-xlsx',
  langue: 'en',
  role: 'super_admin',
  actif: 'non',
  nomLogiciel: 'Volé',
  username: 'vole',
  email: 'vole@example.cd',
  nomComplet: 'Volé',
  ancien: TEST_PASSWORD,
  nouveau: 'Un-tout-autre-mot-1',
  confirmation: 'Un-tout-autre-mot-1',
};

it('refuses every changing form that another site sends, and does nothing', async () => {
  const mine = await browserOf(site, boss);
  const other = await browserOf(site, victim);
  const host = 'gec.test';
  const before = await content();
  const wrong: string[] = [];
  const cases: [string, Record<string, string>, string | null][] = [
    ['foreign origin', { origin: 'http://evil.example' }, mine.token],
    ['origin null', { origin: 'null' }, mine.token],
    ['our name within theirs', { origin: `http://${host}.evil.example` }, mine.token],
    ['other scheme', { origin: `https://${host}` }, mine.token],
    ['cross-site', { 'sec-fetch-site': 'cross-site' }, mine.token],
    ['same-site', { 'sec-fetch-site': 'same-site', origin: `http://${host}` }, mine.token],
    ['foreign referer', { referer: `http://evil.example/http://${host}/` }, mine.token],
    ['no token', { origin: `http://${host}` }, null],
    ['empty token', { origin: `http://${host}` }, ''],
    ['token of another session', { origin: `http://${host}` }, other.token],
    // Its first letter is another one: of the last one, not every bit counts.
    [
      'broken token',
      { origin: `http://${host}` },
      `${mine.token.startsWith('A') ? 'B' : 'A'}${mine.token.slice(1)}`,
    ],
  ];
  for (const target of targetsOf(site).filter(({ isUnsafe, isApi }) => isUnsafe && !isApi)) {
    const url = addressOf(
      target,
      undefined,
      target.pattern.includes('users') ? String(victim.userId) : String(courrierId),
    );
    for (const [name, headers, token] of cases) {
      if (target.isPublic && Object.keys(headers).length === 1 && headers['origin'] === `http://${host}`)
        continue;
      for (const multipart of [false, true]) {
        const fields = token === null ? BODY : { _csrf: token, ...BODY };
        const { statusCode } = await site.app.inject({
          method: target.method,
          url,
          headers: {
            ...mine.headers,
            ...headers,
            host,
            accept: 'text/html',
            'content-type': multipart
              ? 'multipart/form-data; boundary=x'
              : 'application/x-www-form-urlencoded',
          },
          payload: multipart ? multipartOf(fields) : new URLSearchParams(fields).toString(),
        });
        // A page that takes no files knows no multipart.
        if (statusCode !== 403 && !(multipart && statusCode === 415)) {
          wrong.push(
            `${target.method} ${target.pattern} ${name}${multipart ? ' multipart' : ''}: ${statusCode}`,
          );
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(await content()).toEqual(before);
}, 120_000);

function multipartOf(fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--x--\r\n`;
}

it('refuses every changing request of the JSON interface that another site could make a browser send', async () => {
  const mine = await browserOf(site, boss);
  const before = await content();
  const wrong: string[] = [];
  for (const target of targetsOf(site).filter(({ isUnsafe, isApi }) => isUnsafe && isApi)) {
    const url = addressOf(
      target,
      undefined,
      target.pattern.includes('utilisateurs') ? String(victim.userId) : String(courrierId),
    );
    for (const [type, headers, expected] of [
      ['application/json', { origin: 'http://evil.example' }, 403],
      ['application/json', { origin: 'null' }, 403],
      ['application/json', { 'sec-fetch-site': 'cross-site' }, 403],
      ['multipart/form-data; boundary=x', { origin: 'http://evil.example' }, 403],
      ['text/plain', {}, 415],
      ['application/x-www-form-urlencoded', {}, 415],
    ] as const) {
      const { statusCode } = await site.app.inject({
        method: target.method,
        url,
        headers: { ...mine.headers, ...headers, host: 'gec.test', 'content-type': type },
        payload: JSON.stringify(BODY),
      });
      if (statusCode !== expected) wrong.push(`${target.method} ${target.pattern} ${type}: ${statusCode}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(await content()).toEqual(before);
}, 60_000);

it('changes nothing by looking, whatever stands in the address', async () => {
  const mine = await browserOf(site, boss);
  const before = await content();
  const query = new URLSearchParams({ ...BODY, _csrf: mine.token, _method: 'DELETE' }).toString();
  for (const target of targetsOf(site).filter(({ isUnsafe }) => !isUnsafe)) {
    const url = `${addressOf(target, undefined, String(courrierId))}?${query}`;
    await mine.send({ url, headers: { 'x-http-method-override': 'DELETE' } });
    await mine.send({ url, method: 'HEAD' });
  }
  expect(await content()).toEqual(before);
}, 60_000);

it('keeps the session in a cookie that no script reads and no other site sends', async () => {
  const login = (headers: Record<string, string>) =>
    site.app.inject({
      method: 'POST',
      url: '/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams({ email: 'victime', password: TEST_PASSWORD }).toString(),
    });
  const { statusCode, headers } = await login({});
  expect(statusCode).toBe(303);
  expect(String(headers['set-cookie'])).toMatch(/^gec_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
  expect(headers['cache-control']).toBe('no-store');
  for (const forged of ['x-forwarded-proto', 'x-forwarded-host']) {
    expect(String((await login({ [forged]: 'https' })).headers['set-cookie'])).toMatch(/^gec_session=/);
  }
  // A session that was known before the sign-in is not the one after it, and is over.
  const known = await site.signIn(victim);
  const again = await login(known);
  expect(String(again.headers['set-cookie'])).not.toContain(known.cookie.split('=')[1] ?? 'x');
  expect((await site.app.inject({ url: '/profil', headers: known })).statusCode).toBe(303);
});

it('says the same of a wrong password, a wrong name and a closed account', async () => {
  const closed = await site.person('user', 'ADM', 'fermee');
  await site.container.utilisateurs.setActive(boss, closed.userId, false);
  const answers = new Set<string>();
  for (const [email, password] of [
    ['victime', 'faux'],
    ['victime@example.cd', 'faux'],
    ['personne', 'faux'],
    ['personne@example.cd', 'faux'],
    ['fermee', TEST_PASSWORD],
    ['fermee', 'faux'],
    ['victime', ''],
    ["victime' OR 1=1 --", 'faux'],
  ] as const) {
    for (const accept of ['text/html', 'application/json']) {
      const { statusCode, headers, body } = await site.app.inject({
        method: 'POST',
        url: '/login',
        headers: { accept, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({ email, password }).toString(),
      });
      expect(headers['set-cookie']).toBeUndefined();
      const typed = email.replaceAll("'", '&#39;');
      const said = body
        .replace(/value="[^"]*"/g, '')
        .replace(/"request_id":"[^"]*"/, '')
        .replaceAll(typed, '');
      answers.add(`${accept} ${statusCode} ${said}`);
    }
  }
  expect(answers.size).toBe(2);
});

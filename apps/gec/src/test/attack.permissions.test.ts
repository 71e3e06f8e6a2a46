import { can, PERMISSIONS, type Permission } from '@gec/core';
import { listRoutes } from '@gec/http';
import { openTestDatabase, samplePng, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCourriers } from '../modules/courriers/courriers.harness.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { addressOf, browserOf, targetsOf, type Target } from './attack.harness.ts';
import { createTestApp, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

/** What each part of the administration needs, whichever of its routes is called. The first line that fits counts. */
const NEEDED: readonly (readonly [address: RegExp, permissions: readonly Permission[]])[] = [
  [/^(\/admin\/users|\/api\/v1\/utilisateurs)(\/|$)/, ['manage_users']],
  [/^\/api\/v1\/(roles|permissions)$/, ['manage_roles', 'manage_users']],
  [/^(\/admin|\/api\/v1)\/roles(\/|$)/, ['manage_roles']],
  [/^\/admin\/departements(\/|$)/, ['manage_departments']],
  [/^(\/admin|\/api\/v1)\/referentiels(\/|$)/, ['manage_statuses']],
  [/^(\/admin\/correspondants|\/api\/v1\/annuaire)(\/|$)/, ['manage_statuses']],
  [/^(\/settings|\/api\/v1\/parametres)(\/|$)/, ['manage_system_settings']],
  [/^(\/admin|\/api\/v1)\/courriels\/modeles(\/|$)/, ['manage_email_templates']],
  [/^(\/admin|\/api\/v1)\/courriels(\/|$)/, ['manage_system_settings', 'manage_email_templates']],
  [/^(\/admin|\/api\/v1)\/(textes|sante|licence)(\/|$)/, ['manage_system_settings']],
  [/^(\/admin|\/api\/v1)\/securite(\/|$)/, ['manage_system_settings', 'view_logs']],
  [/^(\/admin\/logs|\/api\/v1\/journal)(\/|$)/, ['view_logs']],
  [/^\/admin\/registres(\/|$)/, ['manage_system_settings', 'register_mail']],
];

let database: TestDatabase;
let site: TestApp;
let targets: readonly (Target & { needs: readonly Permission[]; shape: RegExp })[];
let boss: Personne;

beforeAll(async () => {
  database = await openTestDatabase('sqlite', migrated);
  site = await createTestApp(database.url);
  const access = new Map(listRoutes(site.app).map((route) => [`${route.method} ${route.url}`, route.access]));
  targets = targetsOf(site).map((target) => {
    const declared = access.get(`${target.method} ${target.pattern}`);
    const shape = new RegExp(`^${target.pattern.replace(/[.]/g, '\\.').replace(/:\w+/g, '[^/]+')}$`);
    return { ...target, needs: typeof declared === 'object' ? declared.anyOf : [], shape };
  });
  boss = await site.person('super_admin', 'ADM', 'patronne');
  const courriers = createTestCourriers(site, await samplePng({ width: 60, height: 80 }));
  await courriers.enregistrer(boss);
  await site.container.courriers.remove(boss, (await courriers.enregistrer(boss)).id);
});
afterAll(async () => {
  await site?.close();
  await database?.drop();
});

/** Somebody whose role was made by an office and holds one permission. */
async function holderOf(permission: Permission): Promise<Personne> {
  const role = await site.container.roles.add(boss, {
    libelle: `Seulement ${permission}`,
    description: null,
    couleur: null,
    permissions: [permission],
  });
  return site.person(role, 'ADM', `seul.${permission.replaceAll('_', '.')}`);
}

it('every route of the administration asks for the permission of its part, and for none besides', () => {
  const wrong: string[] = [];
  let known = 0;
  for (const { method, pattern, needs } of targets) {
    const part = NEEDED.find(([address]) => address.test(pattern));
    if (part) {
      known++;
      const fits = needs.length > 0 && needs.every((permission) => part[1].includes(permission));
      if (!fits) wrong.push(`${method} ${pattern}: ${needs.join(', ') || 'anybody'}`);
    } else if (/^\/(admin|settings)(\/|$)/.test(pattern) && needs.length === 0) {
      wrong.push(`${method} ${pattern}: anybody`);
    }
  }
  expect(wrong).toEqual([]);
  expect(known).toBeGreaterThan(150);
});

describe.each(PERMISSIONS)('with %s and nothing else', (permission) => {
  it('one calls no route of others, and sees no way to one', async () => {
    const person = await holderOf(permission);
    expect(PERMISSIONS.filter((one) => can(person, one))).toEqual([permission]);
    const browser = await browserOf(site, person);
    const problems: string[] = [];
    const closed = targets.filter(({ needs }) => needs.length > 0 && !needs.includes(permission));
    // Pages and programs by turns: over all permissions each route is asked as both.
    const turn = PERMISSIONS.indexOf(permission);
    for (const [at, target] of closed.entries()) {
      const accept = (at + turn) % 2 === 0 ? 'text/html' : 'application/json';
      const answer = await browser.send({
        method: target.method,
        url: addressOf(target),
        headers: { accept, ...(target.isUnsafe ? { 'content-type': 'application/json' } : {}) },
        ...(target.isUnsafe ? { payload: '{}' } : {}),
      });
      if (answer.statusCode !== 403)
        problems.push(`${accept} ${target.method} ${target.pattern}: ${answer.statusCode}`);
    }
    problems.push(...(await walk(browser, permission)));
    expect(problems).toEqual([]);
  }, 60_000);
});

/** Follows what the pages show, from the home page on; tells of every link and form that the person may not use. */
async function walk(
  browser: Awaited<ReturnType<typeof browserOf>>,
  permission: Permission,
): Promise<string[]> {
  const problems: string[] = [];
  const visits = new Map<string, number>();
  const seen = new Set<string>();
  const waiting: [url: string, from: string][] = [
    ['/', 'start'],
    ['/profil', 'start'],
  ];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [url, from] = next;
    const path = url.split('?')[0] ?? '';
    const pattern =
      targets.find(({ method, shape }) => method === 'GET' && shape.test(path))?.pattern ?? path;
    const count = visits.get(pattern) ?? 0;
    // The same page under other filters, or of another thing, says little that is new.
    if (seen.has(url) || count >= 2) continue;
    seen.add(url);
    visits.set(pattern, count + 1);
    const answer = await browser.send({ url });
    if (answer.statusCode >= 400) problems.push(`${url} (from ${from}): ${answer.statusCode}`);
    if (!String(answer.headers['content-type']).startsWith('text/html')) continue;
    for (const [, kind, value = ''] of answer.body.matchAll(/ (href|src|action|formaction)="([^"]+)"/g)) {
      const to = value.replaceAll('&amp;', '&').split('#')[0] ?? '';
      if (!to.startsWith('/') || to.startsWith('/assets/')) continue;
      if (kind === 'href' || kind === 'src') waiting.push([to, url]);
      else {
        const aim = to.split('?')[0] ?? '';
        const open = targets.filter(({ shape }) => shape.test(aim));
        const usable = open.some(({ needs }) => needs.length === 0 || needs.includes(permission));
        if (!usable) problems.push(`form to ${to} (from ${url})`);
      }
    }
  }
  // What one may enter is shown: each page of the administration that is a place of its own can be walked to.
  for (const { method, pattern, needs, isApi } of targets) {
    const place = method === 'GET' && !isApi && /^\/(admin\/[^/:.]+|settings)$/.test(pattern);
    if (!place || !needs.includes(permission) || visits.has(pattern)) continue;
    // Some places ask for more than the route does: the security screen, for all of the journal.
    const { statusCode } = await browser.send({ url: pattern });
    if (statusCode === 200) problems.push(`${pattern} is not shown`);
  }
  return problems;
}

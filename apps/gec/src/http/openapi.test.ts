import { listRoutes } from '@gec/http';
import { openTestDatabase, samplePng } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestCourriers } from '../modules/courriers/courriers.harness.ts';
import { createTestApp, type TestApp } from '../test/harness.ts';
import { migrated } from '../test/migrated.ts';

interface Operation {
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  'x-permission'?: string[];
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, { type: string; in: string }> };
}

let site: TestApp;
let drop: () => Promise<void>;
let document: Document;
let operations: { method: string; path: string; operation: Operation }[];

beforeAll(async () => {
  const database = await openTestDatabase('sqlite', migrated);
  drop = () => database.drop();
  site = await createTestApp(database.url);
  const headers = await site.signIn(await site.person('user'));
  document = (await site.app.inject({ url: '/api/openapi.json', headers })).json<Document>();
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(async () => {
  await site.close();
  await drop();
});

it('is an OpenAPI 3.1 document whose every shape is JSON Schema 2020-12', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: 'GEC Mines', version: '1' });
  expect(document.components.securitySchemes['session']).toMatchObject({ type: 'apiKey', in: 'cookie' });
  const tags = new Set(document.tags.map(({ name }) => name));
  const problems: string[] = [];
  for (const { method, path, operation } of operations) {
    const at = `${method} ${path}`;
    if (!operation.summary) problems.push(`${at}: no summary`);
    if (!operation.tags?.length || !operation.tags.every((tag) => tags.has(tag)))
      problems.push(`${at}: tags`);
    if (!Object.keys(operation.responses).some((status) => /^2/.test(status)))
      problems.push(`${at}: no success`);
    const schemas = [
      ...(operation.parameters ?? []).map(({ schema }) => schema),
      ...Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => schema),
      ...Object.values(operation.responses).flatMap(({ content = {} }) =>
        Object.values(content).map(({ schema }) => schema),
      ),
    ];
    // What is not JSON Schema cannot be read back as a shape.
    for (const schema of schemas)
      expect(() => z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]), at).not.toThrow();
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const declared = (operation.parameters ?? []).filter((one) => one.in === 'path' && one.required);
    if (!inPath.every((name) => declared.some((one) => one.name === name)))
      problems.push(`${at}: path parameters`);
  }
  expect(problems).toEqual([]);
});

it('describes every route of the JSON interface and no other', () => {
  const routes = listRoutes(site.app)
    .filter(({ url, method }) => url.startsWith('/api/v1/') && method !== 'HEAD' && method !== 'OPTIONS')
    .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
  expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
    [...new Set(routes)].sort(),
  );
});

it('says where files are sent', () => {
  const upload = document.paths['/api/v1/televersements']?.['post']?.requestBody?.content;
  expect(JSON.stringify(upload?.['multipart/form-data'])).toContain('"fichiers"');
  const body = document.paths['/api/v1/courriers']?.['post']?.requestBody?.content;
  expect(Object.keys(body ?? {})).toEqual(['application/json', 'multipart/form-data']);
  expect(JSON.stringify(body?.['multipart/form-data'])).toContain('"fichiers"');
  expect(body?.['application/json']?.schema).toMatchObject({
    type: 'object',
    required: ['type_courrier', 'objet'],
  });
});

/** One request of an operation, as complete as it can be without knowing what it means. */
function request({ method, path, operation }: (typeof operations)[number], id: number) {
  const values: Record<string, string> = { flux: 'ENTRANT', annee: '2026', page: '1.jpg', id: String(id) };
  const url = path.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? String(id));
  const json = operation.requestBody?.content['application/json'] !== undefined;
  return { method: method as 'GET', url, ...(json ? { payload: {} } : {}) };
}

it('lets in nobody without a session', async () => {
  for (const one of operations) {
    const { statusCode } = await site.app.inject(request(one, 1));
    const open = one.operation.security?.length === 0;
    if (!open) expect(statusCode, `${one.method} ${one.path}`).toBe(401);
  }
});

/** Where the use case asks for more than the route: the whole journal is verified, so the whole must be readable. */
const STRICTER = new Set([
  'POST /api/v1/journal/verification',
  'GET /api/v1/securite/echecs',
  'GET /api/v1/securite/alertes',
  'GET /api/v1/securite/verification',
  'POST /api/v1/securite/verification',
]);

it.each(['user', 'admin', 'super_admin'])(
  'lets in a %s where its permissions say so, and never breaks',
  async (role) => {
    const person = await site.person(role, 'FIN', `marche.${role}`);
    const wrong: string[] = [];
    for (const one of operations) {
      // Signed in anew each time: some of these close sessions.
      const headers = await site.signIn(person);
      const { statusCode } = await site.app.inject({ ...request(one, 424_242), headers });
      const needs = one.operation['x-permission'] ?? ['session'];
      const allowed = needs.some((need) => need === 'session' || person.permissions.has(need as 'view_logs'));
      const at = `${one.method} ${one.path}: ${statusCode}`;
      if (statusCode >= 500 || statusCode === 401) wrong.push(at);
      const stricter = STRICTER.has(`${one.method} ${one.path}`) && role !== 'super_admin';
      if ((allowed && !stricter) === (statusCode === 403)) wrong.push(at);
    }
    expect(wrong).toEqual([]);
  },
);

it('hides letters that one may not see behind 404, whatever one asks of them', async () => {
  const clerk = await site.person('user', 'JUR', 'marche.auteur');
  const { id } = await createTestCourriers(site, await samplePng({ width: 60, height: 80 })).enregistrer(
    clerk,
  );
  const stranger = await site.person('admin', 'FIN', 'marche.etranger');
  const bodies: Record<string, object> = {
    'PATCH /api/v1/courriers/{id}': { objet: 'x', version: 1 },
    'POST /api/v1/courriers/{id}/statut': { statut: 'TRAITE', version: 1 },
    'POST /api/v1/courriers/{id}/annulation': { motif: 'x' },
    'POST /api/v1/courriers/{id}/pieces': { pieces: ['x'], version: 1 },
  };
  for (const one of operations.filter(({ path }) => path.startsWith('/api/v1/courriers/{id}'))) {
    const needs = one.operation['x-permission'] ?? [];
    if (!needs.some((need) => need === 'session' || stranger.permissions.has(need as 'view_logs'))) continue;
    const payload = bodies[`${one.method} ${one.path}`];
    const { statusCode } = await site.app.inject({
      ...request(one, id),
      ...(payload ? { payload } : {}),
      headers: await site.signIn(stranger),
    });
    // A body that is not understood is refused before the letter is looked for; the walk above has seen those.
    expect([404, 400], `${one.method} ${one.path}`).toContain(statusCode);
    if (payload || !one.operation.requestBody) expect(statusCode, `${one.method} ${one.path}`).toBe(404);
  }
});

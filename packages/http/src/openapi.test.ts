import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { listRoutes } from './access.ts';
import { addOpenApi } from './openapi.ts';
import { signIn, testServer } from './test-server.ts';
import type { HttpServer } from './types.ts';

let app: HttpServer;
afterEach(() => app.close());

async function serve(permission: 'public' | 'session'): Promise<void> {
  app = await testServer({}, async (server) => {
    await addOpenApi(server, { title: 'GEC Mines', version: '1.0.0', description: 'Courrier', permission });
    const schema = {
      params: z.object({ id: z.coerce.number().int() }),
      response: { 200: z.object({ objet: z.string() }) },
    };
    server.get('/api/v1/mail/:id', { config: { permission: 'read_own_mail' }, schema }, async () => ({
      objet: 'Note',
    }));
    server.get('/api/v1/open', { config: { public: true } }, async () => 'x');
    server.get('/page', { config: { permission: 'session' } }, async () => 'page');
  });
}

it('describes the JSON routes with their shapes and who may use them', async () => {
  await serve('public');
  const document = (await app.inject({ url: '/api/openapi.json' })).json<{
    openapi: string;
    paths: Record<string, Record<string, Record<string, unknown>>>;
  }>();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).toEqual(['/api/v1/mail/{id}', '/api/v1/open']);
  expect(document.paths['/api/v1/mail/{id}']).toMatchObject({
    get: { 'x-permission': ['read_own_mail'], parameters: [{ name: 'id', in: 'path', required: true }] },
  });
  expect(document.paths['/api/v1/open']).toMatchObject({ get: { security: [] } });
});

it('is shown in a page that needs nothing inline', async () => {
  await serve('public');
  const page = await app.inject({ url: '/api/docs/' });
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.headers['content-security-policy']).not.toContain('unsafe');
  expect(page.payload).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=/);
  expect((await app.inject({ url: '/api/docs/static/swagger-ui.css' })).statusCode).toBe(200);
});

it('may be for signed-in people only', async () => {
  await serve('session');
  expect((await app.inject({ url: '/api/openapi.json' })).statusCode).toBe(401);
  expect((await app.inject({ url: '/api/docs/' })).statusCode).toBe(401);
  const cookie = await signIn(app);
  expect((await app.inject({ url: '/api/openapi.json', headers: { cookie } })).statusCode).toBe(200);
  expect((await app.inject({ url: '/api/docs/', headers: { cookie } })).statusCode).toBe(200);
  const docs = listRoutes(app).filter(({ url }) => url.startsWith('/api/docs'));
  expect(docs.length).toBeGreaterThan(2);
  expect(docs.every(({ access }) => access === 'session')).toBe(true);
});

import { AppError, conflict, forbidden, invalid, notFound } from '@gec/core';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger } from './logger.ts';
import { signIn, testServer } from './test-server.ts';
import type { HttpServer, ServerOptions } from './types.ts';
import { fieldErrors } from './validation.ts';

let app: HttpServer;
afterEach(() => app.close());

const SECRET = 'mot-de-passe-de-la-base';
const json = { accept: 'application/json' };

class DatabaseAway extends Error {
  readonly detail = `password=${SECRET}`;
}

function sink(): { lines: string[]; stream: Writable } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, stream };
}

async function serve(options: Partial<ServerOptions> = {}): Promise<void> {
  const thrown: Record<string, () => unknown> = {
    invalid: () => invalid([{ field: 'objet', message: 'Indiquez l’objet.' }]),
    forbidden: () => forbidden('Non.'),
    'not-found': () => notFound('Ce courrier n’existe pas.'),
    conflict: () => conflict('NUMBER_TAKEN', 'Ce numéro est pris.'),
    'too-large': () => new AppError('too-large', 'FILE_TOO_LARGE', 'Trop grand.'),
    type: () => new AppError('unsupported-type', 'NOT_A_PDF', 'Ce n’est pas un PDF.'),
    locked: () => new AppError('locked-out', 'LOCKED', 'Attendez.', { retryAfter: 61.2 }),
    away: () => new DatabaseAway(`connect postgres://gec:${SECRET}@db`),
    fault: () => new Error(`select * from user where password='${SECRET}'`),
    status: () => Object.assign(new Error(SECRET), { statusCode: 403 }),
    text: () => SECRET,
  };
  app = await testServer(
    { isUnavailable: (error) => error instanceof DatabaseAway, ...options },
    (server) => {
      server.get('/throw/:what', { config: { public: true } }, async (request, reply) => {
        const { what } = request.params as { what: string };
        void reply.header('content-disposition', 'attachment').type('application/pdf');
        throw thrown[what]?.();
      });
      server.post(
        '/shape/:id',
        {
          config: { public: true },
          schema: {
            params: z.object({ id: z.coerce.number().int() }),
            body: z.object({ objet: z.string().min(3), copie: z.object({ sg: z.boolean() }) }),
          },
        },
        async (request) => ({ id: request.params.id, objet: request.body.objet }),
      );
      server.post(
        '/attached',
        {
          config: { public: true },
          attachValidation: true,
          schema: { body: z.object({ objet: z.string() }) },
        },
        async (request) => ({
          fields: request.validationError ? fieldErrors(request.validationError as never, request.lang) : [],
        }),
      );
    },
  );
}

describe('refusals', () => {
  it.each([
    ['invalid', 400, 'INVALID'],
    ['forbidden', 403, 'FORBIDDEN'],
    ['not-found', 404, 'NOT_FOUND'],
    ['conflict', 409, 'NUMBER_TAKEN'],
    ['too-large', 413, 'FILE_TOO_LARGE'],
    ['type', 415, 'NOT_A_PDF'],
    ['locked', 429, 'LOCKED'],
    ['away', 503, 'UNAVAILABLE'],
    ['fault', 500, 'INTERNAL'],
    ['status', 500, 'INTERNAL'],
    ['text', 500, 'INTERNAL'],
  ])('%s is %i', async (what, status, code) => {
    await serve();
    const response = await app.inject({ url: `/throw/${what}`, headers: json });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ error: { code, request_id: response.headers['x-request-id'] } });
    expect(response.payload).not.toContain(SECRET);
    expect(response.headers['content-disposition']).toBeUndefined();
    const page = await app.inject({ url: `/throw/${what}`, headers: { accept: 'text/html' } });
    expect([page.statusCode, page.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(page.payload).not.toContain(SECRET);
  });

  it('say when to try again and which fields are wrong', async () => {
    await serve();
    expect((await app.inject({ url: '/throw/locked' })).headers['retry-after']).toBe('62');
    const { error } = (await app.inject({ url: '/throw/invalid', headers: json })).json<{ error: object }>();
    expect(error).toMatchObject({ fields: [{ field: 'objet', message: 'Indiquez l’objet.' }] });
  });

  it('name the request of a fault, and the log tells more, without values', async () => {
    const { lines, stream } = sink();
    await serve({ logger: createLogger({ level: 'info', destination: stream }) });
    const page = await app.inject({
      url: '/throw/fault?token=jeton',
      headers: { accept: 'text/html', cookie: 'a=b' },
    });
    const id = String(page.headers['x-request-id']);
    expect(page.payload).toContain(id);
    const log = lines.join('');
    expect(log).toContain(`"request_id":"${id}"`);
    expect(log).toContain('"level":"error"');
    expect(log).toContain('"route":"/throw/:what"');
    expect(log).not.toMatch(/jeton|a=b|\/throw\/fault/);
    lines.length = 0;
    await app.inject({ url: '/throw/away' });
    expect(lines.join('')).not.toContain('"detail"');
  });

  it('stay in plain words when the error page itself fails', async () => {
    await serve({
      renderError: () => {
        throw new Error(SECRET);
      },
    });
    const response = await app.inject({ url: '/throw/conflict', headers: { accept: 'text/html' } });
    expect([response.statusCode, response.payload]).toEqual([409, 'Ce numéro est pris.']);
  });

  it('can have a body of the program’s own', async () => {
    await serve({ jsonError: ({ code, message }) => ({ success: false, message, error_code: code }) });
    const response = await app.inject({ url: '/throw/conflict', headers: json });
    expect(response.json()).toEqual({
      success: false,
      message: 'Ce numéro est pris.',
      error_code: 'NUMBER_TAKEN',
    });
  });
});

describe('requests that are not well made', () => {
  const post = (payload: string, type = 'application/json', language = 'fr') =>
    app.inject({
      method: 'POST',
      url: '/shape/4',
      headers: { ...json, 'content-type': type, 'accept-language': language },
      payload,
    });

  it('are answered with what is wrong, in the person’s language', async () => {
    await serve();
    const ok = await post('{"objet":"Note","copie":{"sg":true}}');
    expect(ok.json()).toEqual({ id: 4, objet: 'Note' });
    const fr = await post('{"objet":"N","copie":{"sg":"oui"}}');
    expect(fr.statusCode).toBe(400);
    const body = fr.json<{ error: { code: string; fields: { field: string; message: string }[] } }>();
    expect(body.error.code).toBe('INVALID');
    expect(body.error.fields.map(({ field }) => field)).toEqual(['objet', 'copie.sg']);
    expect(body.error.fields[0]?.message).toMatch(/^Trop petit/);
    const en = await post('{"objet":"N","copie":{"sg":true}}', 'application/json', 'en');
    expect(en.payload).toMatch(/Too small/);
    const attached = await app.inject({ method: 'POST', url: '/attached', payload: {} });
    expect(attached.json()).toMatchObject({ fields: [{ field: 'objet' }] });
  });

  it('get 400, 413 or 415 in the same shape', async () => {
    await serve();
    const shape = (code: string) => ({
      error: { code, message: expect.any(String), request_id: expect.any(String) },
    });
    const broken = await post('{"objet":');
    expect([broken.statusCode, broken.json()]).toEqual([400, shape('BAD_REQUEST')]);
    const empty = await post('');
    expect([empty.statusCode, empty.json()]).toEqual([400, shape('BAD_REQUEST')]);
    const poisoned = await post('{"__proto__":{"admin":true}}');
    expect([poisoned.statusCode, poisoned.json()]).toEqual([400, shape('BAD_REQUEST')]);
    const large = await post(JSON.stringify({ objet: 'x'.repeat(300 * 1024) }));
    expect([large.statusCode, large.json()]).toEqual([413, shape('TOO_LARGE')]);
    const plain = await post('objet', 'text/plain');
    expect([plain.statusCode, plain.json()]).toEqual([415, shape('UNSUPPORTED_TYPE')]);
    const lost = await app.inject({ url: '/api/nowhere' });
    expect([lost.statusCode, lost.json()]).toEqual([404, shape('NOT_FOUND')]);
    const bad = await app.inject({ url: '/%zz', headers: json });
    expect([bad.statusCode, bad.json()]).toEqual([400, shape('BAD_REQUEST')]);
  });
});

describe('a database that is away', () => {
  it('gives 503 when the session cannot be looked up, and signs nobody out', async () => {
    await serve();
    const cookie = await signIn(app);
    app.httpInternals.sessions.resolve = async () => Promise.reject(new DatabaseAway());
    const response = await app.inject({ url: '/token', headers: { ...json, cookie } });
    expect(response.statusCode).toBe(503);
    expect(response.headers['set-cookie']).toBeUndefined();
    expect(response.headers['retry-after']).toBe('5');
  });
});

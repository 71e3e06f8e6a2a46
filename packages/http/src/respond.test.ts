import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from '@gec/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { setFlash, takeFlash } from './cookies.ts';
import { asAttachment, redirectAfterPost, safeNext, sendHtml, wantsFragment, wantsJson } from './respond.ts';
import { cookieFrom, testServer } from './test-server.ts';
import type { HttpServer } from './types.ts';

let app: HttpServer | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

describe('the way on after sign-in', () => {
  it.each(['/', '/mail/4', '/view_mail?search=a&date_from=2026-01-01#x', '/a//b', '/a:b'])('%s', (next) => {
    expect(safeNext(next)).toBe(next);
  });

  it.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' /mail',
    'https://evil.example',
    'javascript:alert(1)',
    'mail',
    '',
    '/..//evil.example',
    '/mail\r\nset-cookie: a=b',
    '/\u0000',
    '/\u2028x',
    `/${'a'.repeat(3000)}`,
    ['/a', '/b'],
    undefined,
    null,
    7,
  ])('%j goes home', (next) => {
    expect(safeNext(next)).toBe('/');
  });
});

it('the way on is fit for a header', () => {
  expect(safeNext('/view_mail?search=été&x=%20')).toBe('/view_mail?search=%C3%A9t%C3%A9&x=%20');
  expect(safeNext('/\uD83D\uDE00\uD800')).toBe('/%F0%9F%98%80%EF%BF%BD');
});

describe('the name of a download', () => {
  it('is kept in UTF-8, with an ASCII one beside it', () => {
    expect(asAttachment('Lettre n° 12 – été.pdf')).toBe(
      `attachment; filename="Lettre n_ 12 _ ete.pdf"; filename*=UTF-8''Lettre%20n%C2%B0%2012%20%E2%80%93%20%C3%A9t%C3%A9.pdf`,
    );
    expect(asAttachment('scan.pdf', 'inline')).toBe(`inline; filename="scan.pdf"; filename*=UTF-8''scan.pdf`);
    expect(asAttachment('l’œuvre (1)*.pdf')).toContain(
      `filename="l'oeuvre (1)_.pdf"; filename*=UTF-8''l%E2%80%99%C5%93uvre%20%281%29_.pdf`,
    );
  });

  it.each([
    'a"b\\c.pdf',
    'a\r\nSet-Cookie: x=1.pdf',
    '../../etc/passwd',
    'a\u202Efdp.exe',
    '\uD800',
    '',
    '...',
    '50%.pdf',
    "'.pdf",
  ])('%j can do no harm', (name) => {
    const header = asAttachment(name);
    expect(header).toMatch(/^attachment; filename="[^"\\%\r\n/]+"; filename\*=UTF-8''[\w.!#$&+^`|~%-]+$/);
    expect(header).toMatch(/^[\x20-\x7E]+$/);
  });
});

describe('what the client wants', () => {
  it('is read from the address and the headers', async () => {
    app = await testServer({}, (server) => {
      const config = { public: true } as const;
      server.get('/page', { config }, async (request) => ({
        json: wantsJson(request),
        part: wantsFragment(request),
      }));
      server.get('/api/page', { config }, async (request) => ({ json: wantsJson(request) }));
    });
    const ask = async (headers: Record<string, string>, url = '/page') =>
      (await app!.inject({ url, headers })).json<{ json: boolean; part: string | null }>();
    expect((await ask({ accept: 'application/json' })).json).toBe(true);
    expect(
      (await ask({ accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' })).json,
    ).toBe(false);
    expect((await ask({ accept: '*/*' })).json).toBe(false);
    expect((await ask({})).json).toBe(false);
    expect((await ask({ accept: 'text/html;q=0.5, application/json;q=0.9' })).json).toBe(true);
    expect((await ask({ accept: 'text/html' }, '/api/page')).json).toBe(true);
    expect((await ask({ 'x-fragment': 'list' })).part).toBe('list');
    expect((await ask({ 'x-fragment': '<script>' })).part).toBeNull();
  });
});

describe('a message for the next page', () => {
  it('is shown once, and cannot be forged', async () => {
    app = await testServer({}, (server) => {
      server.post('/save', { config: { public: true } }, async (_request, reply) => {
        setFlash(reply, { tone: 'success', text: 'Courrier n° 8 951 enregistré.' });
        return redirectAfterPost(reply, '//evil.example');
      });
      server.get('/next', { config: { public: true } }, async (request, reply) => ({
        flash: takeFlash(request, reply),
      }));
    });
    const saved = await app.inject({ method: 'POST', url: '/save' });
    expect([saved.statusCode, saved.headers.location]).toEqual([303, '/']);
    const cookie = cookieFrom(saved.headers);
    const next = await app.inject({ url: '/next', headers: { cookie } });
    expect(next.json()).toEqual({ flash: { tone: 'success', text: 'Courrier n° 8 951 enregistré.' } });
    expect(String(next.headers['set-cookie'])).toMatch(/^gec_flash=;.*Expires=Thu, 01 Jan 1970/);
    const forged = Buffer.from('{"tone":"danger","text":"x"}').toString('base64url');
    const refused = await app.inject({
      url: '/next',
      headers: { cookie: `gec_flash=${forged}.${cookie.split('.')[1]}` },
    });
    expect(refused.json()).toEqual({ flash: null });
    expect((await app.inject({ url: '/next' })).headers['set-cookie']).toBeUndefined();
  });
});

describe('what is sent', () => {
  it('is compressed where that helps', async () => {
    app = await testServer({}, (server) => {
      const config = { public: true } as const;
      server.get('/page', { config }, async (_request, reply) => sendHtml(reply, 'é'.repeat(5000)));
      server.get('/short', { config }, async (_request, reply) => sendHtml(reply, 'é'));
      server.get('/scan', { config }, async (_request, reply) =>
        reply.type('application/pdf').send(Buffer.alloc(5000)),
      );
    });
    const headers = { 'accept-encoding': 'gzip, br' };
    const page = await app.inject({ url: '/page', headers });
    expect(page.headers).toMatchObject({ 'content-encoding': 'br', 'cache-control': 'no-store' });
    expect(page.rawPayload.length).toBeLessThan(200);
    expect((await app.inject({ url: '/short', headers })).headers['content-encoding']).toBeUndefined();
    expect((await app.inject({ url: '/scan', headers })).headers['content-encoding']).toBeUndefined();
  });

  it('includes the built files, for ever, and nothing else of the disk', async () => {
    await using dir = await tempDir();
    await mkdir(join(dir.path, 'assets'));
    await writeFile(join(dir.path, 'assets', 'app-1a2b.css'), 'body{color:#003087}');
    await writeFile(join(dir.path, 'secret.txt'), 'secret');
    app = await testServer({ assets: { dir: join(dir.path, 'assets') }, rateLimit: 1 });
    for (let i = 0; i < 3; i += 1) {
      const css = await app.inject({ url: '/assets/app-1a2b.css' });
      expect(css.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(css.headers['content-type']).toBe('text/css; charset=utf-8');
    }
    for (const url of [
      '/assets/../secret.txt',
      '/assets/%2e%2e/secret.txt',
      '/assets/..%2fsecret.txt',
      '/assets/',
      '/assets/no.css',
    ]) {
      const { statusCode, payload } = await app.inject({ url, headers: { accept: 'text/html' } });
      expect([400, 403, 404, 429]).toContain(statusCode);
      expect(payload).not.toBe('secret');
    }
  });
});

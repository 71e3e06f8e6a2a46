import { request as httpRequest } from 'node:http';
import { TYPES } from './pieces.schema.ts';
import { readdir } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { notFound, type UserActor } from '@gec/core';
import { createServer, createSessionService, csrfToken, type HttpServer } from '@gec/http';
import { encryptedPdf, openTestDatabase, samplePdf, samplePng, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { createJournalService } from '../journal/journal.service.ts';
import { createTestAtelier, createTestPieces, insertTestCourrier } from './pieces.harness.ts';
import { migrated } from '../../test/migrated.ts';
import { registerPiecesApi } from './pieces.api.ts';
import { createLectureService } from './pieces.lecture.service.ts';
import { readForm, registerMultipart } from './pieces.multipart.ts';
import { registerPiecesPages } from './pieces.pages.tsx';

const LIMITE = 2 * 1024 * 1024;
const FRONTIERE = 'frontiere-de-test';

let database: TestDatabase;
let base: TestBase;
let app: HttpServer;
let port: number;
let made: ReturnType<typeof createTestPieces>;
let agent: UserActor;
let autre: UserActor;
let cookies: Record<'agent' | 'autre', string>;
const atelier = createTestAtelier();
const journal: { action: string; courrierId?: number | null }[] = [];

beforeAll(async () => {
  database = await openTestDatabase('sqlite', migrated);
  base = await createTestBase(database.url);
  agent = await base.person('user', 'ADM', 'agent');
  autre = await base.person('user', 'JUR', 'autre');
  made = createTestPieces(base, atelier, {
    limites: async () => ({ tailleMax: LIMITE, types: TYPES }),
  });
  const { pieces } = made;
  const realJournal = createJournalService(base);
  const lecture = createLectureService({
    pieces,
    logger: base.logger,
    courriers: {
      get: async (actor, id) => {
        const row = await base.database.kysely
          .selectFrom('courrier')
          .select(['id', 'numero_accuse_reception as numero'])
          .where('id', '=', id)
          .where('utilisateur_id', '=', actor.userId)
          .executeTakeFirst();
        if (!row) throw notFound('Ce courrier n’existe pas.');
        return row;
      },
    },
    journal: {
      recordAlone: async (actor, entry) => {
        await realJournal.recordAlone(actor, entry);
        journal.push(entry);
      },
    },
  });
  const people = new Map([agent, autre].map((one) => [one.userId, one]));
  const sessions = createSessionService({
    db: base.database,
    clock: base.clock,
    lifetimeMs: () => 3_600_000,
  });
  app = await createServer({
    logger: base.logger,
    trustedProxies: [],
    secureCookies: false,
    sessionSecret: base.config.sessionSecret,
    cookiePrefix: 'gec',
    sessions,
    authenticate: async (userId) => people.get(userId) ?? null,
    renderError: ({ message }) => `<p>${message}</p>`,
    health: async () => ({ status: 'healthy' }),
    metrics: false,
    rateLimit: false,
  });
  await registerMultipart(app);
  registerPiecesApi(app, { pieces, lecture });
  registerPiecesPages(app, { lecture });
  app.get('/jeton', { config: { permission: 'session' } }, async (request) => csrfToken(request));
  app.post('/formulaire', { config: { permission: 'session', csrf: 'manual' } }, async (request) => {
    const { fields, pieces: files, errors } = await readForm(request, pieces);
    return { fields, pieces: files, errors: errors.map(({ nom, message }) => ({ nom, message })) };
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as AddressInfo).port;
  const signIn = async (userId: number) => {
    const { token } = await sessions.create(null, userId, { ip: '127.0.0.1', userAgent: 'test' });
    return `gec_session=${encodeURIComponent(app.signCookie(token))}`;
  };
  cookies = { agent: await signIn(agent.userId), autre: await signIn(autre.userId) };
});
afterAll(async () => {
  await app?.close();
  await atelier.close();
  await base?.close();
  await database?.drop();
});
beforeEach(async () => {
  await base.database.kysely.deleteFrom('televersement').execute();
  journal.length = 0;
});

type Part = { name: string; value: string } | { name: string; filename: string; content: Buffer };

function multipart(parts: readonly Part[]): Buffer {
  const chunks = parts.flatMap((part) => {
    const head = `--${FRONTIERE}\r\nContent-Disposition: form-data; name="${part.name}"`;
    return 'value' in part
      ? [Buffer.from(`${head}\r\n\r\n${part.value}\r\n`)]
      : [
          Buffer.from(
            `${head}; filename="${part.filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
          ),
          part.content,
          Buffer.from('\r\n'),
        ];
  });
  return Buffer.concat([...chunks, Buffer.from(`--${FRONTIERE}--\r\n`)]);
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  json: () => Record<string, unknown>;
}

function call(
  method: string,
  path: string,
  options: { who?: 'agent' | 'autre'; parts?: readonly Part[]; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { who = 'agent', parts, headers } = options;
    const request = httpRequest(
      {
        port,
        method,
        path,
        headers: {
          cookie: cookies[who],
          accept: 'application/json',
          ...(parts && { 'content-type': `multipart/form-data; boundary=${FRONTIERE}` }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            json: () => JSON.parse(body.toString()) as Record<string, unknown>,
          });
        });
      },
    );
    request.on('error', reject);
    request.end(parts && multipart(parts));
  });
}

async function send(filename: string, content: Buffer, who: 'agent' | 'autre' = 'agent') {
  const answer = await call('POST', '/api/v1/televersements', {
    who,
    parts: [{ name: 'pieces', filename, content }],
  });
  return { ...answer, files: (answer.json()['fichiers'] ?? []) as { id: string; nom: string }[] };
}

async function register(filename: string, content: Buffer): Promise<{ courrier: number; piece: number }> {
  const [file] = (await send(filename, content)).files;
  const courrier = await insertTestCourrier(base, agent);
  const [piece] = await base.database.transaction((trx) =>
    made.pieces.attach(trx, agent, courrier, [file!.id]),
  );
  return { courrier, piece: piece!.id };
}

async function filesOnDisk(): Promise<number> {
  const entries = await readdir(made.filesDir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).length;
}

const waiting = async () =>
  (await base.database.kysely.selectFrom('televersement').select('id').execute()).length;

describe('sending files', () => {
  it('answers each file with what it is', async () => {
    const answer = await send('Été n° 5.pdf', await samplePdf({ pages: 2 }));
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({
      fichiers: [{ nom: 'Été n° 5.pdf', type: 'application/pdf', pages: 2, deja_enregistre: false }],
      erreurs: [],
    });
    const [file] = answer.files;
    expect((await call('GET', `/api/v1/televersements/${file!.id}`)).json()).toEqual(file);
    expect((await call('GET', `/api/v1/televersements/${file!.id}`, { who: 'autre' })).status).toBe(404);
    expect(
      (await call('GET', `/api/v1/televersements/${file!.id}/pages/1.jpg?w=480`, { who: 'autre' })).status,
    ).toBe(404);
    await call('DELETE', `/api/v1/televersements/${file!.id}`, { who: 'autre' });
    const page = await call('GET', `/api/v1/televersements/${file!.id}/pages/2.jpg?w=480`);
    expect(page.headers['content-type']).toMatch(/^image\//);
    expect((await call('DELETE', `/api/v1/televersements/${file!.id}`)).status).toBe(204);
    expect((await call('GET', `/api/v1/televersements/${file!.id}`)).status).toBe(404);
  });

  it('keeps the good files of several and says what is wrong with the others', async () => {
    const answer = await call('POST', '/api/v1/televersements', {
      parts: [
        { name: 'pieces', filename: 'a.pdf', content: await samplePdf() },
        { name: 'pieces', filename: 'b.pdf', content: await encryptedPdf() },
        { name: 'pieces', filename: 'c.pdf', content: Buffer.alloc(LIMITE + 10, 1) },
        { name: 'pieces', filename: 'd.png', content: await samplePng() },
      ],
    });
    expect(answer.status).toBe(207);
    expect(answer.json()).toMatchObject({
      fichiers: [{ nom: 'a.pdf' }, { nom: 'd.png' }],
      erreurs: [
        { nom: 'b.pdf', code: 'PIECE_ENCRYPTED' },
        { nom: 'c.pdf', code: 'PIECE_TOO_LARGE' },
      ],
    });
  });

  it('refuses one file with the status of its refusal', async () => {
    const before = await filesOnDisk();
    expect((await send('a.pdf', Buffer.alloc(LIMITE + 1, 1))).status).toBe(413);
    expect((await send('a.pdf', await samplePng())).status).toBe(415);
    expect((await send('a.pdf', Buffer.alloc(0))).status).toBe(400);
    expect((await call('POST', '/api/v1/televersements', { parts: [] })).status).toBe(400);
    expect(await filesOnDisk()).toBe(before);
    expect(await waiting()).toBe(0);
  });

  it('takes at most twenty files at once, and keeps none of more', async () => {
    const content = await samplePng({ width: 20, height: 20 });
    const parts = Array.from({ length: 21 }, (_, i) => ({ name: 'pieces', filename: `${i}.png`, content }));
    const answer = await call('POST', '/api/v1/televersements', { parts });
    expect(answer.status).toBe(413);
    expect(answer.json()).toMatchObject({ error: { code: 'TOO_MANY_FILES' } });
    expect(await waiting()).toBe(0);
  });

  it.each([
    ['large', 3_000_000, 1],
    ['small', 1_000_000, 0],
  ])('keeps nothing when the client vanishes in the middle of a %s file', async (_, bytes, partial) => {
    const before = await filesOnDisk();
    const content = await samplePdf({ bytes });
    const whole = multipart([
      { name: 'pieces', filename: 'a.pdf', content: await samplePdf() },
      { name: 'pieces', filename: 'b.pdf', content },
    ]);
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /api/v1/televersements HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookies.agent}\r\n` +
        `Content-Type: multipart/form-data; boundary=${FRONTIERE}\r\nContent-Length: ${whole.length}\r\n\r\n`,
    );
    socket.write(whole.subarray(0, 700_000));
    // The first file is in, the second under way.
    await expect.poll(async () => (await waiting()) === 1, { timeout: 10_000 }).toBe(true);
    await expect
      .poll(async () => (await readdir(join(made.filesDir, 'partial'))).length, { timeout: 10_000 })
      .toBe(partial);
    socket.destroy();
    await expect.poll(waiting, { timeout: 10_000 }).toBe(0);
    const { createOutboxWorker } = await import('@gec/db');
    const worker = createOutboxWorker({
      database: base.database,
      clock: base.clock,
      handlers: made.pieces.jobs,
      onError: () => undefined,
    });
    await worker.drain();
    expect(await readdir(join(made.filesDir, 'partial'))).toEqual([]);
    expect(await filesOnDisk()).toBeLessThanOrEqual(before);
  });

  it('takes more small files at once than it keeps in memory', async () => {
    const content = await samplePdf({ bytes: 200_000 });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send(`${i}.pdf`, content)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    const ids = answers.map((answer) => (answer.json() as { fichiers: { id: string }[] }).fichiers[0]!.id);
    for (const id of ids) await call('DELETE', `/api/v1/televersements/${id}`);
    expect(await waiting()).toBe(0);
  });

  it('is for those who may register, and for this site', async () => {
    const parts = [{ name: 'pieces', filename: 'a.pdf', content: await samplePdf() }];
    const foreign = { origin: 'https://ailleurs.example' };
    expect((await call('POST', '/api/v1/televersements', { parts, headers: foreign })).status).toBe(403);
    expect((await call('POST', '/api/v1/televersements', { parts, headers: { cookie: '' } })).status).toBe(
      401,
    );
  });
});

describe('a form with files', () => {
  const token = async () => (await call('GET', '/jeton')).body.toString();

  it('gives its fields and its files, and goes on when a file is refused', async () => {
    const answer = await call('POST', '/formulaire', {
      parts: [
        { name: '_csrf', value: await token() },
        { name: 'objet', value: 'Demande d’audience' },
        { name: 'pieces', value: 'x'.repeat(22) },
        { name: 'pieces', value: 'y'.repeat(22) },
        { name: 'fichiers', filename: 'a.pdf', content: await samplePdf() },
        { name: 'fichiers', filename: 'faux.pdf', content: await samplePng() },
        { name: 'fichiers', filename: '', content: Buffer.alloc(0) },
        { name: 'reference', value: 'après les fichiers' },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      fields: {
        objet: 'Demande d’audience',
        pieces: ['x'.repeat(22), 'y'.repeat(22)],
        reference: 'après les fichiers',
      },
      pieces: [{ nom: 'a.pdf' }],
      errors: [{ nom: 'faux.pdf' }],
    });
    expect(answer.json()['fields']).not.toHaveProperty('_csrf');
  });

  it('receives no file before its token, nor with a wrong one', async () => {
    const before = await filesOnDisk();
    const file = { name: 'fichiers', filename: 'a.pdf', content: await samplePdf({ bytes: 500_000 }) };
    for (const parts of [
      [file],
      [file, { name: '_csrf', value: await token() }],
      [{ name: '_csrf', value: 'non' }, file],
    ]) {
      const answer = await call('POST', '/formulaire', { parts });
      expect(answer.status).toBe(403);
      expect(answer.json()).toMatchObject({ error: { code: 'CSRF' } });
    }
    expect((await call('POST', '/formulaire', { parts: [{ name: 'objet', value: 'x' }] })).status).toBe(403);
    expect(await filesOnDisk()).toBe(before);
  });

  it('has bounds', async () => {
    const csrf = { name: '_csrf', value: await token() };
    const long = { name: 'objet', value: 'x'.repeat(70_000) };
    expect((await call('POST', '/formulaire', { parts: [csrf, long] })).status).toBe(413);
    const many = Array.from({ length: 150 }, (_, i) => ({ name: `f${i}`, value: 'x' }));
    expect((await call('POST', '/formulaire', { parts: [csrf, ...many] })).status).toBe(413);
    const proto = { name: '__proto__', value: 'x' };
    expect((await call('POST', '/formulaire', { parts: [csrf, proto] })).status).toBe(400);
  });
});

describe('reading files', () => {
  it('gives the scan with its own name, and notes it', async () => {
    const content = await samplePdf({ bytes: 300_000 });
    const { courrier } = await register('Note du 3 février – été.pdf', content);
    const answer = await call('GET', `/download_file/${courrier}`);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(content)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(content.length),
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'content-security-policy': "sandbox; default-src 'none'",
    });
    expect(answer.headers['content-disposition']).toContain(
      "filename*=UTF-8''Note%20du%203%20f%C3%A9vrier%20%E2%80%93%20%C3%A9t%C3%A9.pdf",
    );
    expect(journal).toMatchObject([{ action: 'courrier.telechargement', courrierId: courrier }]);
  });

  it('lets no name break the headers', async () => {
    const { courrier } = await register('a"; filename=x.exe\u202Efdp.pdf', await samplePdf());
    const header = String((await call('GET', `/download_file/${courrier}`)).headers['content-disposition']);
    expect(header).toMatch(/^attachment; filename="[^"\r\n]+"; filename\*=UTF-8''[\w%.!~-]+$/);
  });

  it('does not exist for those who may not see the letter', async () => {
    const { courrier, piece } = await register('a.pdf', await samplePdf());
    const other = await register('b.pdf', await samplePdf());
    for (const path of [
      `/download_file/${courrier}`,
      `/mail/${courrier}/pieces/${piece}/pages/1.jpg`,
      `/api/v1/courriers/${courrier}/pieces`,
      `/api/v1/courriers/${courrier}/pieces/${piece}`,
      `/api/v1/courriers/${courrier}/pieces/${piece}/pages/1.jpg`,
    ]) {
      expect((await call('GET', path, { who: 'autre' })).status, path).toBe(404);
    }
    expect((await call('GET', `/download_file/${courrier}?piece=${other.piece}`)).status).toBe(404);
    expect((await call('GET', `/download_file/999999`)).status).toBe(404);
    expect(journal).toEqual([]);
  });

  it('shows pages in a few widths, which a browser may keep for a moment', async () => {
    const { courrier, piece } = await register('a.pdf', await samplePdf());
    const address = `/mail/${courrier}/pieces/${piece}/pages/1.jpg`;
    const image = await call('GET', `${address}?w=480`);
    expect(image.status).toBe(200);
    expect(image.headers['content-type']).toMatch(/^image\/(jpeg|png)$/);
    expect(image.headers['cache-control']).toBe('private, max-age=60, must-revalidate');
    const etag = String(image.headers['etag']);
    const again = await call('GET', `${address}?w=480`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
    const stranger = await call('GET', `${address}?w=480`, {
      who: 'autre',
      headers: { 'if-none-match': etag },
    });
    expect(stranger.status).toBe(404);
    expect((await call('GET', `${address}?w=481`)).status).toBe(400);
    expect((await call('GET', `/mail/${courrier}/pieces/${piece}/pages/2.jpg`)).status).toBe(404);
    expect((await call('GET', `/mail/${courrier}/pieces/${piece}/pages/1.svg`)).status).toBe(400);
  });

  it('lists and downloads the same through the JSON interface', async () => {
    const content = await samplePdf();
    const { courrier, piece } = await register('a.pdf', content);
    const list = (await call('GET', `/api/v1/courriers/${courrier}/pieces`)).json();
    expect(list).toMatchObject({ pieces: [{ id: piece, rang: 1, nom: 'a.pdf', taille: content.length }] });
    expect(JSON.stringify(list)).not.toContain('chemin');
    const file = await call('GET', `/api/v1/courriers/${courrier}/pieces/${piece}`);
    expect(file.body.equals(content)).toBe(true);
  });

  it('says that a file is missing instead of beginning an answer', async () => {
    const { courrier } = await register('a.pdf', await samplePdf());
    const [piece] = await made.pieces.ofCourrier(courrier);
    await made.store.remove(piece!.chemin);
    expect((await call('GET', `/download_file/${courrier}`)).status).toBe(503);
    expect(journal).toEqual([]);
  });
});

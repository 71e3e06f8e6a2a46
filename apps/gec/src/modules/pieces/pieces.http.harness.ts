import { request as httpRequest } from 'node:http';
import { type AddressInfo } from 'node:net';
import { notFound, type UserActor } from '@gec/core';
import { createServer, createSessionService, csrfToken, type HttpServer } from '@gec/http';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { sharedAtelier } from '../../test/atelier.ts';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { createJournalService } from '../journal/journal.service.ts';
import { registerPiecesApi } from './pieces.api.ts';
import { createTestPieces, everyFile, insertTestCourrier } from './pieces.harness.ts';
import { createLectureService } from './pieces.lecture.service.ts';
import { readForm, registerMultipart } from './pieces.multipart.ts';
import { registerPiecesPages } from './pieces.pages.tsx';
import { TYPES } from './pieces.schema.ts';

/** What a file may weigh in these tests. */
export const LIMITE = 2 * 1024 * 1024;
/** Between the parts of a form. */
export const FRONTIERE = 'frontiere-de-test';

type Part = { name: string; value: string } | { name: string; filename: string; content: Buffer };

/** A form with files as a browser sends it (RFC 7578). */
export function multipart(parts: readonly Part[]): Buffer {
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

/** Serves files on a real port, to two people, for the tests of one file. */
export function preparerServeur(open: () => Promise<{ url: string; drop(): Promise<void> }>) {
  let database: { url: string; drop(): Promise<void> };
  let base: TestBase;
  let app: HttpServer;
  let port: number;
  let made: ReturnType<typeof createTestPieces>;
  let agent: UserActor;
  let autre: UserActor;
  let cookies: Record<'agent' | 'autre', string>;
  const atelier = sharedAtelier();
  const journal: { action: string; courrierId?: number | null }[] = [];

  beforeAll(async () => {
    database = await open();
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
        recordReading: realJournal.recordReading.bind(realJournal),
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
    await base?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    await base.database.kysely.deleteFrom('televersement').execute();
    journal.length = 0;
  });

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

  const filesOnDisk = async (): Promise<number> => (await everyFile(made.filesDir)).length;

  const waiting = async () =>
    (await base.database.kysely.selectFrom('televersement').select('id').execute()).length;

  return {
    /** What the tests look at; there from the first test on. */
    ici: {
      get base() {
        return base;
      },
      get made() {
        return made;
      },
      get port() {
        return port;
      },
      get cookies() {
        return cookies;
      },
    },
    journal,
    call,
    send,
    register,
    filesOnDisk,
    waiting,
  };
}

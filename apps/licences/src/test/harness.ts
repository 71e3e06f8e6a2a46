import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemActor, type Clock } from '@gec/core';
import { fastDirectory } from '@gec/testing';
import type { InjectOptions } from 'fastify';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { createContainer, type Container } from '../container.ts';
import { createApp, NO_ASSETS, type App, type AppAssets } from '../http/app.ts';

/** Password of the administrator of every test installation. */
export const TEST_PASSWORD = 'Mot-de-passe-de-test-1';
/** Passphrase of its root key. */
export const TEST_PASSPHRASE = 'phrase de test qui ne protege rien';

/** The whole licence server on a database of its own, without a socket. */
export interface TestServer {
  readonly container: Container;
  readonly app: App;
  /** Makes keys of a type (`1m` unless said otherwise) and opens them. */
  keys(count: number, code?: string): Promise<string[]>;
  validate(key: string, ip?: string): Promise<{ status: number; body: Record<string, unknown> }>;
  activate(body: object, ip?: string): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Headers of the administrator's browser. */
  signIn(): Promise<{ cookie: string }>;
  close(): Promise<void>;
}

/** Starts everything but the listening, with first keys and the first administrator. */
export async function createTestServer(
  url: string,
  options: { clock?: Clock; assets?: AppAssets; env?: Record<string, string> } = {},
): Promise<TestServer> {
  const dataDir = mkdtempSync(join(fastDirectory(), 'gec-lic-test-'));
  const config = readConfig({
    LICENSE_SERVER_SECRET: 'secret-de-test-qui-ne-protege-rien-00000',
    LICENSE_ADMIN_PASSWORD: TEST_PASSWORD,
    LICENSE_ROOT_PASSPHRASE: TEST_PASSPHRASE,
    LICENSE_DATABASE_URL: url,
    LICENSE_DATA_DIR: dataDir,
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
    LICENSE_PORT: '0',
    RATE_LIMIT: '0',
    ...options.env,
  });
  const container = await createContainer(config, {
    ...(options.clock ? { clock: options.clock } : {}),
    logger: pino({ level: 'silent' }),
  });
  await container.signing.ensureKeys();
  await container.admins.ensureFirstAdmin();
  const app = await createApp(container, options.assets ?? NO_ASSETS);
  await app.ready();
  const call = async (request: InjectOptions) => {
    const answer = await app.inject(request);
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
  };
  return {
    container,
    app,
    async keys(count, code = '1m') {
      const actor = systemActor('test');
      const batch = await container.licenses.generate(actor, {
        counts: new Map([[code, count]]),
        label: 'Essai',
        owner: null,
      });
      const keys: string[] = [];
      for await (const part of container.licenses.export(actor, { batchId: batch.id })) {
        keys.push(...part.map(({ key }) => key));
      }
      return keys;
    },
    validate: (key, ip = '192.0.2.1') =>
      call({ method: 'GET', url: `/api/validate/${encodeURIComponent(key)}`, remoteAddress: ip }),
    activate: (body, ip = '192.0.2.1') =>
      call({ method: 'POST', url: '/api/activate', payload: body, remoteAddress: ip }),
    async signIn() {
      const { token } = await container.sessions.create(null, 1, { ip: '127.0.0.1', userAgent: 'test' });
      return { cookie: `lic_session=${encodeURIComponent(app.signCookie(token))}` };
    },
    async close() {
      await app.close();
      await container.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

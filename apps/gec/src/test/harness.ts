import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, type Clock } from '@gec/core';
import { hashPassword, openKeyring, parseMasterKey, type Keyring, type KeyPurpose } from '@gec/crypto';
import { keyStore, migrate, openDatabase, type Database } from '@gec/db';
import type { Fetch } from '@gec/licence-client';
import { fastDirectory } from '@gec/testing';
import { pino, type Logger } from 'pino';
import type { Base } from '../context.ts';
import { readConfig, type Config } from '../config.ts';
import { createContainer, type Container } from '../container.ts';
import { migrations } from '../db/migrations/index.ts';
import type { GecTables } from '../db/schema.ts';
import { seedPeople } from '../db/seed.ts';
import { createApp, NO_ASSETS, type App, type AppAssets } from '../http/app.ts';
import { createUtilisateursRepo } from '../modules/utilisateurs/utilisateurs.repo.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';
import { sharedAtelier } from './atelier.ts';

/** Secrets of tests, which protect nothing. */
const SECRETS = {
  GEC_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  GEC_PASSWORD_SALT: 'poivre-de-test-qui-ne-protege-rien-0000',
  SESSION_SECRET: 'secret-de-test-qui-ne-protege-rien-00000',
};

/** What every test of a service begins with. */
export interface TestBase extends Base {
  /** An active account with a role in a department (`ADM` unless said otherwise; null for none), made on first use. */
  person(role: string, code?: string | null, username?: string): Promise<Personne>;
  /** The department of a code. */
  departement(code: string): Promise<number>;
  close(): Promise<void>;
}

/** Password of every account that {@link TestBase.person} makes. */
export const TEST_PASSWORD = 'Mot-de-passe-de-test-1';

let hash: Promise<string> | undefined;

/** Settings of a test installation: the given database, a temporary data folder, the cheapest bcrypt. */
function testConfig(url: string, env: Readonly<Record<string, string>> = {}): Config {
  return readConfig({
    ...SECRETS,
    DATABASE_URL: url,
    GEC_DATA_DIR: mkdtempSync(join(fastDirectory(), 'gec-test-')),
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
    PORT: '0',
    RATE_LIMIT: '0',
    ...env,
  });
}

/** People and departments for the tests of a database. */
function createPeople({
  config,
  database,
  clock,
  keyring,
}: Pick<Base, 'config' | 'database' | 'clock' | 'keyring'>) {
  const users = createUtilisateursRepo(database, keyring);

  async function departement(code: string): Promise<number> {
    const row = await database.kysely
      .selectFrom('departement')
      .select('id')
      .where('code', '=', code)
      .executeTakeFirstOrThrow();
    return row.id;
  }

  async function person(
    role: string,
    code: string | null = 'ADM',
    username = `${role}.${(code ?? 'sans').toLowerCase()}`,
  ): Promise<Personne> {
    const known = await users.findByLogin(username);
    hash ??= hashPassword(TEST_PASSWORD, config.passwordPepper, 4);
    const passwordHash = await hash;
    const departementId = code === null ? null : await departement(code);
    const id =
      known?.id ??
      (await database.transaction((trx) =>
        users.insert(
          trx,
          {
            username,
            email: `${username}@example.cd`,
            nomComplet: `Personne ${username}`,
            role,
            departementId,
            doitChangerMotDePasse: false,
            passwordHash,
          },
          clock.now().toISOString(),
        ),
      ));
    const loaded = await users.loadPersonne(id, '127.0.0.1');
    if (!loaded) throw new Error(`${username} is not active`);
    return loaded;
  }

  return { departement, person };
}

/**
 * Opens a migrated and seeded database on an address of `describeEachDatabase`, with the cheapest bcrypt and a
 * temporary data folder.
 */
export async function createTestBase(url: string, clock: Clock = systemClock): Promise<TestBase> {
  const config = testConfig(url);
  const database: Database<GecTables> = openDatabase<GecTables>(url);
  await migrate(database, migrations);
  const keyring: Keyring = await openKeyring(
    parseMasterKey(config.masterKey, 'GEC_MASTER_KEY'),
    keyStore<KeyPurpose, GecTables>(database),
  );
  await database.transaction((trx) => seedPeople(trx, clock.now().toISOString()));
  const base = { config, database, clock, keyring, logger: pino({ level: 'silent' }) };
  return {
    ...base,
    ...createPeople(base),
    async close() {
      await database.close();
      rmSync(config.dataDir, { recursive: true, force: true });
    },
  };
}

/** The whole program on a database of its own, without a socket. */
export interface TestApp extends Pick<TestBase, 'person' | 'departement' | 'close'> {
  readonly container: Container;
  readonly app: App;
  /** Headers of a signed-in browser of that person: session cookie, and nothing else. */
  signIn(person: Pick<Personne, 'userId'>): Promise<{ cookie: string }>;
}

/**
 * Starts everything but the listening: container, services, routes. Work in the background (`container.start`) is
 * left to the test. The atelier runs from its source.
 */
export async function createTestApp(
  url: string,
  options: {
    clock?: Clock;
    assets?: AppAssets;
    /** Settings besides the usual ones of tests. */
    env?: Readonly<Record<string, string>>;
    licenceFetch?: Fetch;
    /** Silent unless given. */
    logger?: Logger;
  } = {},
): Promise<TestApp> {
  const config = testConfig(url, options.env);
  const container = await createContainer(config, {
    clock: options.clock,
    licenceFetch: options.licenceFetch,
    logger: options.logger ?? pino({ level: 'silent' }),
    openAtelier: sharedAtelier,
  });
  const app = await createApp(container, options.assets ?? NO_ASSETS);
  await app.ready();
  return {
    container,
    app,
    ...createPeople(container),
    async signIn({ userId }) {
      const { token } = await container.sessions.create(null, userId, { ip: '127.0.0.1', userAgent: 'test' });
      return { cookie: `gec_session=${encodeURIComponent(app.signCookie(token))}` };
    },
    async close() {
      await app.close();
      await container.close();
      rmSync(config.dataDir, { recursive: true, force: true });
    },
  };
}

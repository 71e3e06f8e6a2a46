import { createHash, randomBytes } from 'node:crypto';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, describe, inject } from 'vitest';
import { CLUSTER_SOCKET } from './global-setup.ts';

/** The engines that every repo and service test runs on. */
export type DatabaseEngine = 'sqlite' | 'postgres';

/** An empty (or templated) database of its own. */
export interface TestDatabase {
  /** `sqlite:/path/to/file.db` or `postgres://…`, as `DATABASE_URL` takes it. */
  readonly url: string;
  readonly engine: DatabaseEngine;
  /** Removes the database; PostgreSQL closes the connections that are still open. Harmless when called twice. */
  drop(): Promise<void>;
}

/** A database made once per test run, then copied. */
export interface DatabaseTemplate {
  readonly key: string;
  readonly build: (database: { readonly url: string; readonly engine: DatabaseEngine }) => Promise<void>;
}

/** Opens a fresh database of the suite's engine, empty or copied from a template. */
export type OpenDatabase = (template?: DatabaseTemplate) => Promise<TestDatabase>;

/**
 * A template: `build` fills an empty database (migrations, fixtures) and must close its connections. On PostgreSQL it
 * runs once per key in a test run, whatever the number of workers; on SQLite at most once per worker.
 *
 * @param key names what `build` makes; two different builds need two keys
 * @param build receives the address of the empty database
 */
export function fromTemplate(key: string, build: DatabaseTemplate['build']): DatabaseTemplate {
  return { key, build };
}

function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 24);
}

let adminUrl: Promise<string> | undefined;

/** Asks the global set-up for the cluster of this run, which starts it on the first call. */
function clusterUrl(): Promise<string> {
  adminUrl ??= new Promise((resolve, reject) => {
    const socket = connect(join(inject('gecTestRun'), CLUSTER_SOCKET));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject);
    socket.on('end', () => {
      if (answer.startsWith('postgres://')) resolve(answer.trim());
      else reject(new Error(`No PostgreSQL cluster for the tests: ${answer.trim()}`));
    });
  });
  return adminUrl;
}

async function withAdmin<T>(use: (admin: Client) => Promise<T>): Promise<T> {
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: await clusterUrl() });
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.end();
  }
}

async function postgresUrl(database: string): Promise<string> {
  const url = new URL(await clusterUrl());
  url.pathname = `/${database}`;
  return url.href;
}

/** Builds the template database of a key unless a worker has done so; others wait on an advisory lock meanwhile. */
async function ensurePostgresTemplate(admin: Client, { key, build }: DatabaseTemplate): Promise<string> {
  const name = `template_${keyDigest(key)}`;
  const exists = async () =>
    (await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount === 1;
  if (await exists()) return name;
  await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
  try {
    if (await exists()) return name;
    const draft = `${name}_draft`;
    await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`); // left by a build that failed
    await admin.query(`CREATE DATABASE ${draft} TEMPLATE template0`);
    await build({ url: await postgresUrl(draft), engine: 'postgres' });
    // Only a finished template bears the name; a connection to it would make copying fail.
    await admin.query(`ALTER DATABASE ${draft} ALLOW_CONNECTIONS false`);
    await admin.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
    return name;
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

async function openPostgres(template?: DatabaseTemplate): Promise<TestDatabase> {
  const database = `test_${randomBytes(8).toString('hex')}`;
  await withAdmin(async (admin) => {
    const source = template ? await ensurePostgresTemplate(admin, template) : 'template0';
    await admin.query(`CREATE DATABASE ${database} TEMPLATE ${source}`);
  });
  return {
    url: await postgresUrl(database),
    engine: 'postgres',
    drop: () =>
      withAdmin(async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      }),
  };
}

async function removeSqlite(file: string): Promise<void> {
  await Promise.all(['', '-wal', '-shm', '-journal'].map((suffix) => rm(file + suffix, { force: true })));
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

const sqliteTemplates = new Map<string, Promise<string>>();

async function buildSqliteTemplate({ key, build }: DatabaseTemplate): Promise<string> {
  const finished = join(inject('gecTestRun'), `template-${keyDigest(key)}.db`);
  if ((await sizeOf(finished)) > 0) return finished;
  const draft = join(inject('gecTestRun'), `draft-${randomBytes(8).toString('hex')}.db`);
  await build({ url: `sqlite:${draft}`, engine: 'sqlite' });
  if ((await sizeOf(`${draft}-wal`)) > 0) {
    throw new Error(`The build of the template "${key}" left its SQLite connection open`);
  }
  // Renaming is atomic: another worker sees a whole template or none.
  await rename(draft, finished);
  await removeSqlite(draft);
  return finished;
}

function ensureSqliteTemplate(template: DatabaseTemplate): Promise<string> {
  let ready = sqliteTemplates.get(template.key);
  if (!ready) {
    ready = buildSqliteTemplate(template);
    sqliteTemplates.set(template.key, ready);
  }
  return ready;
}

async function openSqlite(template?: DatabaseTemplate): Promise<TestDatabase> {
  const file = join(inject('gecTestRun'), `test-${randomBytes(8).toString('hex')}.db`);
  if (template) await copyFile(await ensureSqliteTemplate(template), file);
  return { url: `sqlite:${file}`, engine: 'sqlite', drop: () => removeSqlite(file) };
}

/**
 * Opens one fresh database, inside a Vitest run.
 *
 * @param engine which engine
 * @param template what it is copied from; empty without one
 */
export function openTestDatabase(engine: DatabaseEngine, template?: DatabaseTemplate): Promise<TestDatabase> {
  return engine === 'sqlite' ? openSqlite(template) : openPostgres(template);
}

/**
 * Declares a suite twice, for SQLite and for PostgreSQL. Databases that the suite opened and did not drop are dropped
 * after its last test.
 *
 * @param name title of the suite; the engine is added to it
 * @param define declares the tests; `open()` gives a database of the suite's engine
 */
export function describeEachDatabase(
  name: string,
  define: (open: OpenDatabase, engine: DatabaseEngine) => void,
): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    describe(`${name} [${engine}]`, () => {
      const opened: TestDatabase[] = [];
      // Declared before the suite's own hooks: Vitest runs afterAll in reverse order, so connections close first.
      afterAll(async () => {
        for (const database of opened) await database.drop();
      });
      define(async (template) => {
        const database = await openTestDatabase(engine, template);
        opened.push(database);
        return database;
      }, engine);
    });
  }
}

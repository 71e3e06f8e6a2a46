import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemActor, systemClock } from '@gec/core';
import { verifyPassword, WrongMasterKeyError } from '@gec/crypto';
import { createKeyWatch } from '@gec/db';
import { describeEachDatabase } from '@gec/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, TEST_PASSWORD, type TestServer } from '../../test/harness.ts';
import { blindColumns, SEALED_COLUMNS } from './secrets.columns.ts';
import { createSecretsService, PURPOSES } from './secrets.service.ts';

const actor = systemActor('test');
const FORMER = 'secret-de-test-qui-ne-protege-rien-00000';
const NEXT = 'un-autre-secret-qui-ne-protege-rien-1111';

describe('the lists of what is sealed', () => {
  it('name every sealed column of the schema, and no other', () => {
    const source = readFileSync(new URL('../../db/schema.ts', import.meta.url), 'utf8');
    const tables = new Map(
      [...source.matchAll(/^ {2}(\w+): (\w+Table);$/gm)].map(([, table, type]) => [type!, table!]),
    );
    const wanted = [...source.matchAll(/^export interface (\w+Table) \{\n([\s\S]*?)^\}/gm)].flatMap(
      ([, type, body]) =>
        [...body!.matchAll(/^ {2}(\w+): Sealed\b/gm)].map(([, column]) => `${tables.get(type!)}.${column}`),
    );
    const known = SEALED_COLUMNS.flatMap(({ table, columns }) => columns.map((name) => `${table}.${name}`));
    expect(wanted.length).toBeGreaterThan(6);
    expect(known.toSorted()).toEqual(wanted.toSorted());
  });
});

describeEachDatabase('the secrets', (open) => {
  let server: TestServer;
  let url: string;
  let used: string;
  let free: string[];
  const fingerprint = 'greffe.example';

  beforeAll(async () => {
    ({ url } = await open());
    server = await createTestServer(url);
    free = await server.keys(150);
    used = free.pop()!;
    await server.activate({ license_key: used, domain_fingerprint: fingerprint });
  });
  afterAll(() => server.close());

  /** The service with a watch of its own, which waits for nobody longer than a moment. */
  async function alone<R>(
    work: (secrets: ReturnType<typeof createSecretsService>) => Promise<R>,
  ): Promise<R> {
    const { container } = server;
    const onError = (error: unknown) => {
      throw error;
    };
    const watch = createKeyWatch({ ...container, clock: systemClock, goneMs: 300, onError });
    try {
      return await work(createSecretsService({ ...container, watch, delays: { known: 0, forget: 0 } }));
    } finally {
      await watch.stop();
    }
  }

  /** Every key is valid, and the same installation gets its first answer. */
  async function works(of: TestServer): Promise<void> {
    expect((await of.validate(free[0]!)).status).toBe(200);
    expect((await of.validate(free.at(-1)!)).status).toBe(200);
    const again = await of.activate({ license_key: used, domain_fingerprint: fingerprint });
    expect(again.status).toBe(200);
  }

  /** Every digest and sealed value as it is kept. */
  async function dump(): Promise<{ digests: string[]; sealed: string[] }> {
    const { database, keyring } = server.container;
    const read = async (table: string, column: string) => {
      const { rows } = await sql<{
        value: string;
      }>`select ${sql.ref(column)} as value from ${sql.table(table)}
        where ${sql.ref(column)} is not null`.execute(database.kysely);
      return rows.map(({ value }) => value);
    };
    const digests: string[] = [];
    const sealed: string[] = [];
    for (const { table, columns } of blindColumns(keyring)) {
      for (const { column } of columns) digests.push(...(await read(table, column)));
    }
    for (const { table, columns } of SEALED_COLUMNS) {
      for (const column of columns) sealed.push(...(await read(table, column)));
    }
    return { digests, sealed };
  }

  it('are renewed while keys are validated and made, also by whoever comes next when the process is killed', async () => {
    const { config, keyring } = server.container;
    const env = {
      PATH: process.env['PATH'],
      LICENSE_SERVER_SECRET: FORMER,
      LICENSE_DATABASE_URL: config.databaseUrl,
      LICENSE_DATA_DIR: config.dataDir,
    };
    const former = PURPOSES.map((purpose) => keyring.current(purpose).kid);
    const script = fileURLToPath(new URL('./secrets.child.ts', import.meta.url));
    for (const moment of ['field resealing', 'index resealing']) {
      const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(child, 'close');
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        if (part.includes(moment)) child.kill('SIGKILL');
      });
      let at = true;
      const reader = (async () => {
        while (at) {
          await server.container.secrets.status();
          await works(server);
          await setTimeout(50);
        }
      })();
      await closed;
      at = false;
      await reader;
    }
    await server.container.secrets.status();
    await alone(async (secrets) => {
      for (const purpose of PURPOSES) {
        const { rotation } = await secrets.renew(actor, purpose, ({ phase }) => {
          if (phase === 'waiting') void server.container.secrets.status();
        });
        expect(rotation).toMatchObject({ state: 'finished', unreadable: 0 });
      }
    });
    await server.container.secrets.status();
    await works(server);
    const [fieldKid, indexKid] = former;
    const { digests, sealed } = await dump();
    expect(digests.every((digest) => digest.startsWith(`${keyring.current('index').kid}.`))).toBe(true);
    expect(sealed.join('\n')).not.toContain(fieldKid);
    expect(() => keyring.byKid(indexKid!)).toThrow();
    expect(await server.container.journal.verify(actor)).toMatchObject({ ok: true });
  });

  it('come under a new secret; passwords stay, and a backup of before is put back with the former secret', async () => {
    const { secrets, backup, config, database } = server.container;
    const path = join(config.dataDir, 'avant.gecarc');
    await backup.create(actor, path);
    await expect(secrets.changeSecret(actor, null)).rejects.toThrow('LICENSE_NEW_SERVER_SECRET');
    await expect(secrets.changeSecret(actor, 'court')).rejects.toThrow('32');
    await secrets.changeSecret(actor, NEXT);
    await works(server);
    await expect(createTestServer(url)).rejects.toThrow(WrongMasterKeyError);

    const goesOn = async (env: Record<string, string>) => {
      const next = await createTestServer(url, { env: { LICENSE_SERVER_SECRET: NEXT, ...env } });
      try {
        await works(next);
        const { password_hash } = await database.kysely
          .selectFrom('admin')
          .select('password_hash')
          .executeTakeFirstOrThrow();
        const pepper = next.container.config.passwordPepper;
        expect(await verifyPassword(TEST_PASSWORD, password_hash, pepper)).toBe(true);
        return await next.container.backup.restore(path).then(
          () => 'restored',
          (error: Error) => error.message,
        );
      } finally {
        await next.close();
      }
    };
    expect(await goesOn({})).toContain('the secret is another one');
    expect(await goesOn({ LICENSE_SERVER_SECRET_FORMER: FORMER })).toBe('restored');
    // What came back is under the secret in force.
    expect(await goesOn({})).toContain('the secret is another one');
  });
});

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import {
  adoptSecret,
  openKeyring,
  parseMasterKey,
  prepareSecret,
  rewrapKeys,
  WrongMasterKeyError,
  type KeyPurpose,
} from '@gec/crypto';
import { changeKeys, keyStore, openDatabase } from '@gec/db';
import { tempDir, type TempDir } from '@gec/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GecTables } from '../db/schema.ts';
import { sharedAtelier } from '../test/atelier.ts';
import { runCli } from './program.ts';

let dir: TempDir;

beforeEach(async () => {
  dir = await tempDir();
});
afterEach(() => dir.remove());

async function gec(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let stdout = '';
  let stderr = '';
  const code = await runCli(args, {
    env: { GEC_DATA_DIR: dir.path, BCRYPT_COST: '4', ...env },
    openAtelier: sharedAtelier,
    terminal: {
      write: (text) => void (stdout += text),
      error: (text) => void (stderr += text),
      input: new PassThrough(),
      inputIsTty: false,
      errorIsTty: false,
    },
  });
  return { code, stdout, stderr };
}

const secret = (): string =>
  (JSON.parse(readFileSync(join(dir.path, 'secrets.json'), 'utf8')) as Record<string, string>)[
    'GEC_MASTER_KEY'
  ]!;
const coming = (): string => join(dir.path, 'secrets.json.nouvelle');

/** Whether a key opens the database. */
async function opens(key: string): Promise<boolean> {
  const database = openDatabase<GecTables>(`sqlite:${join(dir.path, 'gec.db')}`);
  try {
    await openKeyring(parseMasterKey(key), keyStore<KeyPurpose, GecTables>(database));
    return true;
  } catch (error) {
    if (error instanceof WrongMasterKeyError) return false;
    throw error;
  } finally {
    await database.close();
  }
}

it('gec keys rotate --master puts a new key into the secrets file and keeps the former one beside', async () => {
  expect((await gec(['keys', 'status'])).stdout).toContain('GEC_MASTER_KEY ouvre cette base');
  const former = secret();
  const { code, stdout } = await gec(['keys', 'rotate', '--master']);
  expect(code).toBe(0);
  expect(stdout).toContain('est remplacée par');
  expect(secret()).not.toBe(former);
  expect(existsSync(coming())).toBe(false);
  const kept = readdirSync(dir.path).filter((name) => /^secrets\.json\.\d/.test(name));
  expect(kept).toHaveLength(1);
  expect(readFileSync(join(dir.path, kept[0]!), 'utf8')).toContain(former);
  for (const name of [...kept, 'secrets.json']) {
    expect(statSync(join(dir.path, name)).mode & 0o777).toBe(0o600);
  }
  expect([await opens(former), await opens(secret())]).toEqual([false, true]);
  expect((await gec(['journal', 'verify'])).code).toBe(0);
});

it('a change of the master key that was cut short is completed, wherever that was', async () => {
  await gec(['keys', 'status']);
  const former = secret();

  // Before the database changed: the key in force opens, and the same new key is used again.
  const aside = prepareSecret(dir.path, 'GEC_MASTER_KEY', former);
  expect(prepareSecret(dir.path, 'GEC_MASTER_KEY', former)).toBe(aside);
  const asked = await gec(['keys', 'status', '--json']);
  expect((JSON.parse(asked.stdout) as { ouvrent: unknown }).ouvrent).toEqual([
    { source: 'GEC_MASTER_KEY', ouvre: true },
    { source: 'secrets.json.nouvelle', ouvre: false },
  ]);

  // After the database changed, before the file did: the next start completes it.
  const database = openDatabase<GecTables>(`sqlite:${join(dir.path, 'gec.db')}`);
  await changeKeys<KeyPurpose, GecTables, void>(database, async (_trx, rows) => ({
    put: rewrapKeys(parseMasterKey(former), parseMasterKey(aside), rows),
    result: undefined,
  }));
  await database.close();
  expect([await opens(former), await opens(aside)]).toEqual([false, true]);
  expect((await gec(['keys', 'status'])).code).toBe(0);
  expect(secret()).toBe(aside);
  expect(existsSync(coming())).toBe(false);

  // After the file changed, before what was put aside went away: it is no new key any more.
  prepareSecret(dir.path, 'GEC_MASTER_KEY', former);
  const again = prepareSecret(dir.path, 'GEC_MASTER_KEY', former);
  adoptSecret(dir.path, 'GEC_MASTER_KEY', again, new Date());
  expect(secret()).toBe(again);
});

it('with the key in the environment, the new one is asked for, and what to do is said', async () => {
  const GEC_MASTER_KEY = Buffer.alloc(32, 3).toString('base64');
  const GEC_NEW_MASTER_KEY = Buffer.alloc(32, 4).toString('base64');
  const missing = await gec(['keys', 'rotate', '--master'], { GEC_MASTER_KEY });
  expect(missing).toMatchObject({ code: 1 });
  expect(missing.stderr).toContain('GEC_NEW_MASTER_KEY');
  const done = await gec(['keys', 'rotate', '--master'], { GEC_MASTER_KEY, GEC_NEW_MASTER_KEY });
  expect(done.code).toBe(0);
  expect(done.stdout).toContain('mettez dans GEC_MASTER_KEY la valeur de GEC_NEW_MASTER_KEY');
  expect((await gec(['keys', 'status'], { GEC_MASTER_KEY: GEC_NEW_MASTER_KEY })).code).toBe(0);
  const wrong = await gec(['keys', 'status'], { GEC_MASTER_KEY, GEC_NEW_MASTER_KEY });
  expect(wrong.code).toBe(3);
  expect(wrong.stdout).toContain(
    'GEC_MASTER_KEY n’ouvre pas cette base.\nGEC_NEW_MASTER_KEY ouvre cette base.',
  );
});

it('gec keys rotate says what is missing, and renews one kind of key', async () => {
  expect(await gec(['keys', 'rotate'])).toMatchObject({ code: 2 });
  expect(await gec(['keys', 'rotate', '--reseal', '--purpose', 'identity'])).toMatchObject({ code: 2 });
  const { code, stdout } = await gec(['keys', 'rotate', '--reseal', '--purpose', 'audit']);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('journal') as string });
  expect((await gec(['journal', 'verify'])).code).toBe(0);
});

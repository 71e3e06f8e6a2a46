import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { openTestDatabase, tempDir, type TempDir, type TestDatabase } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from './program.ts';

let database: TestDatabase;
let dir: TempDir;
let env: Record<string, string>;

beforeAll(async () => {
  database = await openTestDatabase('sqlite');
  dir = await tempDir();
  env = {
    DATABASE_URL: database.url,
    GEC_DATA_DIR: dir.path,
    GEC_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    GEC_PASSWORD_SALT: 'poivre-de-test-qui-ne-protege-rien-0000',
    SESSION_SECRET: 'secret-de-test-qui-ne-protege-rien-00000',
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
  };
});
afterAll(async () => {
  await database.drop();
  await dir.remove();
});

async function run(...args: string[]) {
  const out = { code: 0, stdout: '', stderr: '' };
  out.code = await runCli(args, {
    env,
    atelierScript: new URL('../workers/atelier-child.ts', import.meta.url),
    terminal: {
      write: (text) => void (out.stdout += text),
      error: (text) => void (out.stderr += text),
      input: new PassThrough().end(),
      inputIsTty: false,
      errorIsTty: false,
    },
  });
  return out;
}

it('takes an old register over after saying what it would do, and nothing twice', async () => {
  const file = join(dir.path, 'registre.csv');
  await writeFile(
    file,
    'Numéro;Date;Expéditeur;Objet\n008951-25;04/03/2025;Société X;Permis\n9;;Société Y;Litige\n',
  );
  const args = ['import', 'register', file, '--utilisateur', 'clerc'];
  expect((await run(...args)).stderr).toContain('clerc');
  await run('users', 'add', 'clerc', '--email', 'clerc@example.cd', '--name', 'Clerc');
  const dry = await run(...args, '--dry-run', '--json');
  expect([dry.code, dry.stderr]).toEqual([3, '']);
  expect(JSON.parse(dry.stdout)).toMatchObject({
    lignes: [
      { numero: '008951-25', etat: 'cree', courrier_id: null },
      { numero: '9', motif: 'DATE_INVALIDE' },
    ],
  });
  expect((await run(...args)).stdout).toContain('1 reprises, 0 déjà là, 1 écartées.');
  expect((await run(...args, '--dry-run')).stdout).toContain('0 à reprendre, 1 déjà là, 1 écartées.');
});

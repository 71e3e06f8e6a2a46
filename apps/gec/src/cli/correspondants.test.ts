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

it('imports a list after saying what it would do, exports it, and finds doubles', async () => {
  const file = join(dir.path, 'liste.csv');
  await writeFile(
    file,
    'Nom;E-mail\r\nCadastre minier;cami@example.cd\r\nCadastre miniers;\r\nBanque;faux\r\n',
  );
  const dry = await run('correspondants', 'import', file, '--simuler', '--json');
  expect([dry.code, dry.stderr]).toEqual([3, '']);
  expect(JSON.parse(dry.stdout)).toMatchObject({ comptes: { ajout: 2, erreur: 1 } });
  expect((await run('correspondants', 'export')).stdout).not.toContain('Cadastre');

  expect((await run('correspondants', 'import', file)).stdout).toContain('2 ajoutés');
  expect((await run('correspondants', 'export')).stdout).toContain('Cadastre minier;;;cami@example.cd');
  expect(JSON.parse((await run('correspondants', 'doublons', '--json')).stdout)).toEqual([
    { a: 'Cadastre minier', b: 'Cadastre miniers', motif: 'faute' },
  ]);
  expect((await run('correspondants', 'doublons', '--limite', '0')).code).not.toBe(0);
});

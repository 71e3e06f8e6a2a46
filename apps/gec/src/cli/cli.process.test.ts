import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir, type TempDir } from '@gec/testing';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest';

/** Within the repository, so that the packages are found, and out of sight of git. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
let built: string;
let dir: TempDir;

beforeAll(async () => {
  await mkdir(CACHE, { recursive: true });
  built = await mkdtemp(join(CACHE, 'gec-cli-'));
  await build({
    entryPoints: [fileURLToPath(new URL('../cli.ts', import.meta.url))],
    outfile: join(built, 'cli.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
    plugins: [
      {
        name: 'external-packages',
        setup(plugin) {
          plugin.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('@gec/') ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
});
afterAll(() => rm(built, { recursive: true, force: true }));
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(() => dir.remove());

function gec(args: string[], stdin = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(built, 'cli.mjs'), ...args],
      {
        env: {
          PATH: process.env['PATH'],
          GEC_DATA_DIR: join(dir.path, 'data'),
          BCRYPT_COST: '4',
          NODE_COMPILE_CACHE: join(built, 'compiled'),
        },
      },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(stdin);
  });
}

const add = (name: string) => [
  'users',
  'add',
  name,
  '--email',
  `${name}@example.cd`,
  '--name',
  `Personne ${name}`,
];

it('works on an installation that was never started, and leaves its secrets to its owner alone', async () => {
  const made = await gec([...add('anne'), '--json']);
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(JSON.parse(made.stdout)).toMatchObject({ id: 1, username: 'anne' });
  expect((await stat(join(dir.path, 'data', 'secrets.json'))).mode & 0o777).toBe(0o600);
  const list = await gec(['users', 'list']);
  expect(list.stdout).toMatch(/^anne +Personne anne +anne@example\.cd +user/m);
});

it('ends with the code that says what happened, and with nothing left running', async () => {
  await gec(['migrate']);
  const codes = [];
  for (const args of [
    ['journal', 'verify'],
    ['users', 'disable', 'personne'],
    ['users', 'list', '--x'],
    [],
  ]) {
    codes.push((await gec(args)).code);
  }
  expect(codes).toEqual([0, 1, 2, 2]);
});

it('reads the password from a pipe', async () => {
  const made = await gec([...add('anne'), '--stdin'], 'quatre mots sans lien\n');
  expect([made.code, made.stderr]).toEqual([0, '']);
  expect(made.stdout).not.toContain('usage unique');
});

it('may run several times at once', async () => {
  await gec(['migrate']);
  await gec(add('premiere'));
  const names = ['a1', 'b2', 'c3', 'd4'];
  const made = await Promise.all(names.map((name) => gec(add(name))));
  expect(made.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect((await gec(['journal', 'verify'])).stdout).toContain('5 entrées vérifiées');
});

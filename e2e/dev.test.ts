import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, tempDir, type TempDir } from '@gec/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ROOT } from './lib/documents.ts';

const PATIENCE = { timeout: 90_000, interval: 200 };

/** Copies the sources, so that they may be changed; what npm installed stays where it is, but for our own packages. */
async function copyTree(to: string): Promise<void> {
  await cp(join(ROOT, 'scripts'), join(to, 'scripts'), { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) await cp(join(ROOT, name), join(to, name));
  const modules = join(to, 'node_modules');
  await mkdir(join(modules, '@gec'), { recursive: true });
  for (const group of ['packages', 'apps']) {
    for (const name of await readdir(join(ROOT, group))) {
      const [from, folder] = [join(ROOT, group, name), join(to, group, name)];
      await cp(join(from, 'src'), join(folder, 'src'), { recursive: true });
      await cp(join(from, 'package.json'), join(folder, 'package.json'));
      if (group === 'packages') await symlink(folder, join(modules, '@gec', name));
    }
  }
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    // Marks of what was built there are not true here.
    if (name !== '@gec' && name !== '.gec-build-stamp' && name !== '.cache')
      await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
}

let dir: TempDir;
let child: ChildProcess;
let ended: Promise<void>;
let output = '';
let url: string;

beforeAll(async () => {
  dir = await tempDir('gec-dev-');
  await copyTree(join(dir.path, 'tree'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  child = spawn('npm', ['run', 'dev'], {
    cwd: join(dir.path, 'tree'),
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      PORT: String(port),
      LICENSE_PORT: String(await freePort()),
      BCRYPT_COST: '4',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // Not its exit: every process that it started has its output, and must have ended too.
  ended = new Promise((resolve) => child.once('close', () => resolve()));
});
afterAll(async () => {
  child.kill('SIGTERM');
  await ended;
  await dir.remove();
});

/** Waits until the page of signing in says something. */
const says = (words: string) =>
  vi.waitFor(async () => {
    if (child.exitCode !== null) throw new Error(`npm run dev ended:\n${output}`);
    expect(await (await fetch(`${url}/login`)).text()).toContain(words);
  }, PATIENCE);

it('serves, starts anew with what was changed in the sources, and ends when it is asked to', async () => {
  await says('<h1>Connexion</h1>');
  const texts = join(dir.path, 'tree/apps/gec/src/modules/auth/auth.texts.ts');
  const before = await readFile(texts, 'utf8');
  await writeFile(texts, before.replace("connexion: 'Connexion'", "connexion: 'Connexion au registre'"));
  await says('<h1>Connexion au registre</h1>');
  child.kill('SIGTERM');
  await ended;
  await expect(fetch(`${url}/health`)).rejects.toThrow();
  expect(await readFile(join(ROOT, 'apps/gec/src/modules/auth/auth.texts.ts'), 'utf8')).toBe(before);
}, 120_000);

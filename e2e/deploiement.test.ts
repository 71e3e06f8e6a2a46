import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, openSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDir } from '@gec/testing';
import { describe, expect, it, vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const find = (name: string) =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin']
    .map((dir) => join(dir, name))
    .find((path) => existsSync(path));

/** Runs a program to its end. */
function run(file: string, args: string[], env: Record<string, string>) {
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(file, args, { env, cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: `${stdout}${stderr}` }),
    );
  });
}

describe('the systemd units', () => {
  const units = readdirSync(join(ROOT, 'deploy/systemd')).filter((name) => name.endsWith('.service'));

  it.each(units)('%s is shut in', async (name) => {
    const text = await readFile(join(ROOT, 'deploy/systemd', name), 'utf8');
    for (const line of [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'CapabilityBoundingSet=',
      'User=gec',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toContain(`StateDirectory=${name.replace('.service', '')}\nStateDirectoryMode=0700`);
  });

  it.skipIf(!find('systemd-analyze'))('are graded below 2.0 by systemd itself', () => {
    for (const name of units) {
      const args = ['security', '--offline=true', '--no-pager', join(ROOT, 'deploy/systemd', name)];
      const output = execFileSync(find('systemd-analyze') ?? '', args, { encoding: 'utf8' });
      const [, grade = ''] = /Overall exposure level for \S+: ([\d.]+)/.exec(output) ?? [];
      expect(Number(grade)).toBeGreaterThan(0);
      expect(Number(grade)).toBeLessThan(2);
    }
  });
});

it.skipIf(!find('logrotate'))(
  'turns a log over while a program writes to it, and loses no line',
  async () => {
    await using dir = await tempDir();
    const log = join(dir.path, 'gec.log');
    const shipped = await readFile(join(ROOT, 'deploy/logrotate/gec'), 'utf8');
    const conf = join(dir.path, 'conf');
    // The folder is this account's own here.
    const own = shipped.replace('/var/log/gec/*.log', log).replace(/^ *su .*\n/m, '');
    await writeFile(conf, own, { mode: 0o600 });
    const writer = spawn('sh', ['-c', 'while read line; do echo "$line"; done'], {
      stdio: ['pipe', openSync(log, 'a'), 'inherit'],
    });
    const ended = new Promise((resolve) => writer.once('exit', resolve));
    writer.stdin?.write('avant\n');
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toBe('avant\n'));
    execFileSync(find('logrotate') ?? '', ['-f', '-s', join(dir.path, 'state'), conf]);
    writer.stdin?.end('après\n');
    await ended;
    expect([readFileSync(`${log}.1`, 'utf8'), readFileSync(log, 'utf8')]).toEqual(['avant\n', 'après\n']);
  },
);

describe('the upgrade', () => {
  /** Two versions that write down what is asked of them. */
  async function machine(dir: string, doctor: number, health: number) {
    const said = join(dir, 'said');
    const script = (path: string, body: string) => writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    for (const version of ['old', 'new']) {
      await mkdir(join(dir, version, 'bin'), { recursive: true });
      await script(join(dir, version, 'bin/gec'), '');
      await script(join(dir, version, 'bin/node'), `exit ${health}`);
    }
    symlinkSync(join(dir, 'old'), join(dir, 'link'));
    await script(join(dir, 'systemctl'), `case $1 in is-active) exit 1;; esac; echo "$@" >> ${said}`);
    await script(join(dir, 'sleep'), '');
    const is = `[ "$1" != doctor ] || exit ${doctor}`;
    await script(join(dir, 'admin'), `echo "$1 $(basename $(readlink ${dir}/link))" >> ${said}; ${is}`);
    const env = {
      PATH: `${dir}:/usr/bin:/bin`,
      GEC_LINK: join(dir, 'link'),
      GEC_ADMIN: join(dir, 'admin'),
    };
    const { code } = await run(join(ROOT, 'deploy/systemd/upgrade'), [join(dir, 'new')], env);
    const steps = readFileSync(said, 'utf8').trim().split('\n');
    return { code, steps, version: readlinkSync(join(dir, 'link')).split('/').at(-1) };
  }

  it('makes a backup, stops, changes, looks, starts', async () => {
    await using dir = await tempDir();
    expect(await machine(dir.path, 0, 0)).toEqual({
      code: 0,
      steps: ['backup old', 'stop gec', 'doctor new', 'start gec'],
      version: 'new',
    });
  });

  it('goes back before anything has changed, and says so when it cannot', async () => {
    await using dir = await tempDir();
    expect(await machine(dir.path, 3, 0)).toEqual({
      code: 1,
      steps: ['backup old', 'stop gec', 'doctor new', 'start gec'],
      version: 'old',
    });
    await using other = await tempDir();
    expect(await machine(other.path, 0, 1)).toMatchObject({ code: 1, version: 'new' });
  });
});

it('makes the image of what a machine without Docker gets, by scripts that a shell reads', async () => {
  const dockerfile = await readFile(join(ROOT, 'deploy/Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^RUN .*deploy\/image\.sh \/opt\/gec$/m);
  expect(dockerfile).toMatch(/^USER 10001:10001$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  for (const copied of dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)) {
    for (const path of copied[1]?.split(' ') ?? [])
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
  }
  for (const script of ['image.sh', 'systemd/gec-admin', 'systemd/upgrade']) {
    execFileSync('sh', ['-n', join(ROOT, 'deploy', script)]);
  }
  const app = JSON.parse(await readFile(join(ROOT, 'app.json'), 'utf8')) as { env: Record<string, unknown> };
  const described = await readFile(join(ROOT, '.env.example'), 'utf8');
  for (const name of Object.keys(app.env).filter((one) => one !== 'PGSSLMODE'))
    expect(described).toContain(name);
});

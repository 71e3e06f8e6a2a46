import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@gec/testing';

const CONFIG = fileURLToPath(new URL('../../deploy/nginx/gec.conf', import.meta.url));

/** A running nginx. */
export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

function program(): string {
  const places = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin'];
  const found = places.map((dir) => join(dir, 'nginx')).find((path) => existsSync(path));
  if (!found)
    throw new Error('nginx is not installed (Debian: apt-get install --no-install-recommends nginx)');
  return found;
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });

/**
 * Starts nginx with deploy/nginx/gec.conf in front of some processes; without TLS, which costs the same whoever stands
 * behind.
 *
 * @param dir an empty folder for what nginx writes
 * @param programs addresses of the processes
 * @throws Error when nginx is not installed or does not start
 */
export async function startNginx(dir: string, programs: readonly string[]): Promise<Nginx> {
  await mkdir(join(dir, 'tmp'), { recursive: true });
  const port = await freePort();
  const upstream = programs.map((url) => `server ${new URL(url).host} max_fails=2 fail_timeout=5s;`);
  const site = (await readFile(CONFIG, 'utf8'))
    .replace('listen 80;', `listen 127.0.0.1:${await freePort()};`)
    .replace('listen 443 ssl http2;', `listen 127.0.0.1:${port};`)
    .replace('server_name courrier.example.cd;\n\n', 'server_name _;\n\n')
    .replace(/^ +ssl_.*$/gm, '')
    .replace(/^ +server 127\.0\.0\.1:5000 .*$/m, upstream.join('\n'));
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  await writeFile(
    join(dir, 'nginx.conf'),
    [
      process.getuid?.() === 0 ? 'user root;' : '',
      `daemon off; pid ${join(dir, 'nginx.pid')}; error_log stderr crit;`,
      'events { worker_connections 1024; } http { access_log off;',
      ...temps.map((name) => `${name}_temp_path ${join(dir, 'tmp', name)};`),
      site,
      '}',
    ].join('\n'),
  );
  const child = spawn(program(), ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error('nginx did not start');
    await pause(50);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGQUIT');
      await gone;
    },
  };
}

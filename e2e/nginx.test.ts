import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ADMIN_PASSWORD,
  createInstallation,
  freePort,
  multipart,
  samplePdf,
  startProgram,
  tempDir,
  type Installation,
  type RunningProgram,
  type TempDir,
} from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const CONFIG = fileURLToPath(new URL('../deploy/nginx/gec.conf', import.meta.url));
const HOST = 'courrier.example.cd';
const find = (name: string) =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin']
    .map((dir) => join(dir, name))
    .find((path) => existsSync(path));
const nginx = find('nginx');
const openssl = find('openssl');
const ready = nginx !== undefined && openssl !== undefined;
if (!ready) {
  process.stderr.write(
    'deploy/nginx/gec.conf is not tried: install nginx and openssl (Debian: apt-get install nginx openssl).\n',
  );
}

/** An answer, read to its end. */
interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  raw: string[];
  body: Buffer;
}

describe.skipIf(!ready)('deploy/nginx/gec.conf, in a real nginx', () => {
  let dir: TempDir;
  let installation: Installation;
  let program: RunningProgram;
  let probe: Server;
  let child: ChildProcess;
  let said = '';
  let port = 0;
  let probePort = 0;

  /** nginx with the very file of deploy/, but for ports, certificate and what it stands in front of. */
  async function startNginx(): Promise<void> {
    const path = (name: string) => join(dir.path, name);
    await mkdir(path('tmp'));
    execFileSync(
      openssl ?? '',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ].concat(['-subj', `/CN=${HOST}`, '-keyout', path('key.pem'), '-out', path('cert.pem')]),
      { stdio: 'ignore' },
    );
    const plain = await freePort();
    port = await freePort();
    probePort = await freePort();
    const shipped = await readFile(CONFIG, 'utf8');
    const site = (upstream: string, names: [number, number], to: string) =>
      shipped
        .replaceAll(/\/etc\/letsencrypt\/live\/[^;]+fullchain\.pem/g, path('cert.pem'))
        .replaceAll(/\/etc\/letsencrypt\/live\/[^;]+privkey\.pem/g, path('key.pem'))
        .replace('listen 80;', `listen 127.0.0.1:${names[0]};`)
        .replace('listen 443 ssl', `listen 127.0.0.1:${names[1]} ssl`)
        .replace('server 127.0.0.1:5000', `server ${to}`)
        .replace('upstream gec ', `upstream ${upstream} `)
        .replace('http://gec;', `http://${upstream};`)
        .replace('shared:gec:', `shared:${upstream}:`);
    const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    await writeFile(
      path('nginx.conf'),
      [
        process.getuid?.() === 0 ? 'user root;' : '',
        `daemon off; pid ${path('nginx.pid')}; error_log stderr warn;`,
        'events {} http { access_log off;',
        ...temps.map((name) => `${name}_temp_path ${path('tmp')}/${name};`),
        site('gec', [plain, port], new URL(program.url).host),
        site('probe', [await freePort(), probePort], `127.0.0.1:${(probe.address() as AddressInfo).port}`),
        '}',
      ].join('\n'),
    );
    child = spawn(nginx ?? '', ['-p', dir.path, '-c', path('nginx.conf'), '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await vi.waitFor(
      () =>
        new Promise<void>((resolve, reject) => {
          if (child.exitCode !== null) reject(new Error(said));
          const socket = connect(port, '127.0.0.1', () => resolve(void socket.destroy())).once(
            'error',
            reject,
          );
        }),
      { timeout: 20_000, interval: 50 },
    );
  }

  beforeAll(async () => {
    dir = await tempDir('gec-nginx-');
    installation = createInstallation({ env: { TRUSTED_PROXIES: '127.0.0.1' } });
    program = await startProgram(installation);
    // Says at once that it got something, and at the end that it got all.
    probe = createServer((incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
      incoming.once('data', () => outgoing.write('data: begun\n\n'));
      incoming.once('end', () => outgoing.end('data: done\n\n'));
      incoming.resume();
    });
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    await startNginx();
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGQUIT');
    await gone;
    probe.closeAllConnections();
    await new Promise((resolve) => probe.close(resolve));
    await program.kill('SIGTERM');
    installation.remove();
    await dir.remove();
  });

  /** A request over TLS from an address of this machine, as from another machine of the office. */
  function ask(path: string, options: RequestOptions & { body?: Buffer | string } = {}): Promise<Reply> {
    const { body, headers, ...rest } = options;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: '127.0.0.1',
          port,
          path,
          servername: HOST,
          rejectUnauthorized: false,
          agent: false,
          ...rest,
          headers: { host: HOST, ...(headers as Record<string, string>) },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              raw: answer.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()),
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  const login = (password: string, localAddress: string, claimed: string) =>
    ask('/login', {
      method: 'POST',
      localAddress,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: `https://${HOST}`,
        'x-forwarded-for': claimed,
      },
      body: new URLSearchParams({ email: 'admin', password }).toString(),
    });

  it('hands the security headers on, each once, and compresses nothing twice', async () => {
    const page = await ask('/login', { headers: { 'accept-encoding': 'br, gzip', accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(page.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(page.headers['content-security-policy']).toContain('upgrade-insecure-requests');
    expect(page.headers['content-encoding']).toBe('br');
    expect(page.headers['server']).toBe('nginx');
    const once = ['strict-transport-security', 'content-security-policy', 'x-content-type-options'];
    for (const name of [...once, 'x-frame-options', 'content-encoding', 'referrer-policy', 'cache-control']) {
      expect(page.raw.filter((one) => one === name)).toEqual([name]);
    }
  });

  it('lets a file of 16 MB through, and the session cookie is for TLS alone', async () => {
    const signed = await login(ADMIN_PASSWORD, '127.0.0.1', '');
    expect(signed.status).toBe(303);
    const cookies = signed.headers['set-cookie'] ?? [];
    expect(cookies.join('\n')).toMatch(/; Secure/i);
    const pdf = await samplePdf({ pages: 1 });
    // What follows the end of a PDF is no part of what is shown.
    const content = Buffer.concat([pdf, Buffer.alloc(15.9 * 1024 ** 2 - pdf.length, '\n')]);
    const { headers, body } = multipart('grand.pdf', content);
    const cookie = cookies.map((line) => line.split(';')[0]).join('; ');
    const sent = await ask('/api/v1/televersements', {
      method: 'POST',
      headers: { ...headers, cookie, origin: `https://${HOST}`, accept: 'application/json' },
      body,
    });
    expect([sent.status, sent.body.toString().slice(0, 300)]).toEqual([201, expect.any(String)]);
  });

  it('streams both ways: the program hears of a body before its end, and its words arrive as it says them', async () => {
    const heard = await new Promise<string[]>((resolve, reject) => {
      const words: string[] = [];
      const outgoing = request({
        host: '127.0.0.1',
        port: probePort,
        method: 'POST',
        servername: HOST,
        rejectUnauthorized: false,
        agent: false,
        headers: { host: HOST },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (answer) => {
        answer.on('data', (chunk: Buffer) => {
          words.push(chunk.toString().trim());
          // The rest of the body leaves only now: had nginx kept the body or the answer back, nothing would come.
          if (words.length === 1) outgoing.end('end');
        });
        answer.on('end', () => resolve(words));
      });
      outgoing.write(Buffer.alloc(64 * 1024));
    });
    expect(heard).toEqual(['data: begun', 'data: done']);
  });

  it('tells the program who asks: one machine is locked out, another one is not, whatever they claim', async () => {
    const answers: number[] = [];
    for (let attempt = 0; attempt < 12 && answers.at(-1) !== 429; attempt++) {
      answers.push((await login('Faux-mot-de-passe-9', '127.0.0.2', `198.51.100.${attempt}`)).status);
    }
    expect(answers.at(-1)).toBe(429);
    expect((await login(ADMIN_PASSWORD, '127.0.0.2', '198.51.100.77')).status).toBe(429);
    expect((await login(ADMIN_PASSWORD, '127.0.0.3', '127.0.0.2')).status).toBe(303);
  });

  it('has nothing to complain about', () => {
    const lines = said
      .split('\n')
      .filter((line) => line !== '' && !/"user" directive|"listen \.\.\. http2"/.test(line));
    expect(lines).toEqual([]);
  });
});

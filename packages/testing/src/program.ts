import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NODE = join(ROOT, 'node_modules/.bin/node');

/** Password of the administrator of every installation that a benchmark makes. */
export const ADMIN_PASSWORD = 'Mesure-et-epreuve-1';

/** A folder and secrets for one installation; several processes may share it. */
export interface Installation {
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/** Makes an installation in a temporary folder. `databaseUrl` is SQLite in that folder unless given. */
export function createInstallation(
  options: { databaseUrl?: string; dir?: string; env?: Record<string, string> } = {},
): Installation {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'gec-bench-'));
  const secret = () => randomBytes(32).toString('base64');
  return {
    dir,
    env: {
      GEC_DATA_DIR: dir,
      DATABASE_URL: options.databaseUrl ?? `sqlite:${join(dir, 'gec.db')}`,
      GEC_MASTER_KEY: secret(),
      GEC_PASSWORD_SALT: secret(),
      SESSION_SECRET: secret(),
      GEC_ADMIN_PASSWORD: ADMIN_PASSWORD,
      BCRYPT_COST: '4',
      RATE_LIMIT: '0',
      LOG_LEVEL: 'error',
      LICENSE_MODE: 'off',
      ...options.env,
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A running GEC process. */
export interface RunningProgram {
  readonly pid: number;
  readonly url: string;
  /** Milliseconds from the start of the process to its address being printed. */
  readonly startMs: number;
  /** Ends the process with a signal and waits for it. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** What it wrote on its two outputs so far. */
  output(): string;
}

/** Starts the built program of an installation on a free port. @throws Error with its output when it ends at once */
export function startProgram(installation: Installation): Promise<RunningProgram> {
  const begin = performance.now();
  const child: ChildProcess = spawn(NODE, ['--enable-source-maps', join(ROOT, 'apps/gec/dist/main.js')], {
    env: { PATH: process.env['PATH'] ?? '', ...installation.env, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /GEC Mines : (http:\S+)/.exec(output)?.[1];
      if (!url || child.pid === undefined) return;
      resolve({
        pid: child.pid,
        url,
        startMs: performance.now() - begin,
        async kill(signal) {
          child.kill(signal);
          await ended;
        },
        output: () => output,
      });
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}:\n${output}`)));
  });
}

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** A signed-in client with connections of its own. */
export interface Client {
  request(
    method: string,
    path: string,
    options?: { headers?: Record<string, string>; body?: Buffer | string },
  ): Promise<Answer>;
  json<T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: T }>;
  /** Sends a file and gives its id. @throws Error with the answer when it is refused */
  upload(name: string, content: Buffer): Promise<string>;
  close(): void;
}

/** One HTTP exchange without a library in between, so that what is measured is the program. */
function exchange(
  agent: Agent,
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: Buffer | string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A multipart body with one file, after some fields. */
export function multipart(
  name: string,
  content: Buffer,
  fields: Readonly<Record<string, string>> = {},
): { headers: Record<string, string>; body: Buffer } {
  const boundary = `----gec${randomBytes(12).toString('hex')}`;
  const part = (disposition: string) => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const head = [
    ...Object.entries(fields).map(([field, value]) => `${part(`name="${field}"`)}\r\n${value}\r\n`),
    `${part(`name="fichiers"; filename="${name}"`)}Content-Type: application/octet-stream\r\n\r\n`,
  ];
  const body = Buffer.concat([Buffer.from(head.join('')), content, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  return {
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(body.length),
    },
    body,
  };
}

/** Signs in and gives a client. The cookie may be used with any process of the same installation. */
export async function signIn(
  url: string,
  account = 'admin',
  password = ADMIN_PASSWORD,
): Promise<Client & { readonly cookie: string }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const form = new URLSearchParams({ email: account, password }).toString();
  const answer = await exchange(
    agent,
    `${url}/login`,
    'POST',
    {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(form)),
    },
    form,
  );
  const cookie = [answer.headers['set-cookie'] ?? []]
    .flat()
    .map((line) => line.split(';')[0])
    .join('; ');
  if (answer.status !== 303)
    throw new Error(`sign-in was refused: ${answer.status} ${answer.body.toString()}`);
  return clientOf(url, cookie, agent);
}

/** A client with a session that exists already. */
export function clientOf(
  url: string,
  cookie: string,
  agent = new Agent({ keepAlive: true, maxSockets: 64 }),
): Client & { readonly cookie: string } {
  const client: Client & { readonly cookie: string } = {
    cookie,
    request: (method, path, { headers = {}, body } = {}) =>
      exchange(agent, `${url}${path}`, method, { cookie, ...headers }, body),
    async json(method, path, body, headers = {}) {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const answer = await client.request(method, path, {
        headers: {
          accept: 'application/json',
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
          ...headers,
        },
        body: text,
      });
      const raw = answer.body.toString();
      return { status: answer.status, body: (raw === '' ? null : JSON.parse(raw)) as never };
    },
    async upload(name, content) {
      const { headers, body } = multipart(name, content);
      const answer = await client.request('POST', '/api/v1/televersements', { headers, body });
      if (answer.status !== 201)
        throw new Error(`${name} was refused: ${answer.status} ${answer.body.toString()}`);
      const { fichiers } = JSON.parse(answer.body.toString()) as { fichiers: { id: string }[] };
      return fichiers[0]!.id;
    },
    close: () => agent.destroy(),
  };
  return client;
}

/** What an acknowledged registration says. */
export interface Registered {
  id: number;
  numero_accuse_reception: string;
}

/** Registers an arrival with files that were sent before. */
export function registerArrival(
  client: Client,
  objet: string,
  pieces: readonly string[],
): Promise<{ status: number; body: Registered }> {
  return client.json<Registered>('POST', '/api/v1/courriers', {
    type_courrier: 'ENTRANT',
    objet,
    expediteur: 'Division provinciale des Mines du Haut-Katanga',
    secretaire_general_copie: false,
    pieces,
  });
}

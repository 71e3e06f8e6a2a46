import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request, type Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemActor } from '@gec/core';
import { readConfig } from '../../apps/licences/src/config.ts';
import { createContainer, type Container } from '../../apps/licences/src/container.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The pinned runtime. */
export const NODE = join(ROOT, 'node_modules/.bin/node');

/** Settings of one licence server; several processes may share them. */
export interface LicenceInstallation {
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

/** Makes an installation in a temporary folder, on SQLite unless a database is given; `env` adds to its settings. */
export function createLicenceInstallation(
  databaseUrl?: string,
  env: Readonly<Record<string, string>> = {},
): LicenceInstallation {
  const dir = mkdtempSync(join(tmpdir(), 'gec-lic-bench-'));
  return {
    env: {
      LICENSE_DATA_DIR: dir,
      LICENSE_DATABASE_URL: databaseUrl ?? `sqlite:${join(dir, 'licences.db')}`,
      LICENSE_SERVER_SECRET: randomBytes(32).toString('base64'),
      LICENSE_ADMIN_PASSWORD: 'Mesure-et-epreuve-1',
      LICENSE_ROOT_PASSPHRASE: 'mesure et epreuve',
      BCRYPT_COST: '4',
      RATE_LIMIT: '0',
      LOG_LEVEL: 'error',
      ...env,
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Opens the services of an installation in this process, with its first keys. */
export async function openServices(installation: LicenceInstallation): Promise<Container> {
  const container = await createContainer(readConfig(installation.env));
  await container.signing.ensureKeys();
  return container;
}

/** Makes keys of one month and gives those of the last batch. */
export async function makeKeys(container: Container, count: number): Promise<string[]> {
  const actor = systemActor('bench');
  let keys: string[] = [];
  for (let left = count; left > 0; left -= 10_000) {
    const counts = new Map([['1m', Math.min(left, 10_000)]]);
    const batch = await container.licenses.generate(actor, { counts, label: 'Mesure', owner: null });
    keys = [];
    for await (const part of container.licenses.export(actor, { batchId: batch.id })) {
      keys.push(...part.map(({ key }) => key));
    }
  }
  return keys;
}

/** A running licence server. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the built licence server on a free port. @throws Error with its output when it ends at once */
export function startServer(installation: LicenceInstallation): Promise<RunningServer> {
  const child = spawn(NODE, ['--enable-source-maps', join(ROOT, 'apps/licences/dist/main.js')], {
    env: { PATH: process.env['PATH'] ?? '', ...installation.env, HOST: '127.0.0.1', LICENSE_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /Serveur de licences : (http:\S+)/.exec(output)?.[1];
      if (!url) return;
      resolve({
        url,
        pid: child.pid ?? 0,
        async kill(signal) {
          child.kill(signal);
          await ended;
        },
      });
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', (code) => reject(new Error(`the licence server ended with ${code}:\n${output}`)));
  });
}

/** An answer of the interface. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks to activate a key. Rejects when the connection breaks. */
export function activate(agent: Agent, url: string, key: string, fingerprint: string): Promise<JsonAnswer> {
  const body = JSON.stringify({ license_key: key, domain_fingerprint: fingerprint });
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/api/activate`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          try {
            const parsed = JSON.parse(Buffer.concat(chunks).toString()) as JsonAnswer['body'];
            resolve({ status: answer.statusCode ?? 0, body: parsed });
          } catch (error) {
            reject(error instanceof Error ? error : new Error('no JSON'));
          }
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

/**
 * Processor time that a process has used so far, in microseconds: unlike a rate, it hardly depends on who else uses the
 * machine. Linux only; 0 elsewhere.
 */
export function processorMicros(pid: number): number {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return 0;
  // The fields after the name in parentheses; utime and stime in hundredths of a second.
  const fields = readFileSync(path, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Does work on a list with so many at once. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (;;) {
        const item = items[next++];
        if (item === undefined) return;
        await work(item);
      }
    }),
  );
}

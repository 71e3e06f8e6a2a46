import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { multipart } from '@gec/testing';
import { ownPace, type Pace } from './pace.ts';

const BARE = fileURLToPath(new URL('./upload-bare.server.ts', import.meta.url));

/** A scan as a browser sends it. */
export type Envoi = ReturnType<typeof multipart>;

/** What any register must do at least, one after the other: write 1 MB, sync it, one durable INSERT. */
export async function floor(parent: string, scan: Buffer, times: number): Promise<Pace> {
  const dir = join(parent, 'plancher');
  mkdirSync(dir);
  const database = new DatabaseSync(join(dir, 'plancher.db'));
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table t (id integer primary key, nom text)',
  );
  const insert = database.prepare('insert into t (nom) values (?)');
  const paced = await ownPace(times, async () => {
    for (let i = 0; i < times; i++) {
      const file = await open(join(dir, `${i}.pdf`), 'wx');
      await file.write(scan);
      await file.sync();
      await file.close();
      insert.run(`${i}.pdf`);
    }
  });
  database.close();
  rmSync(dir, { recursive: true, force: true });
  return paced;
}

/** A server that does the least that a server can do with a scan, see upload-bare.server.ts. */
export interface BareServer {
  readonly pid: number;
  /** Sends the scan so many times, so many at once. */
  send(envoi: Envoi, times: number, clerks: number): Promise<void>;
  stop(): void;
}

function post(url: string, agent: Agent, { headers, body }: Envoi): Promise<void> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', headers, agent }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`a bare upload was answered ${answer.statusCode}`));
      answer.resume().once('end', resolve).once('error', reject);
    });
    sending.once('error', reject).end(body);
  });
}

/** Does something so many times, so many at once. */
export async function together(times: number, clerks: number, work: () => Promise<void>): Promise<void> {
  let left = times;
  const clerk = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: clerks }, clerk));
}

/** Starts the bare server. `env` is added to an empty environment. @throws Error when it ends at once */
export async function startBareServer(
  parent: string,
  env: Readonly<Record<string, string>>,
): Promise<BareServer> {
  const dir = join(parent, 'nue');
  mkdirSync(dir);
  const child = spawn(process.execPath, [BARE, dir], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the bare server ended with ${code}`)));
  });
  const agent = new Agent({ keepAlive: true });
  return {
    pid: child.pid ?? 0,
    send: (envoi, times, clerks) => together(times, clerks, () => post(url, agent, envoi)),
    stop() {
      agent.destroy();
      child.kill();
    },
  };
}

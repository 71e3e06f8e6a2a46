import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres, type PostgresCluster } from './postgres.ts';
import { fastDirectory, tempDir } from './temp.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of this test run: template files, and the socket that hands out the PostgreSQL address. */
    gecTestRun: string;
  }
}

/** Name of the socket in the directory of the run. */
export const CLUSTER_SOCKET = 'cluster.sock';

/** Answers each connection with one line: the cluster's administrator address, or `error: …`. */
function serveCluster(path: string, cluster: () => Promise<PostgresCluster>): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    cluster().then(
      ({ adminUrl }) => socket.end(`${adminUrl}\n`),
      (error: unknown) => socket.end(`error: ${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(server);
    });
  });
}

/**
 * A directory that goes away with this process. Vitest runs no teardown when a signal ends it, so a shell removes the
 * directory as soon as its standard input closes, whether we close it or die.
 */
async function runDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const { path } = await tempDir('gec-run-', fastDirectory());
  const keeper = spawn('/bin/sh', ['-c', 'cat >/dev/null; rm -rf -- "$1"', 'keeper', path], {
    cwd: '/',
    detached: true, // out of reach of Ctrl-C in a terminal
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = once(keeper, 'exit');
  const remove = async () => {
    keeper.stdin.end();
    await gone;
  };
  return { path, remove };
}

/**
 * Vitest's global set-up: one PostgreSQL cluster for a whole run, started when a test first asks for it, so that a run
 * of pure tests does not pay for it. Stops and removes everything at the end.
 *
 * @param project Vitest's handle, which passes the directory of the run on to the workers
 * @returns the teardown
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const run = await runDirectory();
  let started: Promise<PostgresCluster> | undefined;
  const server = await serveCluster(join(run.path, CLUSTER_SOCKET), () => (started ??= startPostgres()));
  project.provide('gecTestRun', run.path);
  return async () => {
    await new Promise((resolve) => server.close(resolve));
    const cluster = await started?.catch(() => undefined);
    await cluster?.stop();
    await run.remove();
  };
}

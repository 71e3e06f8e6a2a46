import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findPostgres } from './programs.mjs';
import { fastDirectory, freePort } from './temp.ts';

const START_LIMIT_MS = 60_000;
const PORT_ATTEMPTS = 3;

/** How to start a private cluster. */
export interface PostgresOptions {
  /** `true` makes commits as durable as in production (benchmarks, crash drills). Default `false`: fast. */
  readonly fsync?: boolean;
  /** More server settings, `name: value`, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Makes it a streaming standby of this one, under a name for `synchronous_standby_names`. */
  readonly standbyOf?: { readonly port: number; readonly name: string };
}

/** A running private cluster. */
export interface PostgresCluster {
  /** The address of one of its databases, for `DATABASE_URL`. */
  url(database: string): string;
  /** The address of the database `postgres`, to create and drop others. */
  readonly adminUrl: string;
  readonly dataDir: string;
  /** The directory of the unix socket; the TCP port is the same number. */
  readonly socketDir: string;
  readonly port: number;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** Makes a standby the primary; returns when it takes writes. */
  promote(): Promise<void>;
  /** Kills every process of the server at once, as when its machine loses power; its files are removed. */
  crash(): Promise<void>;
  /** Stops the server (fast shutdown) and removes its files; harmless when called twice. */
  stop(): Promise<void>;
}

/**
 * The shell that keeps the server: it is its parent, and stops it and removes its files when the server ends or when
 * standard input closes. Standard input closes when we call `stop()`, and also when our process dies in whatever way,
 * be it SIGKILL: no cluster outlives the test run that started it, and no signal handler is needed.
 *
 * $1 = directory to remove, $2 = log file, the rest = the server's command line.
 */
const GUARDIAN = `
home=$1; log=$2; shift 2
exec 3<&0
"$@" </dev/null 3<&- >"$log" 2>&1 &
server=$!
( trap '' INT TERM HUP; cat <&3 >/dev/null; kill -INT "$server" ) 2>/dev/null >/dev/null &
wait "$server"
code=$?
[ "$code" -eq 0 ] || tail -n 20 "$log" >&2
cd /
rm -rf -- "$home"
exit "$code"
`;

/** PostgreSQL refuses to run as root: then its own user runs it. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Unix socket addresses hold about 100 characters, so a deep TMPDIR is not usable. What must last lies on a disk. */
function baseDirectory({ fsync }: PostgresOptions): string {
  const base = fsync ? tmpdir() : fastDirectory();
  return base.length > 60 ? '/tmp' : base;
}

/** The process id of the server once it accepts connections, as it says itself in postmaster.pid. */
async function readyServer(dataDir: string): Promise<number | undefined> {
  try {
    const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
    // The eighth line is the status that pg_ctl waits for.
    return lines[7]?.trim() === 'ready' ? Number(lines[0]) : undefined;
  } catch {
    return undefined;
  }
}

/** Waits until the guardian has ended, that is until server and files are gone. */
function ended(guardian: ChildProcess): Promise<void> {
  if (guardian.exitCode !== null || guardian.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => guardian.once('exit', () => resolve()));
}

/** Ends a process at once; it may be gone already. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Its parent was killed a moment ago.
  }
}

interface Launched {
  readonly guardian: ChildProcess;
  readonly pid: number;
}

async function launch(
  home: string,
  command: string[],
  user: { uid?: number; gid?: number },
): Promise<Launched> {
  const dataDir = join(home, 'data');
  const guardian = spawn('/bin/sh', ['-c', GUARDIAN, 'guardian', home, join(home, 'log'), ...command], {
    ...user,
    cwd: home,
    detached: true, // Ctrl-C in a terminal must reach us, not the server
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let errors = '';
  let closed = false;
  guardian.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  // Not `exit`, which may come before the last of what was written to standard error.
  guardian.once('close', () => (closed = true));
  guardian.stdin?.on('error', () => undefined); // the guardian may be gone before we close the pipe
  const deadline = Date.now() + START_LIMIT_MS;
  let pid: number | undefined;
  while ((pid = await readyServer(dataDir)) === undefined) {
    if (closed) {
      guardian.stdin?.destroy();
      throw new Error(`PostgreSQL did not start:\n${errors}`);
    }
    if (Date.now() > deadline) {
      guardian.stdin?.end();
      await ended(guardian);
      throw new Error(`PostgreSQL was not ready after ${START_LIMIT_MS / 1000} s:\n${errors}`);
    }
    await sleep(20);
  }
  // The test process may end without waiting for the server; the closing pipe then stops it.
  guardian.unref();
  for (const stream of [guardian.stdin, guardian.stderr]) {
    (stream as unknown as { unref?: () => void } | null)?.unref?.();
  }
  return { guardian, pid };
}

/** The data folder of a new server: empty, or a copy of the one that it is to follow. */
async function makeData(
  binaries: string,
  dataDir: string,
  standbyOf: PostgresOptions['standbyOf'],
  how: { uid?: number; gid?: number; cwd: string },
): Promise<void> {
  const run = promisify(execFile);
  if (standbyOf) {
    const source = `host=127.0.0.1 port=${standbyOf.port} user=postgres application_name=${standbyOf.name}`;
    const follow = ['--write-recovery-conf', '--checkpoint=fast', '--wal-method=stream', '--no-sync'];
    // Of PATH there may be links to some of the programs only; they are all where the links lead.
    const beside = dirname(realpathSync(join(binaries, 'initdb')));
    await run(join(beside, 'pg_basebackup'), ['--pgdata', dataDir, '--dbname', source, ...follow], how);
    return;
  }
  const layout = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8'];
  await run(
    join(binaries, 'initdb'),
    ['--pgdata', dataDir, ...layout, '--no-sync', '--no-instructions'],
    how,
  );
}

async function startOnce(options: PostgresOptions): Promise<PostgresCluster> {
  const binaries = findPostgres();
  if (!binaries) throw new Error('No PostgreSQL server programs of version 14 or later were found');
  const user = serverUser();
  const home = await mkdtemp(join(baseDirectory(options), 'gec-pg-'));
  const dataDir = join(home, 'data');
  try {
    if (user.uid !== undefined && user.gid !== undefined) await chown(home, user.uid, user.gid);
    await makeData(binaries, dataDir, options.standbyOf, { ...user, cwd: home });
    const port = await freePort();
    const fast = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
    const settings: Record<string, string> = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: home,
      max_connections: '200',
      timezone: 'UTC',
      ...(options.fsync ? {} : fast),
      ...options.settings,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { guardian, pid } = await launch(home, [join(binaries, 'postgres'), '-D', dataDir, ...flags], user);
    const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    return {
      url,
      adminUrl: url('postgres'),
      dataDir,
      socketDir: home,
      port,
      pid,
      async promote() {
        await promisify(execFile)(join(binaries, 'pg_ctl'), ['promote', '--pgdata', dataDir, '--wait'], {
          ...user,
          cwd: home,
        });
      },
      async crash() {
        guardian.ref();
        const done = ended(guardian);
        // Elsewhere than on Linux the others notice by themselves that their parent is gone.
        const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
        for (const one of [pid, ...children.split(/\s+/).filter(Boolean).map(Number)]) kill(one);
        await done;
      },
      async stop() {
        guardian.ref();
        const done = ended(guardian);
        guardian.stdin?.end();
        await done;
      },
    };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Starts a private PostgreSQL cluster in a temporary directory: loopback TCP on a random port and a unix socket, user
 * `postgres` without a password, UTF-8 with locale C.UTF-8, 200 connections. It is stopped and removed by `stop()`,
 * and also when this process ends in any way, killed or not.
 *
 * @param options durability and further settings
 * @returns addresses, process id and how to stop it
 * @throws Error when no server of version 14 or later is installed, or when it does not start
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresCluster> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Another process may take the free port before the server binds it.
      const portTaken = error instanceof Error && /Address already in use/.test(error.message);
      if (!portTaken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

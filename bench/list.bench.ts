/* What a page of the list costs the server, at 1 000 and at 1 000 000 letters, beside a bare Fastify "hello":
   npm run bench -- list [--letters=1000000] [--engine=sqlite] */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { clientOf, createInstallation, signIn, startPostgres, startProgram, type Client } from '@gec/testing';
import { fillInstallation } from './lib/installation.ts';
import { cpuOfProcess } from './lib/measure.ts';
import { table, verdict } from './lib/report.ts';

const { values } = parseArgs({
  options: {
    letters: { type: 'string', default: '1000000' },
    engine: { type: 'string', default: 'sqlite' },
    /** Only says hello: the yardstick, in a process of its own. */
    hello: { type: 'boolean', default: false },
  },
  strict: false,
});
const MANY = Number(values.letters);
const FEW = 1_000;
const WARM = 150;
const REQUESTS = 400;
/** What the list may cost with a thousand times as many letters, and beside "hello". */
const GROWTH_MAX = 1.5;
const HELLO_MAX = 80;
const PAGE_MAX = 60 * 1024;
const SCRIPT_MAX = 30 * 1024;

const PATHS: readonly (readonly [string, string, string])[] = [
  ['liste', '/view_mail', 'text/html'],
  ['arrivées', '/view_mail?type_courrier=ENTRANT', 'text/html'],
  ['un mot', '/view_mail?search=rapport', 'text/html'],
  ['page 3', '/view_mail?page=3', 'text/html'],
  ['liste en JSON', '/view_mail', 'application/json'],
];

/** CPU milliseconds of the server for one request, over many that follow each other. */
async function perRequest(run: () => Promise<unknown>, cpu: () => number): Promise<number> {
  for (let i = 0; i < WARM; i++) await run();
  const before = cpu();
  for (let i = 0; i < REQUESTS; i++) await run();
  return (cpu() - before) / REQUESTS;
}

/** A Fastify that says hello, in a process of its own. */
async function hello(): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--hello'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve) => {
      child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    });
    const { pid } = child;
    if (pid === undefined) throw new Error('no process');
    const client = clientOf(url, '');
    const cost = await perRequest(
      () => client.request('GET', '/'),
      () => cpuOfProcess(pid),
    );
    client.close();
    return cost;
  } finally {
    child.kill();
  }
}

/** Fills an installation and measures every path on the real program. */
async function measure(letters: number, weigh: boolean): Promise<readonly number[]> {
  const cluster =
    values.engine === 'postgres'
      ? await startPostgres({ settings: { shared_buffers: '1GB', max_wal_size: '8GB', autovacuum: 'off' } })
      : null;
  const installation = createInstallation({ databaseUrl: cluster?.adminUrl });
  try {
    // The first start makes the schema and the administrator.
    await (await startProgram(installation)).kill('SIGTERM');
    await fillInstallation(installation, letters);
    const program = await startProgram(installation);
    const client = await signIn(program.url);
    const cpu = () => cpuOfProcess(program.pid) + (cluster ? cpuOfProcess(cluster.pid, true) : 0);
    const costs: number[] = [];
    for (const [, path, accept] of PATHS) {
      const run = async () => {
        const { status } = await client.request('GET', path, { headers: { accept } });
        if (status !== 200) throw new Error(`${path}: ${status}`);
      };
      costs.push(await perRequest(run, cpu));
    }
    if (weigh) await weighFirstLoad(client);
    client.close();
    await program.kill('SIGTERM');
    return costs;
  } finally {
    installation.remove();
    await cluster?.stop();
  }
}

/** What a browser with an empty cache downloads to show the list. */
async function weighFirstLoad(client: Client): Promise<void> {
  const page = (await client.request('GET', '/view_mail', { headers: { accept: 'text/html' } })).body;
  const seen = new Set<string>();
  let script = 0;
  let total = gzipSync(page).length;
  /** A file with what it needs before it runs (static imports), as a browser fetches them. */
  async function weigh(path: string): Promise<void> {
    if (seen.has(path)) return;
    seen.add(path);
    const { body } = await client.request('GET', path);
    const size = gzipSync(body).length;
    total += size;
    if (!path.endsWith('.js')) return;
    script += size;
    const imports = body.toString().matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g);
    for (const [, name = ''] of imports) await weigh(new URL(name, `http://x${path}`).pathname);
  }
  for (const [, path = ''] of page.toString().matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:css|js))"/g)) {
    await weigh(path);
  }
  verdict('premier chargement', total <= PAGE_MAX, `${(total / 1024).toFixed(1)} Ko compressés (60 au plus)`);
  verdict('script', script <= SCRIPT_MAX, `${(script / 1024).toFixed(1)} Ko compressés (30 au plus)`);
}

/** What answering costs when there is nothing to do. */
async function sayHello(): Promise<void> {
  const app = Fastify();
  app.get('/', async (_request, reply) => reply.type('text/html').send('<p>hello</p>'));
  process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
}

async function compare(): Promise<void> {
  const base = await hello();
  const few = await measure(FEW, true);
  const many = await measure(MANY, false);
  const again = await hello();
  const bare = (base + again) / 2;
  table(
    [
      'page, ms de processeur',
      `${FEW} courriers`,
      `${MANY} courriers`,
      'rapport',
      `fois « hello » (${bare.toFixed(3)} ms)`,
    ],
    PATHS.map(([name], i) => {
      const [a = 0, b = 0] = [few[i], many[i]];
      return [name, a.toFixed(2), b.toFixed(2), (b / a).toFixed(2), (b / bare).toFixed(1)];
    }),
  );
  const [liste = 0, grande = 0] = [few[0], many[0]];
  verdict(
    'liste à grande échelle',
    grande / liste <= GROWTH_MAX,
    `${(grande / liste).toFixed(2)} fois (1,5 au plus)`,
  );
  verdict(
    'liste et « hello »',
    grande / bare <= HELLO_MAX,
    `${(grande / bare).toFixed(1)} fois (80 au plus)`,
  );
}

await (values.hello ? sayHello() : compare());

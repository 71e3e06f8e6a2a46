/**
 * The licence server: `validate` against a bare Fastify route, with a million keys (--keys=N), and `activate` on
 * PostgreSQL against pgbench with the same statements, on SQLite against raw node:sqlite with durable commits.
 * --only=validate, --only=postgres or --only=sqlite measures one of them.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import pg from 'pg';
import {
  createLicenceInstallation,
  makeKeys,
  NODE,
  openServices,
  processorMicros,
  startServer,
} from './lib/licences.ts';
import { startDatabase } from './lib/postgres.ts';
import { spread } from './lib/measure.ts';
import { table, verdict } from './lib/report.ts';

const KEYS = Number(process.argv.find((word) => word.startsWith('--keys='))?.slice(7) ?? 1_000_000);
const SECONDS = Number(process.argv.find((word) => word.startsWith('--seconds='))?.slice(10) ?? 3);
/** Turns of each, one after the other; the median counts. */
const TURNS = 6;
const WARM_TURNS = 2;
const CONNECTIONS = 50;
const WRITERS = 16;
const WARM_ACTIVATIONS = 1_500;
const ACTIVATION_TURNS = 5;
const ACTIVATIONS_A_TURN = 1_200;
/** Rows of one client of pgbench that a turn may use up. */
const ROWS_A_TURN = 1_200;
const ONLY = process.argv.find((word) => word.startsWith('--only='))?.slice(7);
const rows: (string | number)[][] = [];
const round = (n: number) => Math.round(n * 100) / 100;

/** A Fastify server with one JSON route and nothing else. */
async function startBare(): Promise<{ url: string; pid: number; stop(): void }> {
  const code = `const app = require('fastify')();
    app.get('/api/validate/:key', async (r) => ({ valid: true, license_key: r.params.key, duration_days: 30, duration_label: '1 mois', message: 'Licence valide' }));
    app.listen({ host: '127.0.0.1', port: 0 }).then((a) => console.log(a));`;
  const child = spawn(NODE, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'], cwd: import.meta.dirname });
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  return { url, pid: child.pid ?? 0, stop: () => void child.kill() };
}

interface Fired {
  readonly rate: number;
  readonly p99: number;
  readonly errors: number;
  /** Processor time of the server for one request, in microseconds. */
  readonly micros: number;
}

async function fire({ url, pid }: { url: string; pid: number }, keys: readonly string[]): Promise<Fired> {
  const requests = keys.slice(0, 2_000).map((key) => ({ path: `/api/validate/${key}` }));
  const before = processorMicros(pid);
  const result = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS, requests });
  const micros = (processorMicros(pid) - before) / result.requests.total;
  const { average: rate } = result.requests;
  return { rate, p99: result.latency.p99, errors: result.non2xx + result.errors, micros };
}

async function measureValidate(): Promise<void> {
  // With the log as it is out of the box.
  const installation = createLicenceInstallation(undefined, { LOG_LEVEL: 'info' });
  const container = await openServices(installation);
  const begin = performance.now();
  const keys = await makeKeys(container, KEYS);
  const seconds = (performance.now() - begin) / 1000;
  await container.close();
  process.stdout.write(`${KEYS} clés créées en ${round(seconds)} s\n`);
  const server = await startServer(installation);
  const bare = await startBare();
  // Both take turns, so that what else the machine does meets both; the first turns only warm up.
  const plain: Fired[] = [];
  const ours: Fired[] = [];
  for (let turn = 0; turn < WARM_TURNS + TURNS; turn++) {
    const [theirs, own] = [await fire(bare, keys), await fire(server, keys)];
    if (turn < WARM_TURNS) continue;
    plain.push(theirs);
    ours.push(own);
  }
  bare.stop();
  await server.kill('SIGTERM');
  installation.remove();
  const middle = (fired: readonly Fired[], name: keyof Fired) => spread(fired.map((one) => one[name])).median;
  const ratio = (of: (own: Fired, theirs: Fired) => number) =>
    round(spread(ours.map((own, turn) => of(own, plain[turn]!))).median);
  const rates = ratio((own, theirs) => own.rate / theirs.rate);
  const processor = ratio((own, theirs) => theirs.micros / own.micros);
  rows.push(['validate, SQLite', Math.round(middle(ours, 'rate')), Math.round(middle(plain, 'rate')), rates]);
  rows.push([
    'validate, processeur (µs par requête)',
    round(middle(ours, 'micros')),
    round(middle(plain, 'micros')),
    processor,
  ]);
  verdict('validate : la moitié d’une route Fastify nue', processor >= 0.5, `${processor} en processeur`);
  const p99 = middle(ours, 'p99');
  const list = (fired: readonly Fired[]) => fired.map((one) => one.p99).join(', ');
  verdict(
    'validate : p99 sous 20 ms à 50 connexions',
    p99 < 20 && ours.every(({ errors }) => errors === 0),
    `${p99} ms (${list(ours)} ; route nue, tour à tour : ${list(plain)})`,
  );
}

/** Gives a function that activates so many of the keys, in their order, and says how many a second. */
function activations(url: string, keys: readonly string[]): (amount: number) => Promise<number> {
  let next = 0;
  const setupRequest = (request: autocannon.Request): autocannon.Request => {
    const key = keys[next++];
    return { ...request, body: JSON.stringify({ license_key: key, domain_fingerprint: `mesure-${key}` }) };
  };
  const headers = { 'content-type': 'application/json' };
  return async (amount) => {
    const begin = performance.now();
    let end = begin;
    // The run itself ends with a whole second only: what counts is the moment of the last answer.
    const requests = [
      {
        method: 'POST' as const,
        path: '/api/activate',
        headers,
        setupRequest,
        onResponse: () => (end = performance.now()),
      },
    ];
    const result = await autocannon({ url, connections: WRITERS, amount, requests });
    if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} activations were refused`);
    return amount / ((end - begin) / 1000);
  };
}

/** The statements of one activation, as the server sends them, with values of the same length. */
const PGBENCH = `
\\set n :n + 1
\\set id :client_id * 100000 + :n
select id, public_id, duration_days, is_active, is_used, seq, key_digest from bench_licenses where key_digest in ('d' || :id::bigint);
begin;
update bench_licenses set is_used = true, used_date = now(), expires_at = now(), seq = 1 where id = :id::bigint and is_used = false and is_active = true and seq = 0 and duration_days = 30;
insert into bench_activations (public_id, license_id, domain_fingerprint, fingerprint_digest, activation_date, expiration_date, ip_address, client_info, installation, certificate, lease_expires_at, sync_counter) values (gen_random_uuid()::text, :id::bigint, repeat('s', 130), repeat('d', 43), now(), now(), '127.0.0.1', null, repeat('i', 67), repeat('c', 1000), now(), 0);
select nextval(pg_get_serial_sequence('bench_journal', 'id'));
insert into bench_journal (action, details, at, ip, actor, license_id, mac) values ('activation.done', repeat('s', 180), now(), '127.0.0.1', 'system-api', :id::bigint, repeat('m', 52));
commit;
`;

async function measurePostgres(): Promise<void> {
  const { cluster, url } = await startDatabase();
  const installation = createLicenceInstallation(url);
  const container = await openServices(installation);
  const keys = await makeKeys(container, WARM_ACTIVATIONS + (ACTIVATION_TURNS + 1) * ACTIVATIONS_A_TURN);
  await container.close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const [copy, table] of [
    ['bench_licenses', 'licenses'],
    ['bench_activations', 'license_activations'],
    ['bench_journal', 'journal'],
  ] as const) {
    await client.query(`create table ${copy} (like ${table} including all)`);
  }
  await client.query(
    `insert into bench_licenses (id, public_id, license_key, key_digest, key_hint, duration_days, duration_label,
      is_active, is_used, created_date, published, state, seq, extension_days)
     select c * 100000 + n, gen_random_uuid()::text, repeat('k', 100), 'd' || (c * 100000 + n), 'ABCD', 30, '1 mois',
      true, false, now(), false, 'active', 0, 0 from generate_series(0, ${WRITERS - 1}) c, generate_series(1, 6000) n`,
  );
  await client.query('analyze');
  await client.end();

  const server = await startServer(installation);
  const activateSome = activations(server.url, keys);
  const dir = mkdtempSync(join(tmpdir(), 'gec-pgbench-'));
  const script = join(dir, 'activate.sql');
  writeFileSync(script, PGBENCH);
  const target = new URL(url);
  const pgbench = async (turn: number): Promise<number> => {
    const { stdout } = await promisify(execFile)(process.env['PGBENCH'] ?? 'pgbench', [
      ...['-h', target.hostname, '-p', target.port, '-U', target.username, '-n', '-M', 'extended'],
      ...[
        '-c',
        String(WRITERS),
        '-j',
        '2',
        '-T',
        String(SECONDS),
        '-D',
        `n=${turn * ROWS_A_TURN}`,
        '-f',
        script,
      ],
      target.pathname.slice(1),
    ]);
    return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  };
  await activateSome(WARM_ACTIVATIONS);
  const turns: { ours: number; plain: number }[] = [];
  for (let turn = 0; turn < ACTIVATION_TURNS; turn++) {
    turns.push({ plain: await pgbench(turn), ours: await activateSome(ACTIVATIONS_A_TURN) });
  }
  await server.kill('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
  await cluster.stop();
  installation.remove();
  const ratio = round(spread(turns.map(({ ours, plain }) => ours / plain)).median);
  const middle = (name: 'ours' | 'plain') => Math.round(spread(turns.map((turn) => turn[name])).median);
  rows.push(['activate, PostgreSQL', middle('ours'), middle('plain'), ratio]);
  const each = turns.map(({ ours, plain }) => round(ours / plain)).join(', ');
  verdict('activate : 0,6 de pgbench à 16 connexions', ratio >= 0.6, `${ratio} (tour à tour : ${each})`);
}

async function measureSqlite(): Promise<void> {
  const installation = createLicenceInstallation();
  const container = await openServices(installation);
  const keys = await makeKeys(container, WARM_ACTIVATIONS + 3 * ACTIVATIONS_A_TURN);
  await container.close();
  const server = await startServer(installation);
  const activateSome = activations(server.url, keys);
  await activateSome(WARM_ACTIVATIONS);
  const ours = await activateSome(2 * ACTIVATIONS_A_TURN);
  await server.kill('SIGTERM');
  const dir = mkdtempSync(join(tmpdir(), 'gec-raw-sqlite-'));
  const raw = new DatabaseSync(join(dir, 'raw.db'));
  raw.exec('pragma journal_mode = wal; pragma synchronous = full');
  raw.exec(
    'create table l (id integer primary key, used integer); create table a (id integer primary key, t text)',
  );
  raw.exec('create table j (id integer primary key, t text)');
  raw.exec(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${keys.length}) insert into l select i, 0 from n`,
  );
  const update = raw.prepare('update l set used = 1 where id = ? and used = 0');
  const activation = raw.prepare('insert into a (t) values (?)');
  const entry = raw.prepare('insert into j (t) values (?)');
  const begin = performance.now();
  for (let id = 1; id <= keys.length; id++) {
    raw.exec('begin immediate');
    update.run(id);
    activation.run('c'.repeat(1_400));
    entry.run('j'.repeat(300));
    raw.exec('commit');
  }
  const plain = keys.length / ((performance.now() - begin) / 1000);
  raw.close();
  rmSync(dir, { recursive: true, force: true });
  installation.remove();
  rows.push(['activate, SQLite', Math.round(ours), Math.round(plain), round(ours / plain)]);
}

if (ONLY === undefined || ONLY === 'validate') await measureValidate();
if (ONLY === undefined || ONLY === 'postgres') await measurePostgres();
if (ONLY === undefined || ONLY === 'sqlite') await measureSqlite();
table(['Mesure', 'Serveur de licences (par s)', 'Référence (par s)', 'Rapport'], rows);

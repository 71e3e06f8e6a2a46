// Sending scans to the real program: memory while fifty large ones come at once, and the rate of registrations with a
// scan of 1 MB against what the disk and the database allow at all.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  createInstallation,
  registerArrival,
  samplePdf,
  signIn,
  startProgram,
  type Client,
  type Installation,
} from '@gec/testing';
import { percentile, table, verdict } from './lib/report.ts';

const MO = 1024 * 1024;
const ENVOIS = 50;
/** A little below the limit of 16 MB, which counts the whole file. */
const GROS = 16 * MO - 4096;
const CROISSANCE_MAX = 64 * MO;
const ENREGISTREMENTS = 60;
const PART_MIN = 0.5;

/** Resident memory of a process, in bytes. */
function rss(pid: number): number {
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? Number.NaN) * 1024;
}

const mo = (bytes: number): string => (bytes / MO).toFixed(1);

/** Fifty uploads of 16 MB at once, the memory of the server's process sampled meanwhile. */
async function memory(pid: number, client: Client): Promise<void> {
  const scan = await samplePdf({ bytes: GROS - 8_192, pages: 3 });
  // What a process that works takes once (compiled code, pools, the slack of its allocator) is no growth: an office's
  // usual load first, four clerks who send three scans each.
  const clerk = async (name: number): Promise<void> => {
    for (let i = 0; i < 3; i++) await client.upload(`avant-${name}-${i}.pdf`, scan);
  };
  await Promise.all([1, 2, 3, 4].map(clerk));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = rss(pid);
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(rss(pid)), 25);
  const begin = performance.now();
  const waits = await Promise.all(
    Array.from({ length: ENVOIS }, async (_, i) => {
      await client.upload(`lettre-${i}.pdf`, scan);
      return performance.now() - begin;
    }),
  );
  const seconds = (performance.now() - begin) / 1_000;
  clearInterval(timer);
  const peak = Math.max(...samples);
  table(
    ['envois', 'Mo chacun', 'durée (s)', 'Mo/s', 'RSS avant (Mo)', 'RSS au plus (Mo)', 'croissance (Mo)'],
    [
      [
        ENVOIS,
        mo(scan.length),
        seconds.toFixed(1),
        ((ENVOIS * scan.length) / MO / seconds).toFixed(0),
        mo(before),
        mo(peak),
        mo(peak - before),
      ],
    ],
  );
  process.stdout.write(`réponse : médiane ${(percentile(waits, 0.5) / 1_000).toFixed(1)} s\n`);
  verdict(
    'mémoire pendant 50 envois',
    peak - before <= CROISSANCE_MAX,
    `${mo(peak - before)} Mo de plus, au plus 64`,
  );
}

/** What any register must do at least: write 1 MB, sync it, one durable INSERT. */
async function floor(installation: Installation, scan: Buffer, times: number): Promise<number> {
  const dir = join(installation.dir, 'plancher');
  mkdirSync(dir);
  const database = new DatabaseSync(join(dir, 'plancher.db'));
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table t (id integer primary key, nom text)',
  );
  const insert = database.prepare('insert into t (nom) values (?)');
  const begin = performance.now();
  for (let i = 0; i < times; i++) {
    const file = await open(join(dir, `${i}.pdf`), 'wx');
    await file.write(scan);
    await file.sync();
    await file.close();
    insert.run(`${i}.pdf`);
  }
  const rate = times / ((performance.now() - begin) / 1_000);
  database.close();
  rmSync(dir, { recursive: true, force: true });
  return rate;
}

/** Sends a scan of 1 MB and registers it, so many times, by so many clerks at once; registrations per second. */
async function registrations(client: Client, scan: Buffer, times: number, clerks: number): Promise<number> {
  let next = 0;
  const clerk = async (): Promise<void> => {
    while (next < times) {
      const i = next++;
      const id = await client.upload(`lettre-${i}.pdf`, scan);
      const { status } = await registerArrival(client, `Transmission du rapport n° ${i}`, [id]);
      if (status !== 201) throw new Error(`registration ${i} was answered ${status}`);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: clerks }, clerk));
  return times / ((performance.now() - begin) / 1_000);
}

async function rates(installation: Installation, client: Client): Promise<void> {
  const scan = await samplePdf({ bytes: MO - 8_192, pages: 2 });
  await registrations(client, scan, 10, 2);
  await floor(installation, scan, 10);
  const rounds: number[][] = [];
  // Rounds take turns, so that a disk that is busy with something else slows both.
  for (let round = 0; round < 3; round++) {
    const lowest = await floor(installation, scan, ENREGISTREMENTS);
    const alone = await registrations(client, scan, ENREGISTREMENTS, 1);
    const office = await registrations(client, scan, ENREGISTREMENTS, 4);
    rounds.push([lowest, alone, office]);
  }
  const median = (column: number) =>
    percentile(
      rounds.map((round) => round[column] ?? Number.NaN),
      0.5,
    );
  const [lowest, alone, office] = [median(0), median(1), median(2)];
  table(
    ['enregistrements avec 1 Mo', 'par seconde', 'part du plancher'],
    [
      ['écrire 1 Mo, fsync, un INSERT durable (plancher)', lowest.toFixed(1), '1,00'],
      ['un agent, l’un après l’autre', alone.toFixed(1), (alone / lowest).toFixed(2)],
      ['quatre agents à la fois', office.toFixed(1), (office / lowest).toFixed(2)],
    ],
  );
  verdict(
    'enregistrement avec 1 Mo',
    office / lowest >= PART_MIN,
    `${(office / lowest).toFixed(2)} du plancher, au moins ${PART_MIN}`,
  );
}

const installation = createInstallation();
try {
  const program = await startProgram(installation);
  try {
    const client = await signIn(program.url);
    try {
      await memory(program.pid, client);
      await rates(installation, client);
    } finally {
      client.close();
    }
  } finally {
    await program.kill('SIGTERM');
  }
} finally {
  installation.remove();
}

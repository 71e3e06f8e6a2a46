// Sending scans to the real program: memory while fifty large ones come at once, and the rate of registrations with a
// scan of 1 MB against what the disk and the database allow at all.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  createInstallation,
  multipart,
  registerArrival,
  samplePdf,
  signIn,
  startProgram,
  type Client,
  type Installation,
} from '@gec/testing';
import { cpuOfProcess, ms } from './lib/measure.ts';
import { percentile, table, verdict } from './lib/report.ts';

const MO = 1024 * 1024;
const ENVOIS = 50;
/** A little below the limit of 16 MB, which counts the whole file. */
const GROS = 16 * MO - 4096;
const CROISSANCE_MAX = 64 * MO;
const ENREGISTREMENTS = 60;
const PART_MIN = 0.5;
/** Clerks who register at once. */
const AGENTS = [1, 4, 8];
const TOURS = 5;
const RODAGE = 300;

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

/** Something done many times: how often a second, and the CPU milliseconds that each took, by process. */
interface Pace {
  rate: number;
  /** Of the process that did it: the server, or this one for the floor. */
  cpu: number;
  /** Of the server's children, which look into the files. */
  children: number;
  /** Of this process as the client. */
  client: number;
}

/** CPU milliseconds of this process. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Measures `work`, which does something so many times; `pid` is the server's. */
async function pace(pid: number, times: number, work: () => Promise<void>): Promise<Pace> {
  const server = cpuOfProcess(pid);
  const all = cpuOfProcess(pid, true);
  const own = ownCpu();
  const begin = performance.now();
  await work();
  const seconds = (performance.now() - begin) / 1_000;
  const cpu = (cpuOfProcess(pid) - server) / times;
  return {
    rate: times / seconds,
    cpu,
    // A child that was replaced meanwhile takes its figures along.
    children: Math.max(0, (cpuOfProcess(pid, true) - all) / times - cpu),
    client: (ownCpu() - own) / times,
  };
}

/** What any register must do at least, one after the other: write 1 MB, sync it, one durable INSERT. */
async function floor(installation: Installation, scan: Buffer, times: number): Promise<Pace> {
  const dir = join(installation.dir, 'plancher');
  mkdirSync(dir);
  const database = new DatabaseSync(join(dir, 'plancher.db'));
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table t (id integer primary key, nom text)',
  );
  const insert = database.prepare('insert into t (nom) values (?)');
  const own = ownCpu();
  const begin = performance.now();
  for (let i = 0; i < times; i++) {
    const file = await open(join(dir, `${i}.pdf`), 'wx');
    await file.write(scan);
    await file.sync();
    await file.close();
    insert.run(`${i}.pdf`);
  }
  const rate = times / ((performance.now() - begin) / 1_000);
  const cpu = (ownCpu() - own) / times;
  database.close();
  rmSync(dir, { recursive: true, force: true });
  return { rate, cpu, children: 0, client: 0 };
}

type Envoi = ReturnType<typeof multipart>;

async function send(client: Client, { headers, body }: Envoi): Promise<string> {
  const { status, body: answer } = await client.request('POST', '/api/v1/televersements', { headers, body });
  if (status !== 201) throw new Error(`a scan was answered ${status}: ${answer.toString()}`);
  const { fichiers } = JSON.parse(answer.toString()) as { fichiers: { id: string }[] };
  return fichiers[0]!.id;
}

async function register(client: Client, piece: string): Promise<void> {
  const { status } = await registerArrival(client, 'Transmission du rapport trimestriel', [piece]);
  if (status !== 201) throw new Error(`a registration was answered ${status}`);
}

/** Sends a scan of 1 MB and registers it, so many times, by so many clerks at once. */
async function registrations(client: Client, envoi: Envoi, times: number, clerks: number): Promise<void> {
  let left = times;
  const clerk = async (): Promise<void> => {
    while (left-- > 0) await register(client, await send(client, envoi));
  };
  await Promise.all(Array.from({ length: clerks }, clerk));
}

/** Where the time goes: the same work of one clerk in two halves, each of them measured. */
async function stages(pid: number, client: Client, envoi: Envoi): Promise<void> {
  const ids: string[] = [];
  const sending = await pace(pid, ENREGISTREMENTS, async () => {
    for (let i = 0; i < ENREGISTREMENTS; i++) ids.push(await send(client, envoi));
  });
  const registering = await pace(pid, ENREGISTREMENTS, async () => {
    for (const id of ids) await register(client, id);
  });
  table(
    ['étape (un agent)', 'durée (ms)', 'CPU du serveur (ms)', 'CPU de l’enfant (ms)', 'CPU du client (ms)'],
    [
      ['recevoir, vérifier, sceller, écrire 1 Mo', ...figures(sending)],
      ['enregistrer la lettre (numéro, faits, index, journal)', ...figures(registering)],
    ],
  );
}

function figures({ rate, cpu, children, client }: Pace): string[] {
  return [1_000 / rate, cpu, children, client].map(ms);
}

async function rates(pid: number, installation: Installation, client: Client): Promise<void> {
  const scan = await samplePdf({ bytes: MO - 8_192, pages: 2 });
  // Made once: a browser is another machine, and putting the body together is its work.
  const envoi = multipart('lettre.pdf', scan);
  // A program that runs all day is measured after its first minutes, when what it does often is compiled.
  await registrations(client, envoi, RODAGE, 4);
  await floor(installation, scan, ENREGISTREMENTS);
  const rounds: Pace[][] = [];
  // Rounds take turns, so that a machine that is busy with something else slows all of them.
  for (let round = 0; round < TOURS; round++) {
    const paces = [await floor(installation, scan, ENREGISTREMENTS)];
    for (const clerks of AGENTS) {
      paces.push(
        await pace(pid, ENREGISTREMENTS, () => registrations(client, envoi, ENREGISTREMENTS, clerks)),
      );
    }
    rounds.push(paces);
  }
  const median = (subject: number, of: (pace: Pace) => number) =>
    percentile(
      rounds.map((paces) => of(paces[subject]!)),
      0.5,
    );
  const rate = (subject: number) => median(subject, (one) => one.rate);
  const share = (subject: number) => rate(subject) / rate(0);
  const label = (subject: number) =>
    subject === 0
      ? 'écrire 1 Mo, fsync, un INSERT durable (plancher)'
      : `${AGENTS[subject - 1]} agent(s) à la fois`;
  table(
    [
      'enregistrements avec 1 Mo',
      'par seconde',
      'part du plancher',
      'CPU (ms)',
      'CPU de l’enfant (ms)',
      'CPU du client (ms)',
    ],
    [0, ...AGENTS].map((_, subject) => [
      label(subject),
      rate(subject).toFixed(1),
      share(subject).toFixed(2),
      ms(median(subject, ({ cpu }) => cpu)),
      ms(median(subject, ({ children }) => children)),
      ms(median(subject, ({ client: own }) => own)),
    ]),
  );
  await stages(pid, client, envoi);
  const office = share(1 + AGENTS.indexOf(4));
  verdict(
    'enregistrement avec 1 Mo',
    office >= PART_MIN,
    `${office.toFixed(2)} du plancher (quatre agents), au moins ${PART_MIN}`,
  );
}

const installation = createInstallation();
try {
  const program = await startProgram(installation);
  try {
    const client = await signIn(program.url);
    try {
      await memory(program.pid, client);
      await rates(program.pid, installation, client);
    } finally {
      client.close();
    }
  } finally {
    await program.kill('SIGTERM');
  }
} finally {
  installation.remove();
}

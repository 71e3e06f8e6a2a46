// Sending scans to the real program: memory while fifty large ones come at once, and the rate of registrations with a
// scan of 1 MB against what the disk and the database allow at all.
//
// --flush=1,5,10 measures the rates again on disks each of whose flushes takes so many milliseconds more.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { ms } from './lib/measure.ts';
import { pace, type Pace } from './lib/pace.ts';
import { twoTogether } from './lib/processors.ts';
import { percentile, table, verdict } from './lib/report.ts';
import { slowFlush } from './lib/slow-flush.ts';
import { floor, startBareServer, together, type Envoi } from './lib/upload-floor.ts';

const MO = 1024 * 1024;
const ENVOIS = 50;
/** A little below the limit of 16 MB, which counts the whole file. */
const GROS = 16 * MO - 4096;
const CROISSANCE_MAX = 64 * MO;
const ENREGISTREMENTS = 60;
const PART_MIN = 0.5;
/** Clerks who register at once. */
const AGENTS = [1, 4, 8];
const ARRIVEE = {
  type_courrier: 'ENTRANT',
  objet: 'Transmission du rapport trimestriel',
  expediteur: 'Division provinciale des Mines du Haut-Katanga',
  secretaire_general_copie: 'non',
};
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

/** Sends a letter together with its scan. */
async function registerAtOnce(client: Client, { headers, body }: Envoi): Promise<void> {
  const { status } = await client.request('POST', '/api/v1/courriers', { headers, body });
  if (status !== 201) throw new Error(`a letter with its scan was answered ${status}`);
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

/** What is measured in turns; the first one is what the others are held against. */
interface Subject {
  readonly label: string;
  run(): Promise<Pace>;
}

function median(paces: readonly Pace[], of: (pace: Pace) => number): number {
  return percentile(paces.map(of), 0.5);
}

/** Measures in turns, so that a machine that is busy with something else slows all of them; prints the medians. */
async function inTurns(subjects: readonly Subject[]): Promise<number[]> {
  const rounds: Pace[][] = subjects.map(() => []);
  for (let round = 0; round < TOURS; round++) {
    for (const [at, subject] of subjects.entries()) rounds[at]!.push(await subject.run());
  }
  const rates = rounds.map((paces) => median(paces, ({ rate }) => rate));
  const shares = rates.map((rate) => rate / rates[0]!);
  table(
    [
      'avec 1 Mo',
      'par seconde',
      'part du plancher',
      'CPU (ms)',
      'CPU de l’enfant (ms)',
      'CPU du client (ms)',
    ],
    subjects.map(({ label }, at) => [
      label,
      rates[at]!.toFixed(1),
      shares[at]!.toFixed(2),
      ...[({ cpu }: Pace) => cpu, ({ children }: Pace) => children, ({ client }: Pace) => client].map((of) =>
        ms(median(rounds[at]!, of)),
      ),
    ]),
  );
  return shares;
}

async function rates(pid: number, { dir, env }: Installation, client: Client): Promise<void> {
  const scan = await samplePdf({ bytes: MO - 8_192, pages: 2 });
  // Made once: a browser is another machine, and putting the body together is its work.
  const envoi = multipart('lettre.pdf', scan);
  const lettre = multipart('lettre.pdf', scan, ARRIVEE);
  const clerk = async () => register(client, await send(client, envoi));
  const times = ENREGISTREMENTS;
  const nue = await startBareServer(dir, env);
  try {
    // Programs that run all day are measured after their first minutes, when what they do often is compiled.
    await together(RODAGE, 4, clerk);
    await together(RODAGE, 4, () => registerAtOnce(client, lettre));
    await nue.send(envoi, RODAGE, 4);
    await floor(dir, scan, times);
    const shares = await inTurns([
      {
        label: 'écrire 1 Mo, fsync, un INSERT durable (plancher)',
        run: () => floor(dir, scan, times),
      },
      ...AGENTS.map((clerks) => ({
        label: `${clerks} agent(s) à la fois`,
        run: () => pace(pid, times, () => together(times, clerks, clerk)),
      })),
      {
        label: 'scan et lettre en une requête, 4 à la fois',
        run: () => pace(pid, times, () => together(times, 4, () => registerAtOnce(client, lettre))),
      },
      {
        label: 'adresse nue : recevoir, sceller, écrire, INSERT, 4 à la fois',
        run: () => pace(nue.pid, times, () => nue.send(envoi, times, 4)),
      },
    ]);
    await stages(pid, client, envoi);
    const fils = (await twoTogether()).toFixed(2);
    process.stdout.write(`deux fils ensemble font ${fils} fois le travail d’un seul sur cette machine\n`);
    const office = shares[1 + AGENTS.indexOf(4)]!;
    verdict(
      'enregistrement avec 1 Mo',
      office >= PART_MIN,
      `${office.toFixed(2)} du plancher (quatre agents), au moins ${PART_MIN}`,
    );
  } finally {
    nue.stop();
  }
}

async function measure(env: Record<string, string>, withMemory: boolean): Promise<void> {
  const installation = createInstallation({ env });
  try {
    const program = await startProgram(installation);
    try {
      const client = await signIn(program.url);
      try {
        if (withMemory) await memory(program.pid, client);
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
}

/** The variables that slow-flush.c reads, which the programs that are started need as this one does. */
const INHERITED = ['LD_PRELOAD', 'GEC_BENCH_FLUSH_US', 'GEC_BENCH_FLUSH_LOCK'];

/** The same on a disk whose flushes take so long: this program again, and all that it starts, with slow-flush.c. */
function onSlowDisk(millis: number): void {
  const dir = mkdtempSync(join(tmpdir(), 'gec-bench-flush-'));
  try {
    process.stdout.write(`\n# Chaque vidage du disque prend ${millis} ms de plus, l’un après l’autre\n`);
    const env = { ...process.env, ...slowFlush(dir, millis) };
    const { status } = spawnSync(process.execPath, [import.meta.filename], { stdio: 'inherit', env });
    if (status !== 0) process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const flush = process.argv.find((word) => word.startsWith('--flush='))?.slice(8);
if (flush !== undefined) flush.split(',').map(Number).forEach(onSlowDisk);
else {
  const slow = Object.fromEntries(
    INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  await measure(slow, Object.keys(slow).length === 0);
}

// A working day of an office against the real program, played fast: people sign in, look at the list, search, open a
// letter and its scan, register, export. `--soak` goes on for ten minutes and watches memory and open files.
//
//   npm run bench -- load [--users=200] [--minutes=2] [--processes=1] [--engine=sqlite|postgres] [--letters=20000] [--soak]
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDatabase } from '@gec/db';
import {
  createInstallation,
  registerArrival,
  samplePdf,
  signIn,
  startPostgres,
  startProgram,
  type Client,
  type RunningProgram,
} from '@gec/testing';
import type { GecTables } from '../apps/gec/src/db/schema.ts';
import { fillInstallation } from './lib/installation.ts';
import { cpuOfProcess, ms } from './lib/measure.ts';
import { percentile, table, verdict } from './lib/report.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '2' },
    processes: { type: 'string', default: '1' },
    engine: { type: 'string', default: 'sqlite' },
    letters: { type: 'string', default: '20000' },
    soak: { type: 'boolean', default: false },
  },
});
const USERS = Number(values.users);
const MINUTES = values.soak ? 10 : Number(values.minutes);
const PROCESSES = Number(values.processes);
/** Between two things that a person does, in milliseconds: from, to. */
const THINKING = [2_000, 6_000] as const;
/** People who come in the morning at once. */
const AT_THE_DOOR = 4;
const SAMPLE_MS = 5_000;
/** Growth from the first quarter of a soak to its end. */
const MEMORY_MAX = 64;
const HANDLES_MAX = 30;

const WORDS = ['permis', 'exploration', 'rapport', 'cadastre', 'province', 'demande', 'carrière', 'cuivre'];
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;

/** What people do, and how often out of a hundred times. */
const DEEDS = {
  liste: 30,
  recherche: 28,
  lettre: 24,
  apercu: 8,
  enregistrement: 8,
  fiche: 1.7,
  export: 0.3,
} as const;
type Deed = keyof typeof DEEDS | 'connexion';

const waits = new Map<Deed, number[]>();
const failures = new Map<string, number>();

async function timed(deed: Deed, work: () => Promise<{ status: number }>): Promise<void> {
  const begin = performance.now();
  try {
    const { status } = await work();
    if (status >= 400) throw new Error(`${status}`);
  } catch (error) {
    const word = `${deed}: ${error instanceof Error ? error.message.slice(0, 60) : ''}`;
    failures.set(word, (failures.get(word) ?? 0) + 1);
    return;
  }
  const list = waits.get(deed) ?? [];
  waits.set(deed, list);
  list.push(performance.now() - begin);
}

function draw(): keyof typeof DEEDS {
  let at = Math.random() * 100;
  for (const [deed, share] of Object.entries(DEEDS)) if ((at -= share) < 0) return deed as keyof typeof DEEDS;
  return 'liste';
}

const html = { headers: { accept: 'text/html' } };
const get = (client: Client, path: string) => client.request('GET', path, html);

/** One person at work until the day ends. */
async function person(client: Client, scan: Buffer, until: number): Promise<void> {
  let seen: string[] = [];
  let own: string | null = null;
  const letters = (page: string) => [
    ...new Set([...page.matchAll(/href="\/mail\/(\d+)/g)].map(([, id]) => id!)),
  ];
  const deeds: Record<keyof typeof DEEDS, () => Promise<{ status: number }>> = {
    async liste() {
      const answer = await get(client, '/view_mail?type_courrier=ENTRANT');
      seen = letters(answer.body.toString());
      return answer;
    },
    recherche: () => get(client, `/view_mail?search=${encodeURIComponent(oneOf(WORDS).slice(0, 6))}`),
    lettre: () => get(client, `/mail/${oneOf(seen)}`),
    async apercu() {
      // Of a letter that this person registered: those of the fill have no scan.
      const { body } = await client.json<{ pieces: { id: number }[] }>(
        'GET',
        `/api/v1/courriers/${own}/pieces`,
      );
      return client.request('GET', `/api/v1/courriers/${own}/pieces/${body.pieces[0]?.id}/pages/1.jpg?w=960`);
    },
    async enregistrement() {
      const piece = await client.upload('lettre.pdf', scan);
      const made = await registerArrival(client, `Transmission du ${oneOf(WORDS)} ${Math.random()}`, [piece]);
      own = String(made.body.id);
      seen.push(own);
      return made;
    },
    fiche: () => client.request('GET', `/export_pdf/${own}`),
    export: () => client.json('POST', '/api/v1/exports', { genre: 'liste-xlsx', search: oneOf(WORDS) }),
  };
  while (performance.now() < until) {
    const drawn = draw();
    const needsOwn = drawn === 'apercu' || drawn === 'fiche';
    const deed =
      (needsOwn && own === null) || (drawn === 'lettre' && seen.length === 0) ? 'enregistrement' : drawn;
    await timed(deed, deeds[deed]);
    await pause(THINKING[0] + Math.random() * (THINKING[1] - THINKING[0]));
  }
}

const rss = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
const handles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Makes the accounts, with a password that need not be changed. */
async function hire(program: RunningProgram, databaseUrl: string): Promise<[string, string][]> {
  const admin = await signIn(program.url);
  const made: [string, string][] = [];
  for (let n = 0; n < USERS; n++) {
    const username = `agent.${n}`;
    const { status, body } = await admin.json<{ mot_de_passe: string }>('POST', '/api/v1/utilisateurs', {
      username,
      email: `${username}@example.cd`,
      nom_complet: `Agent ${n}`,
      role: n % 10 === 0 ? 'admin' : 'user',
      departement_id: (n % 5) + 1,
    });
    if (status !== 201) throw new Error(`an account was answered ${status}: ${JSON.stringify(body)}`);
    made.push([username, body.mot_de_passe]);
  }
  admin.close();
  const database = openDatabase<GecTables>(databaseUrl, { maxConnections: 1 });
  await database.kysely.updateTable('user').set({ doit_changer_mot_de_passe: false }).execute();
  await database.close();
  return made;
}

const cluster = values.engine === 'postgres' ? await startPostgres() : null;
const cheap = { BCRYPT_COST: '4', RATE_LIMIT: '0' };
const installation = createInstallation({ databaseUrl: cluster?.adminUrl, env: cheap });
const programs: RunningProgram[] = [];
try {
  await (await startProgram(installation)).kill('SIGTERM');
  await fillInstallation(installation, Number(values.letters));
  const first = await startProgram(installation);
  const people = await hire(first, installation.env['DATABASE_URL'] ?? '');
  await first.kill('SIGTERM');
  // From here on as an office runs it: bcrypt at its real cost.
  const real = { ...installation, env: { ...installation.env, BCRYPT_COST: '12' } };
  while (programs.length < PROCESSES) programs.push(await startProgram(real));

  const scan = await samplePdf({ bytes: 300_000, pages: 2 });
  const clients: (Client & { cookie: string })[] = [];
  const queue = people.map(([name, password], n) => ({ name, password, program: programs[n % PROCESSES]! }));
  const morning = performance.now();
  const door = async (): Promise<void> => {
    for (let one = queue.shift(); one; one = queue.shift()) {
      const { name, password, program } = one;
      await timed('connexion', async () => {
        clients.push(await signIn(program.url, name, password));
        return { status: 200 };
      });
    }
  };
  await Promise.all(Array.from({ length: AT_THE_DOOR }, door));
  process.stdout.write(
    `${clients.length} personnes connectées en ${ms((performance.now() - morning) / 1000)} s\n`,
  );

  const begin = performance.now();
  const until = begin + MINUTES * 60_000;
  const cpuBefore = programs.map(({ pid }) => cpuOfProcess(pid, true));
  const samples: { at: number; rss: number; handles: number }[] = [];
  const timer = setInterval(() => {
    samples.push({
      at: performance.now() - begin,
      rss: Math.max(...programs.map(({ pid }) => rss(pid))),
      handles: Math.max(...programs.map(({ pid }) => handles(pid))),
    });
  }, SAMPLE_MS);
  await Promise.all(clients.map((client) => person(client, scan, until)));
  clearInterval(timer);
  const seconds = (performance.now() - begin) / 1000;

  const rows = (['connexion', ...Object.keys(DEEDS)] as Deed[]).map((deed) => {
    const list = waits.get(deed) ?? [];
    const share = (part: number) => (list.length === 0 ? '–' : ms(percentile(list, part)));
    const rate = deed === 'connexion' ? '–' : (list.length / seconds).toFixed(1);
    return [deed, list.length, rate, share(0.5), share(0.95), share(0.99)];
  });
  table(['action', 'fois', 'par seconde', 'médiane (ms)', 'p95 (ms)', 'p99 (ms)'], rows);
  table(
    ['processus', 'CPU (s)', 'part d’un cœur', 'RSS (Mo)', 'descripteurs'],
    programs.map(({ pid }, n) => {
      const cpu = (cpuOfProcess(pid, true) - (cpuBefore[n] ?? 0)) / 1000;
      return [n + 1, cpu.toFixed(1), (cpu / seconds).toFixed(2), rss(pid).toFixed(0), handles(pid)];
    }),
  );
  const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
  for (const [word, count] of failures) process.stdout.write(`  ${count} × ${word}\n`);
  verdict(
    `journée de ${USERS} personnes, ${values.engine}, ${PROCESSES} processus`,
    failed === 0,
    `${failed} erreur(s)`,
  );
  if (values.soak) {
    const early = samples.filter(({ at }) => at > 60_000 && at < 180_000);
    const late = samples.slice(-12);
    const median = (list: typeof samples, key: 'rss' | 'handles') =>
      percentile(
        list.map((one) => one[key]),
        0.5,
      );
    const memory = median(late, 'rss') - median(early, 'rss');
    const files = median(late, 'handles') - median(early, 'handles');
    verdict(
      'mémoire après dix minutes',
      memory <= MEMORY_MAX,
      `${memory.toFixed(1)} Mo de plus, au plus ${MEMORY_MAX}`,
    );
    verdict('descripteurs ouverts', files <= HANDLES_MAX, `${files} de plus, au plus ${HANDLES_MAX}`);
  }
  clients.forEach((client) => client.close());
} finally {
  for (const program of programs) await program.kill('SIGTERM');
  installation.remove();
  await cluster?.stop();
}

// The primary is lost while an office works: three GEC processes behind a real nginx, PostgreSQL with a synchronous
// streaming standby that lists and searches are read from. Clerks register letters with scans and look for them, the
// primary is killed (SIGKILL, every process of it), somebody promotes the standby after it was silent for three
// seconds. No acknowledged letter may be lost or changed, numbers have neither double nor gap, whoever registered finds
// the letter in the next search, and the service is back within 30 s without a restart.
//
// With `--loss=freeze` the primary is not killed but stopped where it is, as a machine that is cut off: its connections
// stay open and say nothing. Ten seconds after the promotion it goes on, knowing of nothing, and must not be written to.
//
//   npm run bench -- failover [--loss=kill|freeze] [--clerks=8] [--readers=4] [--before=24] [--after=20]   (seconds)
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  clientOf,
  createInstallation,
  samplePdf,
  signIn,
  startPostgres,
  startProgram,
  type Client,
  type Registered,
  type RunningProgram,
} from '@gec/testing';
import { ask, everyLetter, isAlive, longestGap, signalServer, watch } from './lib/failover.ts';
import { ms } from './lib/measure.ts';
import { startNginx } from './lib/nginx.ts';
import { percentile, table, verdict } from './lib/report.ts';

const { values } = parseArgs({
  options: {
    clerks: { type: 'string', default: '8' },
    readers: { type: 'string', default: '4' },
    loss: { type: 'string', default: 'kill' },
    before: { type: 'string', default: '24' },
    after: { type: 'string', default: '20' },
  },
});
const BACK_WITHIN_S = 30;
const PROCESSES = 3;
const FREEZE = values.loss === 'freeze';
/** How often the index of the search was read, but for once when each letter was registered, on the primary. */
const INDEX_SCANS = `select seq_scan + idx_scan -
    case when pg_is_in_recovery() then 0 else (select count(*) from courrier) end as n
  from pg_stat_user_tables where relname = 'courrier_recherche'`;
const WARM_UP_MS = 5_000;
/** From the promotion until the former primary, cut off until then, goes on. */
const THAW_MS = 10_000;
/** Pause of a clerk between two letters, of a reader between two pages, in milliseconds. */
const CLERK_MS = 250;
const READER_MS = 200;

interface Acknowledged {
  readonly numero: string;
  readonly sha256: string;
  readonly at: number;
  readonly took: number;
}

const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const now = () => performance.now() / 1000;
const acknowledged = new Map<number, Acknowledged>();
const reads: { at: number; took: number }[] = [];
const failures = new Map<string, number>();
const missed: string[] = [];
let stopped = false;

const fail = (deed: string, status: number | string): void => {
  const word = `${deed} : ${status}`;
  failures.set(word, (failures.get(word) ?? 0) + 1);
};
const reason = (error: unknown): string => (error instanceof Error ? error.message.slice(0, 60) : '');

/** Registers one letter; after an error the same again, as a person presses the button again. */
async function register(client: Client, objet: string, scan: Buffer): Promise<number | null> {
  const envoi = randomBytes(16).toString('hex');
  let piece: string | null = null;
  while (!stopped) {
    const begin = now();
    try {
      piece ??= await client.upload(`${objet}.pdf`, scan);
      const body = {
        ...{ type_courrier: 'ENTRANT', objet, expediteur: 'Division des Mines du Lualaba' },
        ...{ secretaire_general_copie: false, pieces: [piece] },
      };
      const made = await client.json<Registered>('POST', '/api/v1/courriers', body, {
        'idempotency-key': envoi,
      });
      if (made.status === 201 || made.status === 200) {
        const { id, numero_accuse_reception: numero } = made.body;
        acknowledged.set(id, { numero, sha256: sha256(scan), at: now(), took: now() - begin });
        return id;
      }
      fail('enregistrer', made.status);
      // What was received for a moment only may be gone with the primary: it is sent again.
      if (made.status < 500) piece = null;
    } catch (error) {
      fail('enregistrer', reason(error).replace(/^.* was refused: (\d+).*$/s, 'envoi $1'));
    }
    await pause(500);
  }
  return null;
}

async function clerk(client: Client, who: number, base: Buffer): Promise<void> {
  for (let n = 0; !stopped; n++) {
    const objet = `Bascule ${who} ${n} ${randomBytes(4).toString('hex')}`;
    // A PDF that no other letter has: a comment after its end is allowed.
    const scan = Buffer.concat([base, Buffer.from(`\n%${randomBytes(16).toString('hex')}\n%%EOF\n`)]);
    const id = await register(client, objet, scan);
    if (id === null) return;
    try {
      // Any of the three processes answers, from whichever server.
      const word = encodeURIComponent(`"${objet.split(' ').at(-1)}"`);
      const found = await client.json<{ courriers: { id: number }[] }>(
        'GET',
        `/api/v1/courriers?search=${word}`,
      );
      if (found.status !== 200) fail('retrouver', found.status);
      else if (!found.body.courriers.some((one) => one.id === id)) missed.push(objet);
    } catch (error) {
      fail('retrouver', reason(error));
    }
    await pause(CLERK_MS);
  }
}

async function reader(client: Client): Promise<void> {
  for (let n = 0; !stopped; n++) {
    const begin = now();
    try {
      const path = n % 2 === 0 ? '/view_mail?type_courrier=ENTRANT' : '/view_mail?search=lualaba';
      const { status } = await client.request('GET', path, { headers: { accept: 'text/html' } });
      if (status === 200) reads.push({ at: now(), took: now() - begin });
      else fail('lire', status);
    } catch (error) {
      fail('lire', reason(error));
    }
    await pause(READER_MS);
  }
}

const primary = await startPostgres({ fsync: true });
const standby = await startPostgres({ fsync: true, standbyOf: { port: primary.port, name: 'second' } });
const database = `postgres://postgres@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/postgres?target_session_attrs=read-write`;
const installation = createInstallation({
  databaseUrl: database,
  env: { DATABASE_READ_URL: standby.adminUrl, TRUSTED_PROXIES: '127.0.0.1' },
});
// Each process as on a machine of its own: they share the database and the folder of the files.
const machine = (n: number) => ({
  ...installation,
  env: {
    ...installation.env,
    GEC_DATA_DIR: join(installation.dir, `machine-${n}`),
    GEC_FILES: join(installation.dir, 'files'),
  },
});
const programs: RunningProgram[] = [];
let stopNginx: () => Promise<void> = async () => undefined;
try {
  while (programs.length < PROCESSES) programs.push(await startProgram(machine(programs.length + 1)));
  const nginx = await startNginx(
    join(installation.dir, 'nginx'),
    programs.map(({ url }) => url),
  );
  stopNginx = nginx.stop;
  const first = await signIn(nginx.url);
  const client = () => clientOf(nginx.url, first.cookie);
  const base = await samplePdf({ pages: 1, text: 'Épreuve de bascule' });
  const clerks = Array.from({ length: Number(values.clerks) }, (_, who) => clerk(client(), who, base));
  const readers = Array.from({ length: Number(values.readers) }, () => reader(client()));

  // Both ways of replication in turns, so that both meet the same machine.
  await pause(WARM_UP_MS);
  const phases: { name: string; from: number; to: number }[] = [];
  for (const names of ['', 'FIRST 1 (second)', '', 'FIRST 1 (second)']) {
    await ask(primary.adminUrl, `alter system set synchronous_standby_names = '${names}'`);
    await ask(primary.adminUrl, 'select pg_reload_conf()');
    const from = now();
    await pause((Number(values.before) * 1000) / 4);
    phases.push({ name: names === '' ? 'réplique asynchrone' : 'réplique synchrone', from, to: now() });
  }
  const [replication] = await ask(primary.adminUrl, 'select sync_state from pg_stat_replication');
  const scans = await Promise.all([standby, primary].map(({ adminUrl }) => ask(adminUrl, INDEX_SCANS)));
  const lost = now();
  if (FREEZE) signalServer(primary.pid, 'SIGSTOP');
  else await primary.crash();
  await watch(primary, standby);
  const promotedAfter = now() - lost;
  let strayed = 0;
  if (FREEZE) {
    await pause(THAW_MS);
    signalServer(primary.pid, 'SIGCONT');
    const former = async () =>
      Number((await ask(primary.adminUrl, 'select count(*) as n from courrier'))[0]?.['n']);
    const before = await former();
    await pause(Number(values.after) * 1000);
    strayed = (await former()) - before;
  } else {
    await pause(Number(values.after) * 1000);
  }
  stopped = true;
  await Promise.all([...clerks, ...readers]);

  const alive = programs.filter(({ pid }) => isAlive(pid)).length;
  const present = await everyLetter(first);
  const byId = new Map(present.map((line) => [line.id, line]));
  let gone = 0;
  let changed = 0;
  for (const [id, { numero, sha256: expected }] of acknowledged) {
    if (byId.get(id)?.numero_accuse_reception !== numero) gone++;
    const answer = await first.request('GET', `/download_file/${id}`);
    if (answer.status !== 200 || sha256(answer.body) !== expected) changed++;
  }
  const counters = present
    .map((line) => Number(/(\d+)$/.exec(line.numero_accuse_reception)?.[1]))
    .sort((a, b) => a - b);
  const gaps = counters.filter((counter, i) => counter !== i + 1).length;
  const doubles = present.length - new Set(present.map(({ objet }) => objet)).size;
  const cli = fileURLToPath(new URL('../apps/gec/dist/cli.js', import.meta.url));
  const journal = spawnSync(process.execPath, [cli, 'journal', 'verify'], {
    env: { PATH: process.env['PATH'], ...machine(1).env },
    encoding: 'utf8',
  });

  const list = [...acknowledged.values()];
  const times = list.map(({ at }) => at);
  const back = Math.min(...times.filter((at) => at > lost + 0.2)) - lost;
  const readBack = Math.min(...reads.map(({ at }) => at).filter((at) => at > lost + promotedAfter)) - lost;
  const row = (name: string, parts: readonly { from: number; to: number }[]) => {
    const inside = list.filter(({ at }) => parts.some(({ from, to }) => at >= from && at < to));
    const took = inside.map((one) => one.took * 1000);
    const length = parts.reduce((sum, { from, to }) => sum + to - from, 0);
    return [name, (inside.length / length).toFixed(1), ms(percentile(took, 0.5)), ms(percentile(took, 0.95))];
  };
  const named = (name: string) =>
    row(
      name,
      phases.filter((one) => one.name === name),
    );
  table(
    ['moment', 'courriers par seconde', 'médiane (ms)', 'p95 (ms)'],
    [
      named('réplique asynchrone'),
      named('réplique synchrone'),
      row('après la bascule', [{ from: lost + back, to: Math.max(...times) }]),
    ],
  );
  const pages = reads.filter(({ at }) => at < lost).map(({ took }) => took * 1000);
  table(
    ['pages lues avant', 'médiane (ms)', 'p95 (ms)', 'recherches sur la réplique', 'sur la base principale'],
    [
      [
        ...[pages.length, ms(percentile(pages, 0.5)), ms(percentile(pages, 0.95))],
        ...scans.map((found) => String(found[0]?.['n'])),
      ],
    ],
  );
  for (const [word, count] of failures) process.stdout.write(`  ${count} × ${word}\n`);
  process.stdout.write(`  réplique promue ${promotedAfter.toFixed(1)} s après la perte\n`);
  verdict('réplique synchrone', replication?.['sync_state'] === 'sync', String(replication?.['sync_state']));
  verdict(
    'service revenu',
    back <= BACK_WITHIN_S && longestGap(times) <= BACK_WITHIN_S,
    `enregistrer ${back.toFixed(1)} s, lire ${readBack.toFixed(1)} s après la perte ; au plus ${BACK_WITHIN_S}`,
  );
  verdict('aucun redémarrage', alive === PROCESSES, `${alive} processus sur ${PROCESSES}`);
  verdict('aucun courrier acquitté perdu', gone === 0, `${gone} sur ${acknowledged.size}`);
  verdict('chaque fichier intact', changed === 0, `${changed} différents`);
  verdict('numéros sans double ni écart', gaps === 0, `${present.length} numéros, ${gaps} écarts`);
  verdict('aucun courrier en double', doubles === 0, `${doubles}`);
  verdict('chacun retrouve aussitôt son courrier', missed.length === 0, `${missed.length} manqués`);
  verdict('rien d’écrit sur l’ancien serveur', strayed === 0, `${strayed}`);
  verdict('journal intact', journal.status === 0, journal.stdout.trim().split('\n').at(-1) ?? '');
  first.close();
} finally {
  stopped = true;
  await stopNginx();
  for (const program of programs) await program.kill('SIGTERM');
  await standby.stop();
  await primary.stop();
  installation.remove();
}

/**
 * Drills of the licence server, repeatable: rivals for the same keys on four processes of one PostgreSQL and on one of
 * SQLite (--keys=500, --rivals=32), and rounds of `kill -9` during activations (--rounds=200).
 */
import { Agent } from 'node:http';
import { systemActor } from '@gec/core';
import {
  activate,
  createLicenceInstallation,
  inParallel,
  makeKeys,
  openServices,
  startServer,
  type LicenceInstallation,
} from './lib/licences.ts';
import { startDatabase } from './lib/postgres.ts';
import { table, verdict } from './lib/report.ts';

function option(name: string, standard: number): number {
  return Number(
    process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? standard,
  );
}
const KEYS = option('keys', 500);
const RIVALS = option('rivals', 32);
const ROUNDS = option('rounds', 200);
const CLEAN = new Set(['ALREADY_USED']);

/** What the database says after a drill. */
async function ledger(installation: LicenceInstallation) {
  const container = await openServices(installation);
  const { kysely } = container.database;
  const rows = await kysely
    .selectFrom('license_activations')
    .innerJoin('licenses', 'licenses.id', 'license_activations.license_id')
    .select([
      'licenses.key_digest as digest',
      'licenses.is_used as used',
      'license_activations.fingerprint_digest',
    ])
    .execute();
  const { n } = await kysely
    .selectFrom('journal')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('action', '=', 'activation.done')
    .executeTakeFirstOrThrow();
  const chain = await container.journal.verify(systemActor('drill'));
  await container.close();
  return { rows, journal: n, chain };
}

async function rivals(name: string, installation: LicenceInstallation, processes: number): Promise<void> {
  const container = await openServices(installation);
  const keys = await makeKeys(container, KEYS);
  await container.close();
  const servers = await Promise.all(Array.from({ length: processes }, () => startServer(installation)));
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  let done = 0;
  let refused = 0;
  const other: string[] = [];
  await inParallel(keys, 2, async (key) => {
    await Promise.all(
      Array.from({ length: RIVALS }, async (_, rival) => {
        const server = servers[rival % servers.length]!;
        const { status, body } = await activate(agent, server.url, key, `rival-${rival}`);
        if (status === 200) done++;
        else if (CLEAN.has(String(body['error_code']))) refused++;
        else other.push(`${status} ${JSON.stringify(body)}`);
      }),
    );
  });
  agent.destroy();
  await Promise.all(servers.map((server) => server.kill('SIGTERM')));
  const { rows, chain } = await ledger(installation);
  const exact =
    done === KEYS &&
    rows.length === KEYS &&
    refused === KEYS * (RIVALS - 1) &&
    other.length === 0 &&
    chain.ok;
  verdict(
    `${name} : ${KEYS} clés × ${RIVALS} installations, ${processes} processus`,
    exact,
    `${done} succès, ${rows.length} activations, ${refused} refus, ${other.length} autres, chaîne ${chain.ok ? 'intacte' : 'rompue'}`,
  );
  for (const line of other.slice(0, 5)) process.stdout.write(`  ${line}\n`);
}

async function crashes(): Promise<void> {
  const installation = createLicenceInstallation();
  const container = await openServices(installation);
  const perRound = 60;
  const keys = await makeKeys(container, Math.min(10_000, ROUNDS * perRound));
  await container.close();
  const acknowledged = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServer(installation);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const start = (round * perRound) % keys.length;
    const part = keys.slice(start, start + perRound);
    let killed = false;
    const work = inParallel(part, 8, async (key) => {
      if (killed) return;
      try {
        const { status } = await activate(agent, server.url, key, `coupure-${key}`);
        if (status === 200) acknowledged.add(key);
      } catch {
        // The connection broke with the process: nothing was acknowledged.
      }
    });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
    killed = true;
    await server.kill('SIGKILL');
    await work;
    agent.destroy();
  }
  const check = await openServices(installation);
  const digest = new Map(keys.map((key) => [check.keyring.index.digest('license.key', key), key]));
  await check.close();
  const { rows, journal, chain } = await ledger(installation);
  const present = rows.map((row) => digest.get(row.digest));
  const lost = [...acknowledged].filter((key) => !present.includes(key)).length;
  const doubled = present.length - new Set(present).size;
  const halves = rows.filter((row) => !row.used).length;
  installation.remove();
  table(
    ['Coupures', 'Acquittées', 'Présentes', 'Perdues', 'Doublées', 'À moitié', 'Journal'],
    [[ROUNDS, acknowledged.size, rows.length, lost, doubled, halves, journal]],
  );
  verdict(
    'Aucune activation acquittée perdue, aucune doublée',
    lost + doubled + halves === 0,
    `${lost} perdues`,
  );
  verdict(
    'Une entrée de journal par activation, chaîne intacte',
    journal === rows.length && chain.ok,
    `${journal}`,
  );
}

const embedded = createLicenceInstallation();
await rivals('SQLite', embedded, 1);
embedded.remove();
const { cluster, url } = await startDatabase();
const shared = createLicenceInstallation(url);
await rivals('PostgreSQL', shared, 4);
shared.remove();
await cluster.stop();
await crashes();

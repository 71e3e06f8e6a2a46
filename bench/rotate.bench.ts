/**
 * New data keys for a filled register: letters a second, fields and search index apart, on SQLite and on PostgreSQL.
 * `--letters=N` says how many there are (20 000); `--engine=sqlite` or `--engine=postgres` takes one alone. Somebody
 * reads and searches all the while, and must find the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@gec/core';
import { openKeyring, parseMasterKey, type KeyPurpose } from '@gec/crypto';
import { keyStore, migrate, openDatabase, type RotationProgress } from '@gec/db';
import { createLogger } from '@gec/http';
import { createInstallation, type Installation } from '@gec/testing';
import { readConfig } from '../apps/gec/src/config.ts';
import { migrations } from '../apps/gec/src/db/migrations/index.ts';
import { seedPeople } from '../apps/gec/src/db/seed.ts';
import type { GecTables } from '../apps/gec/src/db/schema.ts';
import { ouvrirCles, SYSTEME } from '../apps/gec/src/modules/cles/cles.fixture.ts';
import { SANS_FILTRE } from '../apps/gec/src/modules/recherche/recherche.schema.ts';
import { fillInstallation } from './lib/installation.ts';
import { startDatabase } from './lib/postgres.ts';
import { percentile, table, verdict } from './lib/report.ts';

const option = (name: string): string | undefined =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const LETTERS = Number(option('letters') ?? 20_000);
const ENGINE = option('engine');

/** Letters that one looks for meanwhile. */
const PROBES = 20;

async function measure(name: string, installation: Installation): Promise<(string | number)[][]> {
  const config = readConfig(installation.env);
  const database = openDatabase<GecTables>(config.databaseUrl);
  await migrate(database, migrations);
  const keyring = await openKeyring(
    parseMasterKey(config.masterKey),
    keyStore<KeyPurpose, GecTables>(database),
  );
  await database.transaction((trx) => seedPeople(trx, new Date().toISOString()));
  const filling = performance.now();
  await fillInstallation(installation, LETTERS);
  process.stdout.write(
    `${name} : registre rempli en ${((performance.now() - filling) / 1000).toFixed(0)} s\n`,
  );
  const base = { config, database, keyring, clock: systemClock, logger: createLogger({ level: 'silent' }) };
  const { cles, watch, recherche } = ouvrirCles(base);

  const someLetter = () =>
    database.kysely
      .selectFrom('courrier')
      .select(['id', 'objet', 'numero_accuse_reception as numero'])
      .where('id', '>=', 1 + Math.floor(Math.random() * LETTERS))
      .orderBy('id')
      .limit(1)
      .executeTakeFirstOrThrow();
  const probes = await Promise.all(Array.from({ length: PROBES }, someLetter));
  const found = async ({ id, numero }: { id: number; numero: string }): Promise<boolean> => {
    const { lignes } = await recherche.list(SYSTEME, { ...SANS_FILTRE, search: `"${numero}"` });
    return lignes.some((ligne) => ligne.id === id);
  };

  async function renew(but: 'field' | 'index'): Promise<(string | number)[]> {
    const reads: number[] = [];
    const searches: number[] = [];
    let missed = 0;
    let at = true;
    const reader = (async () => {
      while (at) {
        let begin = performance.now();
        const { id, objet } = await someLetter();
        keyring.fields.open({ table: 'courrier', column: 'objet', id }, objet);
        reads.push(performance.now() - begin);
        begin = performance.now();
        if (!(await found(probes[searches.length % PROBES]!))) missed += 1;
        searches.push(performance.now() - begin);
        await sleep(50);
      }
    })();
    const begin = performance.now();
    let waited = 0;
    let before = begin;
    let told = begin;
    let phase: RotationProgress['phase'] = 'waiting';
    const { rotation } = await cles.renouveler(SYSTEME, but, (step) => {
      const now = performance.now();
      // What is waited for is the same however many letters there are.
      if (phase === 'waiting') waited += now - before;
      [before, phase] = [now, step.phase];
      if (step.phase === 'waiting' || now - told < 60_000) return;
      told = now;
      process.stdout.write(`${name}, ${but} : ${step.phase} ${step.done}/${step.total}\n`);
    });
    const seconds = (performance.now() - begin) / 1000;
    const work = seconds - waited / 1000;
    at = false;
    await reader;
    const { restants } = await cles.etat(SYSTEME);
    verdict(
      `${name}, ${but} : plus rien sous l’ancienne clé, tout trouvé pendant`,
      rotation.state === 'finished' && restants[but] === 0 && missed === 0 && rotation.unreadable === 0,
      `${rotation.done} lignes, ${rotation.unreadable} illisibles, ${restants[but]} restantes, ${missed} introuvables sur ${searches.length} recherches`,
    );
    return [
      `${name}, ${but === 'field' ? 'champs' : 'index'}`,
      LETTERS,
      seconds.toFixed(0),
      work.toFixed(0),
      (LETTERS / work).toFixed(0),
      percentile(reads, 0.95).toFixed(0),
      percentile(searches, 0.95).toFixed(0),
      Math.max(...reads, ...searches).toFixed(0),
    ];
  }

  const rows = [await renew('index'), await renew('field')];
  await watch.stop();
  await database.close();
  return rows;
}

const rows: (string | number)[][] = [];
if (ENGINE !== 'postgres') {
  const embedded = createInstallation();
  try {
    rows.push(...(await measure('SQLite', embedded)));
  } finally {
    embedded.remove();
  }
}
if (ENGINE !== 'sqlite') {
  const { cluster, url } = await startDatabase();
  const shared = createInstallation({ databaseUrl: url });
  try {
    rows.push(...(await measure('PostgreSQL', shared)));
  } finally {
    shared.remove();
    await cluster.stop();
  }
}
table(
  [
    'Base et clé',
    'Courriers',
    'Durée (s)',
    'sans l’attente (s)',
    'Courriers/s',
    'Lecture pendant, p95 (ms)',
    'recherche, p95 (ms)',
    'la plus lente (ms)',
  ],
  rows,
);

/**
 * New data keys for a filled register: letters re-sealed in a second, on SQLite and on PostgreSQL, and what that makes
 * for a million. `--letters=N` says how many there are (20 000). Somebody reads letters all the while.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@gec/core';
import { openKeyring, parseMasterKey, type KeyPurpose } from '@gec/crypto';
import { keyStore, migrate, openDatabase } from '@gec/db';
import { createLogger } from '@gec/http';
import { createInstallation, type Installation } from '@gec/testing';
import { readConfig } from '../apps/gec/src/config.ts';
import { migrations } from '../apps/gec/src/db/migrations/index.ts';
import { seedPeople } from '../apps/gec/src/db/seed.ts';
import type { GecTables } from '../apps/gec/src/db/schema.ts';
import { ouvrirCles, SYSTEME } from '../apps/gec/src/modules/cles/cles.fixture.ts';
import { fillInstallation } from './lib/installation.ts';
import { startDatabase } from './lib/postgres.ts';
import { percentile, table, verdict } from './lib/report.ts';

const given = process.argv.find((argument) => argument.startsWith('--letters='));
const LETTERS = Number(given?.slice('--letters='.length) ?? 20_000);

async function measure(name: string, installation: Installation): Promise<(string | number)[]> {
  const config = readConfig(installation.env);
  const database = openDatabase<GecTables>(config.databaseUrl);
  await migrate(database, migrations);
  const keyring = await openKeyring(
    parseMasterKey(config.masterKey),
    keyStore<KeyPurpose, GecTables>(database),
  );
  await database.transaction((trx) => seedPeople(trx, new Date().toISOString()));
  await fillInstallation(installation, LETTERS);
  const base = { config, database, keyring, clock: systemClock, logger: createLogger({ level: 'silent' }) };
  const { cles, watch } = ouvrirCles(base);
  const reads: number[] = [];
  let at = true;
  const reader = (async () => {
    while (at) {
      const begin = performance.now();
      const { id, objet } = await database.kysely
        .selectFrom('courrier')
        .select(['id', 'objet'])
        .where('id', '>=', 1 + Math.floor(Math.random() * LETTERS))
        .orderBy('id')
        .limit(1)
        .executeTakeFirstOrThrow();
      keyring.fields.open({ table: 'courrier', column: 'objet', id }, objet);
      reads.push(performance.now() - begin);
      await sleep(20);
    }
  })();
  const begin = performance.now();
  let sealing = begin;
  let phase = '';
  const { rotation } = await cles.renouveler(SYSTEME, 'field', (step) => {
    if (step.phase === 'resealing' && phase !== 'resealing') sealing = performance.now();
    phase = step.phase;
  });
  const seconds = (performance.now() - begin) / 1000;
  const rate = LETTERS / ((performance.now() - sealing) / 1000);
  at = false;
  await reader;
  const { restants } = await cles.etat(SYSTEME);
  await watch.stop();
  await database.close();
  verdict(
    `${name} : plus rien sous l’ancienne clé`,
    rotation.state === 'finished' && restants.field === 0,
    `${rotation.done} lignes, ${rotation.unreadable} illisibles, ${restants.field} restantes, ${seconds.toFixed(1)} s`,
  );
  return [
    name,
    LETTERS,
    rotation.done,
    rate.toFixed(0),
    (1_000_000 / rate / 60).toFixed(1),
    percentile(reads, 0.95).toFixed(1),
    Math.max(...reads).toFixed(0),
  ];
}

const rows: (string | number)[][] = [];
const embedded = createInstallation();
try {
  rows.push(await measure('SQLite', embedded));
} finally {
  embedded.remove();
}
const { cluster, url } = await startDatabase();
const shared = createInstallation({ databaseUrl: url });
try {
  rows.push(await measure('PostgreSQL', shared));
} finally {
  shared.remove();
  await cluster.stop();
}
table(
  [
    'Base',
    'Courriers',
    'Lignes refaites',
    'Courriers/s',
    'Un million (min, extrapolé)',
    'Lecture pendant, p95 (ms)',
    'la plus lente (ms)',
  ],
  rows,
);

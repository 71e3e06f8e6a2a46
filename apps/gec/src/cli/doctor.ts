import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { fill } from '@gec/core';
import { keptSecrets, openKeyring, parseMasterKey, type KeyPurpose } from '@gec/crypto';
import { keyStore, openDatabase } from '@gec/db';
import {
  databaseExams,
  errorText,
  examine,
  exposureExams,
  findings,
  folderExams,
  machineExams,
  reachExam,
  reportText,
  thisMachine,
  worst,
  type Constat,
  type Examen,
} from '@gec/http';
import type { Command } from 'commander';
import { ConfigError, GENERATED, readConfig, type Config } from '../config.ts';
import { migrations } from '../db/migrations/index.ts';
import type { GecTables } from '../db/schema.ts';
import { openStore } from '../storage/open-store.ts';
import { EXIT, type Cli } from './context.ts';
import { examineAtelier } from './doctor.atelier.ts';
import { doctorCliTexts } from './doctor.texts.ts';
import { json } from './terminal.ts';

/**
 * The settings as the program would read them, without writing secrets into a data folder that has none yet: those are
 * made up here and forgotten.
 */
function readWithoutWriting(env: Cli['env']): Config {
  const url = env['DATABASE_URL'] ?? '';
  if (url !== '' && !url.startsWith('sqlite:')) return readConfig(env);
  const kept = keptSecrets(resolve(env['GEC_DATA_DIR'] || 'data/gec'));
  const passing = Object.fromEntries(
    GENERATED.map((name) => [name, env[name] || kept[name] || randomBytes(32).toString('base64')]),
  );
  return readConfig({ ...env, ...passing });
}

/** Opens the wrapped keys of a database and makes none. @throws WrongMasterKeyError */
async function openKeys(config: Config): Promise<void> {
  const database = openDatabase<GecTables>(config.databaseUrl, { maxConnections: 1 });
  const missing = new Error('some keys are not made yet');
  try {
    const { load } = keyStore<KeyPurpose, GecTables>(database);
    // Existing keys are opened before any is asked for, so a key that is not there yet says that the others opened.
    const insertMissing = () => Promise.reject(missing);
    await openKeyring(parseMasterKey(config.masterKey, 'GEC_MASTER_KEY'), { load, insertMissing });
  } catch (error) {
    if (error !== missing) throw error;
  } finally {
    await database.close();
  }
}

/** Keeps a small file in the object store, reads it and takes it away: what every letter with a scan needs. */
async function examineStore(cli: Cli, address: string): Promise<Constat> {
  const t = doctorCliTexts(cli.lang);
  const as = findings('fichiers');
  try {
    const store = await openStore(address);
    const path = store.newPath();
    try {
      await store.put(path, [Buffer.from('gec doctor')]);
      for await (const chunk of await store.open(path)) void chunk;
    } finally {
      await store.remove(path);
    }
    return as.ok(fill(t.fichiers, { lieu: address }));
  } catch (error) {
    return as.panne(fill(t.fichiersEchec, { lieu: address, message: errorText(error) }), t.fichiersVoir);
  }
}

/** Looks whether lists and searches can be read from the standbys. */
async function examineStandbys(cli: Cli, config: Config): Promise<Constat> {
  const t = doctorCliTexts(cli.lang);
  const as = findings('replique');
  const database = openDatabase(config.databaseUrl, { maxConnections: 1, reads: config.reads });
  try {
    const found = await database.standbys();
    const said = found.map(({ server, delayMs, reason }) =>
      fill(reason === null ? t.replique : t[`replique_${reason}`], { serveur: server, ms: delayMs ?? 0 }),
    );
    const constat = said.join(' ; ');
    return found.every(({ reason }) => reason === null)
      ? as.ok(constat)
      : as.attention(constat, t.repliqueVoir);
  } catch (error) {
    return as.attention(errorText(error), t.repliqueVoir);
  } finally {
    await database.close();
  }
}

function configuredExams(cli: Cli, config: Config): Examen[] {
  const { lang } = cli;
  const t = doctorCliTexts(lang);
  const { files, smtp, license, host, port, publicUrl, trustedProxies } = config;
  const exams = [
    ...folderExams(lang, config.dataDir),
    ...databaseExams(lang, {
      name: 'DATABASE_URL',
      url: config.databaseUrl,
      steps: migrations,
      openKeys: () => openKeys(config),
    }),
    ...exposureExams(lang, { host, port, publicUrl, trustedProxies, publicName: 'GEC_PUBLIC_URL' }),
  ];
  if (config.reads !== null) exams.push({ id: 'replique', run: () => examineStandbys(cli, config) });
  if (files.store.startsWith('s3://')) {
    exams.push({ id: 'fichiers', run: () => examineStore(cli, files.store) });
  }
  if (smtp) {
    exams.push(reachExam(lang, { id: 'courriel', host: smtp.host, port: smtp.port, advice: t.courriel }));
  }
  if (license.active && license.serverUrl !== null) {
    const { hostname, port: named, protocol } = new URL(license.serverUrl);
    const at = Number(named) || (protocol === 'https:' ? 443 : 80);
    exams.push(reachExam(lang, { id: 'licence', host: hostname, port: at, advice: t.licence }));
  }
  return exams;
}

function exams(cli: Cli): Examen[] {
  const { lang } = cli;
  const t = doctorCliTexts(lang);
  const as = findings('reglages');
  const atelier = { id: 'atelier', run: () => examineAtelier(lang, cli.openAtelier) };
  const machine = machineExams(lang, thisMachine());
  try {
    const config = readWithoutWriting(cli.env);
    return [
      ...machine,
      { id: 'reglages', run: () => as.ok(t.reglages) },
      ...configuredExams(cli, config),
      atelier,
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const message = error.message.replaceAll('\n', '; ');
    const refused = () => as.panne(fill(t.reglagesFaux, { message }), t.reglagesCorriger);
    return [...machine, { id: 'reglages', run: refused }, atelier];
  }
}

/** Registers `gec doctor`. */
export function registerDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description(doctorCliTexts(cli.lang).doctor)
    .option('--json', cli.t.json)
    .action(async (options: { json?: boolean }) => {
      const constats = await examine(cli.lang, exams(cli));
      const etat = worst(constats);
      cli.terminal.write(options.json ? json({ etat, constats }) : reportText(cli.lang, constats));
      if (etat === 'panne') cli.exitWith(EXIT.checkFailed);
    });
}

import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openKeyring, type KeyPurpose } from '@gec/crypto';
import { keyStore, openDatabase } from '@gec/db';
import {
  databaseExams,
  examine,
  exposureExams,
  findings,
  folderExams,
  machineExams,
  reportText,
  thisMachine,
  worst,
  type Examen,
} from '@gec/http';
import type { Command } from 'commander';
import { ConfigError, readConfig, type Config } from '../config.ts';
import { migrations } from '../db/migrations/index.ts';
import type { LicenceTables } from '../db/schema.ts';
import { CliError, say } from './io.ts';

const LANG = 'fr';
/** A check found that the server cannot work. */
const CHECK_FAILED = 3;

/** The settings as the server would read them, without writing a secret into a data folder that has none yet. */
function readWithoutWriting(env: NodeJS.ProcessEnv): Config {
  const url = env['LICENSE_DATABASE_URL'] ?? '';
  const kept = existsSync(join(resolve(env['LICENSE_DATA_DIR'] || 'data/licences'), 'secrets.json'));
  if (kept || (url !== '' && !url.startsWith('sqlite:')) || env['LICENSE_SERVER_SECRET'])
    return readConfig(env);
  return readConfig({ ...env, LICENSE_SERVER_SECRET: randomBytes(32).toString('base64') });
}

/** Opens the wrapped keys of a database and makes none. @throws WrongMasterKeyError */
async function openKeys(config: Config): Promise<void> {
  const database = openDatabase<LicenceTables>(config.databaseUrl, { maxConnections: 1 });
  const missing = new Error('some keys are not made yet');
  try {
    const { load } = keyStore<KeyPurpose, LicenceTables>(database);
    await openKeyring(config.masterKey, { load, insertMissing: () => Promise.reject(missing) });
  } catch (error) {
    if (error !== missing) throw error;
  } finally {
    await database.close();
  }
}

/** The root key must not stay on the machine that is attacked first. */
function rootKeyFinding(dataDir: string): Examen {
  return {
    id: 'racine',
    run() {
      const as = findings('racine');
      const files = existsSync(dataDir) ? readdirSync(dataDir) : [];
      const path = files.filter((name) => /^root-key.*\.json$/.test(name)).join(', ');
      if (path === '') return as.ok('La clé racine n’est pas sur cette machine');
      return as.attention(
        `La clé racine est encore sur cette machine : ${path}`,
        'Copiez-la sur deux supports hors ligne, vérifiez-les, puis effacez ce fichier.',
      );
    },
  };
}

function exams(): Examen[] {
  const machine = machineExams(LANG, thisMachine());
  const as = findings('reglages');
  try {
    const config = readWithoutWriting(process.env);
    const { host, port, publicUrl, trustedProxies } = config;
    return [
      ...machine,
      { id: 'reglages', run: () => as.ok('Les variables d’environnement sont correctes') },
      ...folderExams(LANG, config.dataDir),
      ...databaseExams(LANG, {
        name: 'LICENSE_DATABASE_URL',
        url: config.databaseUrl,
        steps: migrations,
        openKeys: () => openKeys(config),
      }),
      ...exposureExams(LANG, { host, port, publicUrl, trustedProxies, publicName: 'LICENSE_PUBLIC_URL' }),
      rootKeyFinding(config.dataDir),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const constat = `Réglages refusés : ${error.message.replaceAll('\n', '; ')}`;
    const conseil = 'Corrigez ces variables ; elles sont toutes décrites dans .env.example.';
    return [...machine, { id: 'reglages', run: () => as.panne(constat, conseil) }];
  }
}

/** Adds `licences doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('contrôler cette machine et dire ce qui manque ; rien n’est modifié')
    .option('--json', 'écrire du JSON')
    .action(async (options: { json?: boolean }) => {
      const constats = await examine(LANG, exams());
      const etat = worst(constats);
      say(options.json ? JSON.stringify({ etat, constats }, null, 2) : reportText(LANG, constats).trimEnd());
      if (etat === 'panne')
        throw new CliError('Le serveur de licences ne peut pas fonctionner ainsi.', CHECK_FAILED);
    });
}

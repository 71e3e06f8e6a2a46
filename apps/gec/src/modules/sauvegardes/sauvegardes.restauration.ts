import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { publicHalf, type Opener, type Recipient } from '@gec/backup';
import { systemClock, timestamp } from '@gec/core';
import { InvalidMasterKeyError, keepSecrets, keptSecrets, WrongMasterKeyError } from '@gec/crypto';
import { isInUse, migrate, openDatabase } from '@gec/db';
import { GENERATED, readConfig, type Config, type Secrets } from '../../config.ts';
import { migrations } from '../../db/migrations/index.ts';
import type { GecTables } from '../../db/schema.ts';
import { openFiles } from '../../storage/open-store.ts';
import {
  essayerCle,
  examiner,
  exigerConnu,
  remettre,
  temoin,
  type Avancee,
  type Examen,
} from './sauvegardes.archive.ts';
import { fabriquer } from './sauvegardes.creation.ts';
import { nomArchive } from './sauvegardes.depot.ts';
import { createDepot } from './sauvegardes.depots.ts';
import { sauvegardesRepo } from './sauvegardes.repo.ts';

/** Why a good backup is not put back here. */
export type Refus = 'SECRETS_ABSENTS' | 'AUTRE_CLE' | 'AUTRE_POIVRE' | 'OCCUPEE' | 'EN_SERVICE';

/** A backup is good and is not put back here, and nothing was changed. */
export class RestaurationRefusee extends Error {
  override readonly name = 'RestaurationRefusee';
  readonly refus: Refus;

  constructor(refus: Refus) {
    super(`the restore is refused: ${refus}`);
    this.refus = refus;
  }
}

/** The steps of a restore, in order. */
export type Etape = 'verification' | 'securite' | 'remise';

/** What a restore needs. */
export interface Restauration {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads the archive from its beginning, each time. */
  source(): Promise<Readable>;
  readonly opener: Opener;
  /** Whether what is there may be replaced, after a copy of it was made. */
  readonly replace: boolean;
  progress?(etape: Etape): Avancee;
}

/** What a restore did. */
export interface Restauree {
  readonly examen: Examen;
  /** The settings under which the installation works now. */
  readonly config: Config;
  /** Where the copy of what was there lies; null where nothing was there. */
  readonly copie: string | null;
  /** Secrets that came from the backup and lie in the data folder now. */
  readonly secrets: readonly string[];
}

/** The settings of this place, with the secrets of the backup where the place has none. */
function reglages(env: Restauration['env'], examen: Examen): { config: Config; nouveaux: Partial<Secrets> } {
  const kept = keptSecrets(resolve(env['GEC_DATA_DIR'] || 'data/gec'));
  const missing = GENERATED.filter((name) => !env[name] && kept[name] === undefined);
  const nouveaux: Partial<Secrets> = {};
  for (const name of missing) {
    const given = examen.secrets?.[name];
    if (given !== undefined) nouveaux[name] = given;
    // What signs sessions may be a new one: they are ended anyway.
    else if (name !== 'SESSION_SECRET') throw new RestaurationRefusee('SECRETS_ABSENTS');
  }
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  return { config: readConfig({ ...kept, ...set, ...nouveaux }), nouveaux };
}

async function exigerCles(examen: Examen, config: Config): Promise<void> {
  try {
    await essayerCle(examen, config.masterKey);
  } catch (error) {
    const other = error instanceof WrongMasterKeyError || error instanceof InvalidMasterKeyError;
    throw other ? new RestaurationRefusee('AUTRE_CLE') : error;
  }
  if (examen.poivre !== null && examen.poivre !== temoin(config.passwordPepper)) {
    throw new RestaurationRefusee('AUTRE_POIVRE');
  }
}

const recipientOf = (opener: Opener): Recipient =>
  'phrase' in opener ? opener : { publicKey: publicHalf(opener.secretKey) };

/**
 * Puts a backup in the place of what is there. All of it is read and its keys are tried before anything is changed; a
 * copy of what was there is made; then files, then all rows in one transaction. The search index is to be built then.
 *
 * @throws ArchiveError, RestaurationRefusee, ConfigError: nothing was changed; what database and store throw: the
 *   database is as it was, and files that came are swept later
 */
export async function restaurer({
  env,
  source,
  opener,
  replace,
  progress,
}: Restauration): Promise<Restauree> {
  const examen = await examiner(await source(), opener, progress?.('verification'));
  exigerConnu(examen, migrations);
  const { config, nouveaux } = reglages(env, examen);
  await exigerCles(examen, config);
  if (await isInUse(config.databaseUrl)) throw new RestaurationRefusee('EN_SERVICE');
  const database = openDatabase<GecTables>(config.databaseUrl);
  try {
    await migrate(database, migrations);
    const store = await openFiles(config.files);
    let copie: string | null = null;
    if (await sauvegardesRepo.occupee(database)) {
      if (!replace) throw new RestaurationRefusee('OCCUPEE');
      const depot = await createDepot(config.backup.destination);
      const nom = nomArchive(timestamp(systemClock), true);
      await fabriquer(
        { config, database, clock: systemClock },
        {
          nom,
          store,
          depot,
          recipients: [recipientOf(opener)],
          secrets: true,
          progress: progress?.('securite'),
        },
      ).finally(() => depot.close());
      copie = depot.adresse(nom);
    }
    const secrets = Object.keys(nouveaux);
    if (secrets.length > 0) keepSecrets(config.dataDir, nouveaux);
    await remettre({
      source: await source(),
      opener,
      examen,
      database,
      store,
      steps: migrations,
      progress: progress?.('remise'),
    });
    return { examen, config, copie, secrets };
  } finally {
    await database.close();
  }
}

import type { Clock } from '@gec/core';
import {
  adoptSecret,
  comingSecret,
  keptInFile,
  openKeyring,
  opensKeys,
  prepareSecret,
  rewrapKeys,
  WrongMasterKeyError,
  type Keyring,
  type KeyPurpose,
} from '@gec/crypto';
import { changeKeys, keyStore, type Database } from '@gec/db';
import { ConfigError, deriveSecrets, type Config, type DerivedSecrets } from '../../config.ts';
import type { Trx } from '../../context.ts';
import type { LicenceTables } from '../../db/schema.ts';
import { keepPepper, readPepper } from './secrets.repo.ts';

const NAME = 'LICENSE_SERVER_SECRET';
const NEW = 'LICENSE_NEW_SERVER_SECRET';

const store = (database: Database<LicenceTables>) => keyStore<KeyPurpose, LicenceTables>(database);

/**
 * Opens the keys of a database. When a change of the secret was cut short after the database had changed and before
 * the secrets file had, the change is completed.
 *
 * @returns the keys, and the settings with the secret and the pepper that are in force
 * @throws WrongMasterKeyError when neither the secret of the settings nor one that was put aside opens them
 */
export async function openSecrets(
  config: Config,
  database: Database<LicenceTables>,
  clock: Clock,
): Promise<{ keyring: Keyring; config: Config }> {
  const opened = async (settings: Config) => {
    const keyring = await openKeyring(settings.masterKey, store(database), clock);
    const passwordPepper = (await readPepper(database, keyring)) ?? settings.passwordPepper;
    return { keyring, config: { ...settings, passwordPepper } };
  };
  try {
    return await opened(config);
  } catch (error) {
    if (!(error instanceof WrongMasterKeyError)) throw error;
    const coming = comingSecret(config.dataDir, NAME);
    if (coming === null || !keptInFile(config.dataDir, NAME, config.serverSecret)) throw error;
    const completed = await opened({ ...config, serverSecret: coming, ...deriveSecrets(coming) });
    adoptSecret(config.dataDir, NAME, coming, clock.now());
    return completed;
  }
}

/**
 * Puts the data keys from under a former secret under another one, in one transaction: nothing that they seal changes.
 * The pepper of the passwords stays the one that they were hashed with.
 *
 * @returns false when the keys are under the new secret already
 * @throws WrongMasterKeyError when neither opens them
 */
async function rewrap(
  database: Database<LicenceTables>,
  clock: Clock,
  from: DerivedSecrets,
  to: DerivedSecrets,
  record: (trx: Trx) => Promise<void>,
): Promise<boolean> {
  if (opensKeys(to.masterKey, await store(database).load())) return false;
  const keyring = await openKeyring(from.masterKey, store(database), clock);
  return changeKeys<KeyPurpose, LicenceTables, boolean>(database, async (trx, rows) => {
    // Another command did the same a moment ago.
    if (opensKeys(to.masterKey, rows)) return { result: false };
    await keepPepper(trx, keyring, from.passwordPepper);
    await record(trx);
    return { put: rewrapKeys(from.masterKey, to.masterKey, rows), result: true };
  });
}

/** Puts what a backup from before a change of the secret brought back under the secret in force. */
export async function adoptFormer(
  config: Config,
  database: Database<LicenceTables>,
  clock: Clock,
): Promise<void> {
  if (config.former) await rewrap(database, clock, config.former, config, () => Promise.resolve());
}

/** How a change of the secret ended. */
export interface SecretChanged {
  /** Where the former secrets file is kept; null when the environment gives the secret. */
  readonly formerFile: string | null;
}

/**
 * Changes the secret of the server, while it runs. Where the secrets file keeps it, the new one is made here and put
 * into it.
 *
 * @param next the new secret, where the environment gives the one in force
 * @param record writes the entry of the journal, in the same transaction
 * @throws ConfigError when `next` is missing, too short or the same
 */
export async function changeSecret(options: {
  config: Config;
  database: Database<LicenceTables>;
  clock: Clock;
  next: string | null;
  record: (trx: Trx) => Promise<void>;
}): Promise<SecretChanged> {
  const { config, database, clock, next, record } = options;
  const { dataDir, serverSecret } = config;
  const byFile = next === null && keptInFile(dataDir, NAME, serverSecret);
  if (!byFile && next === null) {
    throw new ConfigError(
      `${NEW}: le secret vient de l’environnement ; donnez le nouveau (openssl rand -base64 32)`,
    );
  }
  if (next !== null && next.length < 32) throw new ConfigError(`${NEW}: 32 caractères au moins`);
  const secret = next ?? prepareSecret(dataDir, NAME, serverSecret);
  if (secret === serverSecret) throw new ConfigError(`${NEW}: le même secret que l’ancien`);
  // The pepper in force may be that of an earlier secret still.
  await rewrap(database, clock, config, deriveSecrets(secret), record);
  return { formerFile: byFile ? adoptSecret(dataDir, NAME, secret, clock.now()) : null };
}

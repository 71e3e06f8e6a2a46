import { AppError, fill, type Clock, type Lang } from '@gec/core';
import {
  adoptSecret,
  comingSecret,
  keptInFile,
  masterKeyFingerprint,
  openKeyring,
  opensKeys,
  parseMasterKey,
  prepareSecret,
  rewrapKeys,
  WrongMasterKeyError,
  type Keyring,
  type KeyPurpose,
} from '@gec/crypto';
import { changeKeys, keyStore, type Database } from '@gec/db';
import type { Config } from '../../config.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { Ouvrant } from './cles.schema.ts';
import { clesTexts } from './cles.texts.ts';

const NOM = 'GEC_MASTER_KEY';

/** How a change of the master key ended. */
export interface MaitreChangee {
  /** Fingerprints of the former and of the new key. */
  readonly avant: string;
  readonly apres: string;
  /** Where the former secrets file is kept; null when the environment gives the key. */
  readonly ancienFichier: string | null;
}

/**
 * Opens the keys of a database. When a change of the master key was cut short after the database had changed and
 * before the secrets file had, the change is completed.
 *
 * @returns the keys, and the settings with the master key that opens them
 * @throws WrongMasterKeyError when neither the key of the settings nor one that was put aside opens them
 */
export async function ouvrirTrousseau(
  config: Config,
  database: Database<GecTables>,
  clock: Clock,
): Promise<{ keyring: Keyring; config: Config }> {
  const store = keyStore<KeyPurpose, GecTables>(database);
  const open = (key: string) => openKeyring(parseMasterKey(key, 'GEC_MASTER_KEY'), store, clock);
  try {
    return { keyring: await open(config.masterKey), config };
  } catch (error) {
    if (!(error instanceof WrongMasterKeyError)) throw error;
    const coming = comingSecret(config.dataDir, NOM);
    if (coming === null || !keptInFile(config.dataDir, NOM, config.masterKey)) throw error;
    const keyring = await open(coming);
    adoptSecret(config.dataDir, NOM, coming, clock.now());
    return { keyring, config: { ...config, masterKey: coming } };
  }
}

/**
 * Puts the data keys under a new master key, all in one transaction; nothing that they seal changes, and processes at
 * work go on. Where the secrets file keeps the key, the new one is made here and put into it.
 *
 * @param nouvelle the new key, where the environment gives the key in force
 * @param noter writes the entry of the journal, in the same transaction
 * @throws AppError invalid when `nouvelle` is missing or the same; conflict when the key in force is another by now
 */
export async function changerMaitre(options: {
  config: Config;
  database: Database<GecTables>;
  clock: Clock;
  lang: Lang;
  nouvelle: string | null;
  noter: (trx: Trx, details: { avant: string; apres: string }) => Promise<void>;
}): Promise<MaitreChangee> {
  const { config, database, clock, lang, nouvelle, noter } = options;
  const t = clesTexts(lang);
  const parFichier = keptInFile(config.dataDir, NOM, config.masterKey) && nouvelle === null;
  if (!parFichier && nouvelle === null) throw new AppError('invalid', 'NEW_MASTER_KEY', t.nouvelleManque);
  const ancienne = parseMasterKey(config.masterKey, 'GEC_MASTER_KEY');
  const texte = nouvelle ?? prepareSecret(config.dataDir, NOM, config.masterKey);
  const neuve = parseMasterKey(texte, nouvelle === null ? 'GEC_MASTER_KEY' : 'GEC_NEW_MASTER_KEY', lang);
  if (neuve.equals(ancienne)) throw new AppError('invalid', 'NEW_MASTER_KEY', t.nouvelleMeme);
  const avant = masterKeyFingerprint(ancienne);
  const apres = masterKeyFingerprint(neuve);

  await changeKeys<KeyPurpose, GecTables, void>(database, async (trx, rows) => {
    if (!opensKeys(ancienne, rows)) {
      // Another command did the same a moment ago, or this one was cut short after its transaction.
      if (opensKeys(neuve, rows)) return { result: undefined };
      throw new AppError('conflict', 'MASTER_KEY', fill(t.maitreAutre, { empreinte: avant }));
    }
    await noter(trx, { avant, apres });
    return { put: rewrapKeys(ancienne, neuve, rows), result: undefined };
  });
  return {
    avant,
    apres,
    ancienFichier: parFichier ? adoptSecret(config.dataDir, NOM, texte, clock.now()) : null,
  };
}

/** Which of the keys that are known here open the database, by where they come from. */
export async function clesQuiOuvrent(
  config: Config,
  database: Database<GecTables>,
  nouvelle: string | null,
): Promise<Ouvrant[]> {
  const rows = await keyStore<KeyPurpose, GecTables>(database).load();
  const coming = comingSecret(config.dataDir, NOM);
  const keys = [
    { source: 'GEC_MASTER_KEY' as const, key: config.masterKey },
    ...(nouvelle === null ? [] : [{ source: 'GEC_NEW_MASTER_KEY' as const, key: nouvelle }]),
    ...(coming === null ? [] : [{ source: 'secrets.json.nouvelle' as const, key: coming }]),
  ];
  return keys.map(({ source, key }) => ({ source, ouvre: opensKeys(parseMasterKey(key, source), rows) }));
}

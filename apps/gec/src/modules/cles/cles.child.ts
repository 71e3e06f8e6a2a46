import { systemClock } from '@gec/core';
import { openKeyring, parseMasterKey, type KeyPurpose } from '@gec/crypto';
import { keyStore, openDatabase } from '@gec/db';
import { pino } from 'pino';
import { readConfig } from '../../config.ts';
import type { GecTables } from '../../db/schema.ts';
import { ouvrirCles, SANS_DELAI, SYSTEME } from './cles.fixture.ts';

// A process of its own that renews keys, for tests that kill it.
const config = readConfig(process.env);
const database = openDatabase<GecTables>(config.databaseUrl);
const keyring = await openKeyring(
  parseMasterKey(config.masterKey, 'GEC_MASTER_KEY'),
  keyStore<KeyPurpose, GecTables>(database),
);
const base = { config, database, keyring, clock: systemClock, logger: pino({ level: 'silent' }) };
const { cles, watch } = ouvrirCles(base, SANS_DELAI, 300);
for (const but of ['field', 'file', 'index'] as const) {
  await cles.renouveler(SYSTEME, but, ({ phase }) => process.stdout.write(`${phase}\n`));
}
await watch.stop();
await database.close();

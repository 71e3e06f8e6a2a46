import { openKeyring, parseMasterKey, type KeyPurpose } from '@gec/crypto';
import { keyStore, openDatabase } from '@gec/db';
import type { Installation } from '@gec/testing';
import type { GecTables } from '../../apps/gec/src/db/schema.ts';
import { createGenerations } from '../../apps/gec/src/modules/recherche/recherche.generations.repo.ts';
import { PLAFOND } from '../../apps/gec/src/modules/recherche/recherche.schema.ts';
import { fillLetters, staff } from './letters.ts';

/** Fills the register of an installation that was started once and is not running. */
export async function fillInstallation({ env }: Installation, letters: number): Promise<void> {
  const database = openDatabase<GecTables>(env['DATABASE_URL'] ?? '', { maxConnections: 1 });
  const keyring = await openKeyring(
    parseMasterKey(env['GEC_MASTER_KEY'] ?? ''),
    keyStore<KeyPurpose, GecTables>(database),
  );
  const { moteur } = createGenerations(database, keyring, {
    plafond: PLAFOND,
    aLaMain: 1_000,
    dureeComptes: 0,
  });
  await fillLetters({ database, keyring, moteur, count: letters, office: await staff(database, keyring) });
  await database.close();
}

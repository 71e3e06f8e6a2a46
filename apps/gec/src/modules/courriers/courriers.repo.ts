import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { GecTables } from '../../db/schema.ts';
import { createEcriture } from './courriers.ecriture.repo.ts';
import { createLecture } from './courriers.lecture.repo.ts';
import { createLignes } from './courriers.lignes.repo.ts';

export type { CourrierLu, NouvelleLigne } from './courriers.lignes.repo.ts';

/** The SQL of letters. */
export function createCourriersRepo(database: Database<GecTables>, keyring: Keyring) {
  const lignes = createLignes(database, keyring);
  return { ...createLecture(database, keyring, lignes), ...createEcriture(keyring, lignes) };
}

export type CourriersRepo = ReturnType<typeof createCourriersRepo>;

import { openDatabase, type Database } from '@gec/db';
import { describeEachDatabase, testClock } from '@gec/testing';
import { expect, it } from 'vitest';
import type { GecTables } from '../../db/schema.ts';
import { createTestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { createDepartementsService } from '../departements/departements.service.ts';
import { createJournalService } from '../journal/journal.service.ts';
import { createParametresService } from '../parametres/parametres.service.ts';
import { createRegistresService } from './registres.service.ts';

const ATTEMPTS = 200;

describeEachDatabase('numbers taken at once', (open, engine) => {
  it('gives every number once and leaves no gap, though every third transaction fails', async () => {
    const { url } = await open(migrated);
    const clock = testClock('2026-01-01T09:00:00Z');
    const base = await createTestBase(url, clock);
    const clerk = await base.person('user', 'ADM');
    // Pools of their own stand for processes; nobody has opened the registers of the year yet.
    const databases: Database<GecTables>[] =
      engine === 'postgres' ? Array.from({ length: 4 }, () => openDatabase<GecTables>(url)) : [base.database];
    const processes = databases.map((database) => {
      const own = { ...base, database };
      const journal = createJournalService(own);
      const parametres = createParametresService({ ...own, journal });
      const departements = createDepartementsService({ ...own, journal, parametres });
      return { database, registres: createRegistresService({ ...own, journal, parametres, departements }) };
    });

    const taken = await Promise.all(
      Array.from({ length: ATTEMPTS }, async (_, index) => {
        const { database, registres } = processes[index % processes.length]!;
        try {
          return await database.transaction(async (trx) => {
            const { numero } = await registres.take(trx, clerk, {
              flux: 'ENTRANT',
              courrierId: index + 1,
              codeDepartement: 'ADM',
              at: clock.now(),
            });
            if (index % 3 === 2) throw new Error('rolled back');
            return numero;
          });
        } catch (error) {
          if ((error as Error).message === 'rolled back') return null;
          throw error;
        }
      }),
    );

    const kept = taken.filter((numero) => numero !== null).sort();
    const expected = kept.map((_, index) => `GEC-2026-${String(index + 1).padStart(5, '0')}`);
    expect(kept).toHaveLength(ATTEMPTS - Math.floor(ATTEMPTS / 3));
    expect(kept).toEqual(expected);
    expect(await processes[0]!.registres.gaps('ENTRANT', 2026)).toEqual([]);
    const rows = await base.database.kysely.selectFrom('registre').selectAll().execute();
    expect(rows).toMatchObject([{ flux: 'ENTRANT', annee: 2026, prochain: kept.length + 1 }]);

    for (const database of databases) if (database !== base.database) await database.close();
    await base.close();
  });
});

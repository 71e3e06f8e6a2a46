import { outboxState, type Database, type OutboxState } from '@gec/db';
import { sql } from 'kysely';
import type { GecTables } from '../../db/schema.ts';
import type { Passage } from './sante.schema.ts';

/** The SQL of the state of the system. */
export function createSanteRepo({ kysely, dialect, engine, standbys }: Database<GecTables>) {
  return {
    engine,

    /** Version, size and clock of the database. */
    facts: () => dialect.facts(kysely),

    standbys,

    /** The newest step of the schema. */
    async schema(): Promise<string> {
      const { rows } = await sql<{ name: string }>`
        select name from schema_migration order by name desc limit 1`.execute(kysely);
      return rows[0]?.name ?? '';
    },

    /** What waits in the outbox at an instant. */
    outbox: (now: string): Promise<OutboxState> => outboxState(kysely, now),

    /** Since when the oldest entry of the journal waits to be chained; null when none does. */
    async unchainedSince(): Promise<string | null> {
      const row = await kysely
        .selectFrom('log_activite')
        .select('date_action')
        .where('seq', 'is', null)
        .orderBy('id')
        .limit(1)
        .executeTakeFirst();
      return row?.date_action ?? null;
    },

    /** How each part of the upkeep last ran. */
    async passages(): Promise<Passage[]> {
      const rows = await kysely.selectFrom('passage').selectAll().orderBy('nom').execute();
      return rows.map((row) => ({
        nom: row.nom,
        fin: row.date_fin,
        reussi: row.reussi,
        erreur: row.erreur,
      }));
    },

    /** Notes how a part of the upkeep ended. */
    async notePassage({ nom, fin, reussi, erreur }: Passage): Promise<void> {
      const change = { date_fin: fin, reussi, erreur };
      await kysely
        .insertInto('passage')
        .values({ nom, jour: null, ...change })
        .onConflict((conflict) => conflict.column('nom').doUpdateSet(change))
        .execute();
    },
  };
}

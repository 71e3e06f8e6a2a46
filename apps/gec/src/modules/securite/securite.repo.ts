import type { Database } from '@gec/db';
import type { Selectable } from 'kysely';
import type { Via } from '../../cache.ts';
import type { GecTables, VerificationJournalTable } from '../../db/schema.ts';
import type { Verification } from './securite.schema.ts';

const TABLE = 'verification_journal';

/** Silence (ms) after which a verification is taken for dead: its process has ended. */
const SILENCE_MS = 60_000;

/** The SQL of the verifications of the journal. */
export function createSecuriteRepo(database: Database<GecTables>) {
  function toVerification(row: Selectable<VerificationJournalTable>, now: Date): Verification {
    const silent = now.getTime() - Date.parse(row.signe_de_vie) > SILENCE_MS;
    return {
      id: row.id,
      etat: row.etat === 'EN_COURS' && silent ? 'INTERROMPUE' : row.etat,
      fait: row.fait,
      total: row.total,
      parId: row.user_id,
      debut: row.date_debut,
      fin: row.date_fin,
      entrees: row.entrees,
      rupture:
        row.rupture_nature === null
          ? null
          : { nature: row.rupture_nature, seq: row.rupture_seq, id: row.rupture_id },
    };
  }

  return {
    /** The latest verification, or the latest that has come to its end. */
    async last(now: Date, options: { finished?: boolean } = {}): Promise<Verification | null> {
      let query = database.kysely.selectFrom(TABLE).selectAll().orderBy('id', 'desc').limit(1);
      if (options.finished) query = query.where('etat', '=', 'TERMINEE');
      const row = await query.executeTakeFirst();
      return row ? toVerification(row, now) : null;
    },

    /** Begins a verification. @returns its id */
    async insert(userId: number, date: string): Promise<number> {
      const { id } = await database.kysely
        .insertInto(TABLE)
        .values({
          user_id: userId,
          etat: 'EN_COURS',
          fait: 0,
          total: 0,
          date_debut: date,
          signe_de_vie: date,
          date_fin: null,
          entrees: null,
          rupture_nature: null,
          rupture_seq: null,
          rupture_id: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      return id;
    },

    /** Says how far it is. */
    async progress(id: number, at: { fait: number; total: number; date: string }): Promise<void> {
      await database.kysely
        .updateTable(TABLE)
        .set({ fait: at.fait, total: at.total, signe_de_vie: at.date })
        .where('id', '=', id)
        .execute();
    },

    /** Keeps how it ended. @param found `null`: it could not be finished */
    async finish(
      id: number,
      date: string,
      found: Pick<Verification, 'entrees' | 'rupture'> | null,
      via: Via = database.kysely,
    ): Promise<void> {
      await via
        .updateTable(TABLE)
        .set({
          etat: found ? 'TERMINEE' : 'ECHOUEE',
          signe_de_vie: date,
          date_fin: date,
          entrees: found?.entrees ?? null,
          rupture_nature: found?.rupture?.nature ?? null,
          rupture_seq: found?.rupture?.seq ?? null,
          rupture_id: found?.rupture?.id ?? null,
        })
        .where('id', '=', id)
        .execute();
    },
  };
}

export type SecuriteRepo = ReturnType<typeof createSecuriteRepo>;

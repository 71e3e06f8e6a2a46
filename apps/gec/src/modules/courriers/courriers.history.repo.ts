import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { ChampSuivi, Modification } from './courriers.schema.ts';

const TABLE = 'courrier_modification';

/** One change to be kept; values as people read them. */
export interface Changement {
  champ: ChampSuivi;
  ancienne: string | null;
  nouvelle: string | null;
}

/** The SQL of the field-by-field history and of the drafts. */
export function createHistoryRepo(database: Database<GecTables>, keyring: Keyring) {
  const { fields } = keyring;
  const context = (column: string, id: number | string) => ({ table: TABLE, column, id });
  const draftContext = (userId: number, flux: string) => ({
    table: 'brouillon',
    column: 'contenu',
    id: `${userId}:${flux}`,
  });

  return {
    /** Keeps changes of a letter, each sealed. */
    async insert(
      trx: Trx,
      courrierId: number,
      changes: readonly Changement[],
      by: { userId: number; ip: string; now: string },
    ): Promise<void> {
      for (const change of changes) {
        const id = await database.dialect.nextId(trx, TABLE);
        await trx
          .insertInto(TABLE)
          .values({
            id,
            courrier_id: courrierId,
            utilisateur_id: by.userId,
            champ_modifie: change.champ,
            ancienne_valeur: fields.sealOrNull(context('ancienne_valeur', id), change.ancienne),
            nouvelle_valeur: fields.sealOrNull(context('nouvelle_valeur', id), change.nouvelle),
            date_modification: by.now,
            ip_address: by.ip,
          })
          .execute();
      }
    },

    /** The changes of a letter, newest first. */
    async list(courrierId: number): Promise<Omit<Modification, 'utilisateurNom'>[]> {
      const rows = await database.kysely
        .selectFrom(TABLE)
        .selectAll()
        .where('courrier_id', '=', courrierId)
        .orderBy('id', 'desc')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        date: row.date_modification,
        utilisateurId: row.utilisateur_id,
        champ: row.champ_modifie,
        ancienne: fields.openOrNull(context('ancienne_valeur', row.id), row.ancienne_valeur),
        nouvelle: fields.openOrNull(context('nouvelle_valeur', row.id), row.nouvelle_valeur),
      }));
    },

    /** The registration in progress of a person and flow, as JSON text. */
    async draft(
      userId: number,
      flux: 'ENTRANT' | 'SORTANT',
    ): Promise<{ contenu: string; date: string } | null> {
      const row = await database.kysely
        .selectFrom('brouillon')
        .select(['contenu', 'date_modification'])
        .where('user_id', '=', userId)
        .where('flux', '=', flux)
        .executeTakeFirst();
      return row
        ? { contenu: fields.open(draftContext(userId, flux), row.contenu), date: row.date_modification }
        : null;
    },

    /** Keeps a registration in progress; the newest replaces the one before. */
    async saveDraft(
      userId: number,
      flux: 'ENTRANT' | 'SORTANT',
      contenu: string,
      now: string,
    ): Promise<void> {
      const sealed = fields.seal(draftContext(userId, flux), contenu);
      await database.kysely
        .insertInto('brouillon')
        .values({ user_id: userId, flux, contenu: sealed, date_modification: now })
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'flux']).doUpdateSet({ contenu: sealed, date_modification: now }),
        )
        .execute();
    },

    /** Forgets a registration in progress. */
    async clearDraft(db: Trx | Database<GecTables>['kysely'], userId: number, flux: string): Promise<void> {
      await db
        .deleteFrom('brouillon')
        .where('user_id', '=', userId)
        .where('flux', '=', flux as 'ENTRANT' | 'SORTANT')
        .execute();
    },

    /** Every draft's content, for the sweep of files that no draft holds any more. */
    async allDrafts(): Promise<string[]> {
      const rows = await database.kysely.selectFrom('brouillon').selectAll().execute();
      return rows.map((row) => fields.open(draftContext(row.user_id, row.flux), row.contenu));
    },
  };
}

export type HistoryRepo = ReturnType<typeof createHistoryRepo>;

import type { Database } from '@gec/db';
import type { LicenceStorage } from '@gec/licence-client';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';

const TABLE = 'licence_local';
const CLE = 'licence';

/** The SQL of the licence: the client's sealed file as a row, and the pace of synchronisations. */
export function createLicenceRepo(database: Database<GecTables>) {
  const { kysely, dialect } = database;

  /**
   * What the licence client keeps, sealed by the client under a secret of this installation. Two processes that change it
   * at once never overwrite each other.
   */
  const storage: LicenceStorage = {
    async load() {
      const row = await kysely.selectFrom(TABLE).select('contenu').where('cle', '=', CLE).executeTakeFirst();
      return row?.contenu ?? null;
    },
    async save(content, previous) {
      if (previous === null) {
        const inserted = await kysely
          .insertInto(TABLE)
          .values({ cle: CLE, contenu: content, sync_prochaine: null, sync_echecs: 0 })
          .onConflict((conflict) => conflict.column('cle').doNothing())
          .executeTakeFirst();
        return (inserted.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }
      const updated = await kysely
        .updateTable(TABLE)
        .set({ contenu: content })
        .where('cle', '=', CLE)
        .where('contenu', '=', previous)
        .executeTakeFirst();
      return updated.numUpdatedRows > 0n;
    },
  };

  return {
    storage,

    /** What tells this database from others; PostgreSQL knows, for SQLite the caller finds something else. */
    identifiant: (): Promise<string | null> => dialect.systemIdentifier(kysely),

    /**
     * Becomes the one process that synchronises now, if it is time. Others find the time moved on; if this one dies,
     * the next attempt is due at `jusqua`.
     *
     * @param maintenant ISO 8601
     * @returns how many attempts failed in a row before, or null when it is not for this process
     */
    async reserver(trx: Trx, maintenant: string, jusqua: string): Promise<number | null> {
      if (!(await dialect.tryExclusive(trx, 'gec:licence-sync'))) return null;
      const row = await trx
        .updateTable(TABLE)
        .set({ sync_prochaine: jusqua })
        .where('cle', '=', CLE)
        .where((eb) => eb.or([eb('sync_prochaine', 'is', null), eb('sync_prochaine', '<=', maintenant)]))
        .returning('sync_echecs')
        .executeTakeFirst();
      return row?.sync_echecs ?? null;
    },

    /** Says when the next synchronisation is due. */
    async prevoir(prochaine: string, echecs: number): Promise<void> {
      await kysely
        .updateTable(TABLE)
        .set({ sync_prochaine: prochaine, sync_echecs: echecs })
        .where('cle', '=', CLE)
        .execute();
    },

    /** When the next synchronisation is due, and how many failed in a row. */
    async rythme(): Promise<{ prochaine: string | null; echecs: number }> {
      const row = await kysely
        .selectFrom(TABLE)
        .select(['sync_prochaine', 'sync_echecs'])
        .where('cle', '=', CLE)
        .executeTakeFirst();
      return { prochaine: row?.sync_prochaine ?? null, echecs: row?.sync_echecs ?? 0 };
    },
  };
}

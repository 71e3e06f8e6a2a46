import { appliedSteps, planCopy, readTable, type Database, type Engine, type PortableRow } from '@gec/db';
import { sql } from 'kysely';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { Via } from '../../cache.ts';
import { COLONNES_FICHIERS, TABLES_EXCLUES } from './sauvegardes.contenu.ts';

/** The row of `passage` that says that a restore waits for its search index. */
const INDEX_A_REFAIRE = 'recherche';

/** The SQL of backups. */
export const sauvegardesRepo = {
  /** Steps of the schema that a database has been through. */
  etapes: (via: Via): Promise<string[]> => appliedSteps(via),

  /** Every row that a backup holds, part by part, in an order in which they can be put back. */
  async *lignes(via: Via, engine: Engine): AsyncGenerator<{ table: string; rows: PortableRow[] }> {
    const { tables } = await planCopy(via, engine, TABLES_EXCLUES);
    for (const shape of tables) {
      for await (const rows of readTable(via, shape)) yield { table: shape.name, rows };
    }
  },

  /** Every path of a file that a row names. */
  async *chemins(via: Via, engine: Engine): AsyncGenerator<string> {
    const { tables } = await planCopy(via, engine, TABLES_EXCLUES);
    for (const { table, colonne } of COLONNES_FICHIERS) {
      if (!tables.some(({ name }) => name === table)) continue;
      const [from, column] = [sql.table(table), sql.ref<string>(colonne)];
      for (let after = ''; ;) {
        const { rows } = await sql<{ path: string }>`select ${column} as path from ${from}
          where ${column} > ${after} order by ${column} limit 1000`.execute(via);
        for (const { path } of rows) yield path;
        const last = rows.at(-1);
        if (!last) break;
        after = last.path;
      }
    }
  },

  /** Says, in the transaction of a restore, that the search index is to be built once that is there. */
  async noterIndex(trx: Trx): Promise<void> {
    const passage = { nom: INDEX_A_REFAIRE, jour: null, date_fin: null, reussi: false, erreur: 'A_REFAIRE' };
    await trx
      .insertInto('passage')
      .values(passage)
      .onConflict((conflict) => conflict.column('nom').doUpdateSet(passage))
      .execute();
  },

  /** Whether a restore still waits for its search index. */
  async indexARefaire({ kysely }: Database<GecTables>): Promise<boolean> {
    const row = await kysely
      .selectFrom('passage')
      .select('nom')
      .where('nom', '=', INDEX_A_REFAIRE)
      .executeTakeFirst();
    return row !== undefined;
  },

  async indexRefait({ kysely }: Database<GecTables>): Promise<void> {
    await kysely.deleteFrom('passage').where('nom', '=', INDEX_A_REFAIRE).execute();
  },

  /** Whether there is anything that a restore would lose. */
  async occupee({ kysely }: Database<GecTables>): Promise<boolean> {
    const row = await kysely.selectFrom('courrier').select('id').limit(1).executeTakeFirst();
    const people = await kysely.selectFrom('user').select('id').limit(2).execute();
    return row !== undefined || people.length > 1;
  },
};

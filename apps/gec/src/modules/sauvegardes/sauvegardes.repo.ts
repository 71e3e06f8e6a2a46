import {
  advanceIds,
  applyStep,
  appliedSteps,
  fillLater,
  insertRows,
  planCopy,
  readTable,
  remakeSchema,
  type CopyPlan,
  type Database,
  type Engine,
  type PortableRow,
  type Step,
} from '@gec/db';
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

/** Puts rows back in one transaction, under the schema that they were saved under, then brings that forward. */
export class Remise {
  readonly #trx: Trx;
  readonly #engine: Engine;
  readonly #steps: readonly Step[];
  readonly #waiting = new Map<string, PortableRow[]>();
  #plan: CopyPlan | null = null;

  constructor(trx: Trx, engine: Engine, steps: readonly Step[]) {
    this.#trx = trx;
    this.#engine = engine;
    this.#steps = steps;
  }

  /** Throws away what is there and makes the schema of the backup. */
  async commencer(etapes: readonly string[]): Promise<void> {
    await remakeSchema(this.#trx, this.#engine, this.#steps, etapes);
    this.#plan = await planCopy(this.#trx, this.#engine, TABLES_EXCLUES);
  }

  async lignes(table: string, rows: readonly PortableRow[]): Promise<void> {
    const shape = this.#plan?.tables.find(({ name }) => name === table);
    if (!this.#plan || !shape) throw new Error(`the backup has a table that is not of its schema: ${table}`);
    const later = this.#plan.later.get(table);
    await insertRows(this.#trx, shape, rows, later);
    if (later) this.#waiting.set(table, [...(this.#waiting.get(table) ?? []), ...rows]);
  }

  /** Puts in what had to wait, and goes forward to the present schema. */
  async finir(etapes: readonly string[]): Promise<void> {
    const { tables, later } = this.#plan ?? { tables: [], later: new Map<string, readonly string[]>() };
    for (const shape of tables) {
      const columns = later.get(shape.name);
      if (columns) await fillLater(this.#trx, shape, this.#waiting.get(shape.name) ?? [], columns);
      await advanceIds(this.#trx, this.#engine, shape);
    }
    for (const step of this.#steps.filter(({ name }) => !etapes.includes(name))) {
      await applyStep(this.#trx, this.#engine, step);
    }
    // The search index is built after the commit: whatever happens then, this says that it has to be.
    const passage = { nom: INDEX_A_REFAIRE, jour: null, date_fin: null, reussi: false, erreur: 'A_REFAIRE' };
    await this.#trx
      .insertInto('passage')
      .values(passage)
      .onConflict((conflict) => conflict.column('nom').doUpdateSet(passage))
      .execute();
  }
}

import type { Transaction } from 'kysely';
import {
  advanceIds,
  applyStep,
  fillLater,
  insertRows,
  planCopy,
  remakeSchema,
  type CopyPlan,
  type PortableRow,
} from './copy.ts';
import type { Step } from './migrate.ts';
import type { Engine } from './types.ts';

/**
 * Puts saved rows in the place of everything that is there: in one transaction, under the schema that they were saved
 * under, which is then brought forward. `begin`, any number of `rows`, `finish`.
 */
export class TableRestore<T> {
  readonly #trx: Transaction<T>;
  readonly #engine: Engine;
  readonly #steps: readonly Step[];
  readonly #exclude: readonly RegExp[];
  readonly #waiting = new Map<string, PortableRow[]>();
  #schema: readonly string[] = [];
  #plan: CopyPlan = { tables: [], later: new Map() };

  /**
   * @param steps all steps of the program
   * @param exclude names of tables that were not saved; they end up empty
   */
  constructor(
    trx: Transaction<T>,
    options: { engine: Engine; steps: readonly Step[]; exclude: readonly RegExp[] },
  ) {
    this.#trx = trx;
    this.#engine = options.engine;
    this.#steps = options.steps;
    this.#exclude = options.exclude;
  }

  /** Throws away what is there. @param schema names of the steps that the rows were saved under */
  async begin(schema: readonly string[]): Promise<void> {
    await remakeSchema(this.#trx, this.#engine, this.#steps, schema);
    this.#schema = schema;
    this.#plan = await planCopy(this.#trx, this.#engine, this.#exclude);
  }

  /** Puts rows in, in the order in which `planCopy` gave the tables. @throws Error for a table of another schema */
  async rows(table: string, rows: readonly PortableRow[]): Promise<void> {
    const shape = this.#plan.tables.find(({ name }) => name === table);
    if (!shape) throw new Error(`there is no table ${table} in the schema of the backup`);
    const later = this.#plan.later.get(table);
    await insertRows(this.#trx, shape, rows, later);
    if (later) this.#waiting.set(table, [...(this.#waiting.get(table) ?? []), ...rows]);
  }

  /** Puts in the references that had to wait, lets ids go on, and goes forward to the present schema. */
  async finish(): Promise<void> {
    const { tables, later } = this.#plan;
    for (const shape of tables) {
      const columns = later.get(shape.name);
      if (columns) await fillLater(this.#trx, shape, this.#waiting.get(shape.name) ?? [], columns);
      await advanceIds(this.#trx, this.#engine, shape);
    }
    for (const step of this.#steps.filter(({ name }) => !this.#schema.includes(name))) {
      await applyStep(this.#trx, this.#engine, step);
    }
  }
}

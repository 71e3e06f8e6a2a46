import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { Step } from './migrate.ts';
import { columnTypes, type Engine } from './types.ts';

/** A row as it travels between engines: numbers, texts, booleans and nulls only. */
export type PortableRow = Record<string, string | number | boolean | null>;

/** A table as the catalogue describes it. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key, by which its rows are read in order. */
  readonly key: readonly string[];
  /** Whether the engine or `dialect.nextId` hands out its ids. */
  readonly numbered: boolean;
  /** Tables that its rows refer to. */
  readonly refersTo: readonly { column: string; table: string; nullable: boolean }[];
}

/** Tables in an order in which rows can be put in, with the references that have to wait until all rows are there. */
export interface CopyPlan {
  readonly tables: readonly TableShape[];
  /** By table: columns that are null at first. */
  readonly later: ReadonlyMap<string, readonly string[]>;
}

/** Tables of the tools, not of the program. */
const TOOLS = /^(sqlite_|schema_migration|pg_)/;

type Any = Kysely<unknown> | Transaction<unknown>;
const any = (db: unknown): Any => db as Any;

async function sqliteShapes(db: Any): Promise<TableShape[]> {
  const { rows: tables } = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_schema where type = 'table' and sql not like 'create virtual%'`.execute(db);
  const shapes: TableShape[] = [];
  for (const { name, sql: statement } of tables) {
    const { rows: columns } = await sql<{ name: string; pk: number; notnull: number }>`
      select name, pk, "notnull" from pragma_table_info(${name})`.execute(db);
    const { rows: keys } = await sql<{ from: string; table: string }>`
      select "from", "table" from pragma_foreign_key_list(${name})`.execute(db);
    shapes.push({
      name,
      columns: columns.map((column) => column.name),
      key: columns
        .filter(({ pk }) => pk > 0)
        .sort((a, b) => a.pk - b.pk)
        .map((column) => column.name),
      numbered: /autoincrement/i.test(statement),
      refersTo: keys.map(({ from, table }) => ({
        column: from,
        table,
        nullable: columns.find((column) => column.name === from)?.notnull === 0,
      })),
    });
  }
  return shapes;
}

async function postgresShapes(db: Any): Promise<TableShape[]> {
  const { rows } = await sql<{
    name: string;
    columns: string[];
    key: string[];
    numbered: boolean;
    refers: { column: string; table: string; nullable: boolean }[];
  }>`
    select c.relname as name,
      (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      coalesce((select array_agg(a.attname::text order by k.n) from pg_constraint p
        cross join lateral unnest(p.conkey) with ordinality as k(attnum, n)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where p.conrelid = c.oid and p.contype = 'p'), '{}') as key,
      exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attidentity <> '') as numbered,
      coalesce((select json_agg(json_build_object('column', a.attname, 'table', f.relname, 'nullable', not a.attnotnull))
        from pg_constraint p join pg_class f on f.oid = p.confrelid
        join pg_attribute a on a.attrelid = c.oid and a.attnum = p.conkey[1]
        where p.conrelid = c.oid and p.contype = 'f'), '[]') as refers
    from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace`.execute(db);
  return rows.map(({ refers, ...shape }) => ({ ...shape, refersTo: refers }));
}

/**
 * Describes the tables of a database.
 *
 * @param exclude names of tables to leave out, such as an index that can be built anew
 * @throws Error when tables refer to each other in a circle of which no reference may be null
 */
export async function planCopy(
  db: unknown,
  engine: Engine,
  exclude: readonly RegExp[] = [],
): Promise<CopyPlan> {
  const all = engine === 'sqlite' ? await sqliteShapes(any(db)) : await postgresShapes(any(db));
  const shapes = all
    .filter(({ name }) => !TOOLS.test(name) && !exclude.some((pattern) => pattern.test(name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const later = new Map<string, string[]>();
  const waiting = new Map(shapes.map((shape) => [shape.name, shape]));
  const tables: TableShape[] = [];
  const open = ({ name, refersTo }: TableShape) =>
    refersTo.filter(({ table, column }) => waiting.has(table) && !later.get(name)?.includes(column));
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find((shape) => open(shape).length === 0);
    if (ready) {
      waiting.delete(ready.name);
      tables.push(ready);
      continue;
    }
    // A circle: the references of it that may be null are put in at the end.
    const breakable = [...waiting.values()].find((shape) => open(shape).every(({ nullable }) => nullable));
    if (!breakable) throw new Error(`tables refer to each other: ${[...waiting.keys()].join(', ')}`);
    later.set(breakable.name, [
      ...(later.get(breakable.name) ?? []),
      ...open(breakable).map(({ column }) => column),
    ]);
  }
  return { tables, later };
}

/**
 * Reads a table in the order of its key, part by part.
 *
 * @yields up to `size` rows at once
 */
export async function* readTable(
  db: unknown,
  { name, key }: TableShape,
  size = 1_000,
): AsyncGenerator<PortableRow[]> {
  const order = sql.join(key.map((column) => sql.ref(column)));
  let after: PortableRow | null = null;
  for (;;) {
    const last: PortableRow | null = after;
    const where: RawBuilder<unknown> =
      last === null
        ? sql``
        : sql`where (${order}) > (${sql.join(key.map((column) => sql.val(last[column])))})`;
    const query: RawBuilder<PortableRow> =
      key.length === 0
        ? sql<PortableRow>`select * from ${sql.table(name)}`
        : sql<PortableRow>`select * from ${sql.table(name)} ${where} order by ${order} limit ${size}`;
    const { rows } = await query.execute(any(db));
    if (rows.length > 0) yield rows.map((row) => ({ ...row }));
    if (key.length === 0 || rows.length < size) return;
    after = rows.at(-1) ?? null;
  }
}

/** How many rows each table has. */
export async function countRows(db: unknown, tables: readonly TableShape[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of tables) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(any(db));
    counts.set(name, Number(rows[0]?.n ?? 0));
  }
  return counts;
}

/** Parameters that one statement may have on both engines. */
const PARAMETERS = 30_000;

/** Puts rows into a table; columns of `later` stay null. Columns that the table does not have are an error. */
export async function insertRows(
  trx: unknown,
  { name, columns }: TableShape,
  rows: readonly PortableRow[],
  later: readonly string[] = [],
): Promise<void> {
  const first = rows[0];
  if (!first) return;
  const names = Object.keys(first);
  const unknown = names.find((column) => !columns.includes(column));
  if (unknown !== undefined) throw new Error(`the table ${name} has no column ${unknown}`);
  const step = Math.max(1, Math.floor(PARAMETERS / names.length));
  for (let from = 0; from < rows.length; from += step) {
    const values = rows
      .slice(from, from + step)
      .map(
        (row) =>
          sql`(${sql.join(names.map((column) => sql.val(later.includes(column) ? null : row[column])))})`,
      );
    await sql`insert into ${sql.table(name)} (${sql.join(names.map((column) => sql.ref(column)))})
      values ${sql.join(values)}`.execute(any(trx));
  }
}

/** Puts in the references that waited. */
export async function fillLater(
  trx: unknown,
  { name, key }: TableShape,
  rows: readonly PortableRow[],
  later: readonly string[],
): Promise<void> {
  for (const row of rows) {
    const set = later.filter((column) => row[column] !== null && row[column] !== undefined);
    if (set.length === 0) continue;
    const values = set.map((column) => sql`${sql.ref(column)} = ${sql.val(row[column])}`);
    const where = key.map((column) => sql`${sql.ref(column)} = ${sql.val(row[column])}`);
    await sql`update ${sql.table(name)} set ${sql.join(values)} where ${sql.join(where, sql` and `)}`.execute(
      any(trx),
    );
  }
}

/** Lets the database hand out ids after those that were put in. */
export async function advanceIds(
  trx: unknown,
  engine: Engine,
  { name, key, numbered }: TableShape,
): Promise<void> {
  const column = key[0];
  // SQLite counts along by itself.
  if (engine === 'sqlite' || !numbered || column === undefined) return;
  await sql`select setval(pg_get_serial_sequence(${`"${name}"`}, ${column}), m.top)
    from (select max(${sql.ref(column)}) as top from ${sql.table(name)}) m where m.top is not null`.execute(
    any(trx),
  );
}

/**
 * Tables in an order in which SQLite drops them: for a table that others cascade to or from, it compiles what a deletion
 * would do to those, and fails where one of them refers to a table that is gone.
 */
function referringFirst(shapes: readonly TableShape[]): string[] {
  const waiting = new Map(shapes.map((shape) => [shape.name, shape]));
  const names: string[] = [];
  while (waiting.size > 0) {
    const left = [...waiting.values()];
    const referred = new Set(
      left.flatMap(({ name, refersTo }) => refersTo.map(({ table }) => table).filter((one) => one !== name)),
    );
    // In a circle any of them will do.
    const next = left.find(({ name }) => !referred.has(name)) ?? left[0];
    if (!next) break;
    waiting.delete(next.name);
    names.push(next.name);
  }
  return names;
}

/**
 * Throws away every table of the program and makes the schema anew as far as some steps, in the transaction that is to
 * fill it: what was there stays if that fails. The database must have been migrated before.
 *
 * @param steps all steps of the program
 * @param upTo names of the steps to make, in order
 * @throws Error when a step is not among those of the program: it was made by a newer one
 */
export async function remakeSchema(
  trx: unknown,
  engine: Engine,
  steps: readonly Step[],
  upTo: readonly string[],
): Promise<void> {
  const unknown = upTo.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined) throw new Error(`the schema is of a newer program (${unknown})`);
  const db = any(trx);
  if (engine === 'sqlite') {
    await sql`pragma defer_foreign_keys = on`.execute(db);
    const { rows } = await sql<{ name: string; sql: string }>`
      select name, sql from sqlite_schema where type = 'table' and sql is not null`.execute(db);
    const virtual = rows.filter((table) => /^create virtual/i.test(table.sql));
    for (const { name } of virtual) await sql`drop table ${sql.table(name)}`.execute(db);
    // The tables in which a virtual one keeps its rows went with it.
    const mine = rows.filter(
      ({ name }) =>
        !TOOLS.test(name) && !virtual.some((one) => name === one.name || name.startsWith(`${one.name}_`)),
    );
    for (const { name } of mine) await sql`delete from ${sql.table(name)}`.execute(db);
    for (const name of referringFirst((await sqliteShapes(db)).filter(({ name }) => !TOOLS.test(name)))) {
      await sql`drop table ${sql.table(name)}`.execute(db);
    }
    await sql`delete from sqlite_sequence`.execute(db);
  } else {
    const shapes = (await postgresShapes(db)).filter(({ name }) => !TOOLS.test(name));
    await sql`set local statement_timeout = 0`.execute(db);
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(db);
    const names = shapes.map(({ name }) => sql.table(name));
    if (names.length > 0) await sql`drop table ${sql.join(names)} cascade`.execute(db);
  }
  await sql`delete from schema_migration`.execute(db);
  for (const step of steps.filter(({ name }) => upTo.includes(name))) await applyStep(trx, engine, step);
}

/** Runs one step of the schema and notes it as `migrate` would. */
export async function applyStep(trx: unknown, engine: Engine, step: Step): Promise<void> {
  for (const statement of step.statements(columnTypes(engine), engine)) {
    await sql.raw(statement).execute(any(trx));
  }
  await sql`insert into schema_migration (name, timestamp)
    values (${step.name}, ${new Date().toISOString()})`.execute(any(trx));
}

/** Names of the steps that a database has been through, in order. */
export async function appliedSteps(db: unknown): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from schema_migration order by name`.execute(
    any(db),
  );
  return rows.map(({ name }) => name);
}

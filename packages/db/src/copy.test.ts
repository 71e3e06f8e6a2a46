import { openTestDatabase } from '@gec/testing';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import {
  advanceIds,
  appliedSteps,
  applyStep,
  countRows,
  fillLater,
  insertRows,
  migrate,
  openDatabase,
  planCopy,
  readSnapshot,
  readTable,
  remakeSchema,
  type Database,
  type Engine,
  type PortableRow,
  type Step,
} from './index.ts';

const steps: Step[] = [
  {
    name: '0001_begin',
    statements: (t, engine) => [
      `create table team (id ${t.id}, name text not null unique, head_id ${t.bigint}, parent_id ${t.bigint} references team(id))`,
      `create table person (id ${t.id}, team_id ${t.bigint} references team(id), on_day ${t.date}, at ${t.timestamp}, ok ${t.bool})`,
      `create table pair (a text not null, b ${t.bigint} not null, n ${t.bigint}, primary key (a, b))`,
      `create table note (id ${t.id}, pair_id ${t.bigint} references person(id) on delete cascade,
        by_id ${t.bigint} references team(id) on delete set null)`,
      ...(engine === 'sqlite'
        ? [`create virtual table words using fts5(text, content='', contentless_delete=1)`]
        : [`create table words (id bigint primary key, terms int4[] not null)`]),
    ],
  },
  { name: '0002_more', statements: (t) => [`alter table person add column note ${t.text}`] },
];

const circle = (engine: Engine) =>
  engine === 'postgres'
    ? 'alter table team add constraint head foreign key (head_id) references person(id)'
    : 'select 1';

describe.each<[Engine, Engine]>([
  ['sqlite', 'postgres'],
  ['postgres', 'sqlite'],
])('copying from %s to %s', (from, to) => {
  const opened: { close(): Promise<void>; drop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) {
      await one.close();
      await one.drop();
    }
  });

  async function open(engine: Engine): Promise<Database<unknown> & { url: string }> {
    const test = await openTestDatabase(engine);
    const database = openDatabase<unknown>(test.url);
    await migrate(database, steps);
    opened.push({ close: () => database.close(), drop: () => test.drop() });
    return Object.assign(database, { url: test.url });
  }

  it('brings every row, references in a circle, and goes on numbering after them', async () => {
    const [source, target] = [await open(from), await open(to)];
    await sql.raw(circle(from)).execute(source.kysely);
    for (const statement of [
      `insert into team (id, name, head_id, parent_id) values (7, 'a', null, null), (3, 'b', null, 7)`,
      `insert into person (id, team_id, on_day, at, ok) values (40, 3, '2026-11-21', '2026-11-21T10:00:00.123Z', true)`,
      `update team set head_id = 40 where id = 7`,
      `update team set parent_id = 3 where id = 7`,
    ]) {
      await sql.raw(statement).execute(source.kysely);
    }
    const pairs = Array.from({ length: 2_345 }, (_, n) => ({ a: `k${n % 7}`, b: n, n: 2 ** 50 + n }));
    await source.transaction(async (trx) => {
      const { tables } = await planCopy(trx, from);
      await insertRows(
        trx,
        tables.find(({ name }) => name === 'pair')!,
        pairs,
      );
    });

    const taken = await readSnapshot(source.url, async (db) => {
      // What comes later is not seen, and is not kept from coming.
      await sql`insert into team (name) values ('late')`.execute(source.kysely);
      const { tables } = await planCopy(db, from, [/^words/]);
      const all: [string, PortableRow[]][] = [];
      for (const shape of tables) {
        const rows: PortableRow[] = [];
        for await (const part of readTable(db, shape, 500)) rows.push(...part);
        all.push([shape.name, rows]);
      }
      return all;
    });
    expect(taken.map(([name, rows]) => [name, rows.length])).toEqual(
      expect.arrayContaining([
        ['team', 2],
        ['person', 1],
        ['pair', 2_345],
      ]),
    );

    await sql`insert into team (name) values ('old')`.execute(target.kysely);
    await target.transaction(async (trx) => {
      await remakeSchema(trx, to, steps, ['0001_begin', '0002_more']);
      await sql.raw(circle(to)).execute(trx);
      const { tables, later } = await planCopy(trx, to, [/^words/]);
      const rowsOf = (name: string) => taken.find(([one]) => one === name)?.[1] ?? [];
      for (const shape of tables) await insertRows(trx, shape, rowsOf(shape.name), later.get(shape.name));
      for (const shape of tables) {
        const columns = later.get(shape.name);
        if (columns) await fillLater(trx, shape, rowsOf(shape.name), columns);
        await advanceIds(trx, to, shape);
      }
    });
    const { tables } = await planCopy(target.kysely, to, [/^words/]);
    for (const shape of tables) {
      const rows: PortableRow[] = [];
      for await (const part of readTable(target.kysely, shape)) rows.push(...part);
      expect(rows, shape.name).toEqual(taken.find(([name]) => name === shape.name)?.[1]);
    }
    expect((await countRows(target.kysely, tables)).get('pair')).toBe(2_345);
    const next = await target.transaction((trx) => target.dialect.nextId(trx, 'team'));
    expect(next).toBe(8);
    expect(await appliedSteps(target.kysely)).toEqual(['0001_begin', '0002_more']);
    expect(await migrate(target, steps)).toEqual([]);
  });

  it('makes an older schema, goes forward from there, and keeps what was there when that fails', async () => {
    const target = await open(to);
    await sql`insert into team (name) values ('kept')`.execute(target.kysely);
    const fails = target.transaction(async (trx) => {
      await remakeSchema(trx, to, steps, ['0001_begin']);
      throw new Error('no room');
    });
    await expect(fails).rejects.toThrow('no room');
    await expect(
      target.transaction((trx) => remakeSchema(trx, to, steps, ['0001_begin', '0009_newer'])),
    ).rejects.toThrow('newer');
    const { rows } = await sql<{ name: string }>`select name from team`.execute(target.kysely);
    expect(rows).toEqual([{ name: 'kept' }]);
    await target.transaction(async (trx) => {
      await remakeSchema(trx, to, steps, ['0001_begin']);
      const { tables } = await planCopy(trx, to);
      expect(tables.find(({ name }) => name === 'person')?.columns).not.toContain('note');
      for (const step of steps.slice(1)) await applyStep(trx, to, step);
    });
    expect(await migrate(target, steps)).toEqual([]);
    await sql`insert into person (note) values ('new')`.execute(target.kysely);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEachDatabase, testClock } from '@gec/testing';
import { sql, type Generated } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createOutboxWorker,
  enqueue,
  migrate,
  openDatabase,
  outboxTables,
  type Database,
  type OutboxTable,
  type Step,
} from './index.ts';

interface Tables {
  thing: { id: Generated<number>; name: string; flag: boolean | null; at: string; day: string | null };
  outbox: OutboxTable;
}

const steps: Step[] = [
  {
    name: '0001_test',
    statements: (t) => [
      `create table thing (id ${t.id}, name text not null unique, flag ${t.bool}, at ${t.timestamp}, day ${t.date})`,
      ...outboxTables(t),
    ],
  },
];

describeEachDatabase('db', (open) => {
  let db: Database<Tables>;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    const opened = await open();
    drop = opened.drop;
    db = openDatabase<Tables>(opened.url);
    expect(await migrate(db, steps)).toEqual(['0001_test']);
  });
  afterEach(async () => {
    await db.close();
    await drop();
  });

  it('migrates once, however often it is asked', async () => {
    expect(await migrate(db, steps)).toEqual([]);
  });

  it('keeps nothing of a step that fails', async () => {
    const bad: Step = {
      name: '0002_bad',
      statements: () => ['create table half (id integer)', 'create nonsense'],
    };
    await expect(migrate(db, [...steps, bad])).rejects.toThrow();
    await expect(sql`select * from half`.execute(db.kysely)).rejects.toThrow();
  });

  it('refuses a database that is newer than the program', async () => {
    const next: Step = { name: '0002_next', statements: () => ['create table next (id integer)'] };
    await migrate(db, [...steps, next]);
    await expect(migrate(db, steps)).rejects.toThrow();
  });

  it('gives the same JavaScript values on both engines', async () => {
    const at = '2026-11-21T14:05:00.123Z';
    await db.kysely.insertInto('thing').values({ name: 'a', flag: true, at, day: '2026-11-21' }).execute();
    const [row] = await db.kysely.selectFrom('thing').selectAll().where('flag', '=', true).execute();
    expect({ ...row }).toEqual({ id: 1, name: 'a', flag: true, at, day: '2026-11-21' });
    const returned = await db.kysely
      .insertInto('thing')
      .values({ name: 'b', flag: false, at, day: null })
      .returning(['flag', 'id'])
      .executeTakeFirstOrThrow();
    expect({ ...returned }).toEqual({ flag: false, id: 2 });
    const count = await db.kysely
      .selectFrom('thing')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    expect(count.n).toBe(2);
  });

  it('never binds what would be stored as something else', async () => {
    const insert = (name: unknown) => sql`insert into thing (name) values (${name})`.execute(db.kysely);
    if (db.engine === 'sqlite') {
      await expect(insert({})).rejects.toThrow(TypeError);
      await expect(insert(new Date())).rejects.toThrow(TypeError);
      await expect(insert(undefined)).rejects.toThrow(TypeError);
    }
    await insert("Robert'); drop table thing;--");
    expect(await db.kysely.selectFrom('thing').select('name').execute()).toHaveLength(1);
  });

  it('takes ids that the engine never gives again', async () => {
    const ids = await db.transaction((trx) => db.dialect.nextIds(trx, 'thing', 3));
    expect(ids).toHaveLength(3);
    const one = await db.transaction((trx) => db.dialect.nextId(trx, 'thing'));
    const at = '2026-11-21T14:05:00.000Z';
    const { id } = await db.kysely
      .insertInto('thing')
      .values({ name: 'x', flag: null, at, day: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect(new Set([...ids, one, id]).size).toBe(5);
  });

  it('recognises a taken value, and which column it is in', async () => {
    const insert = () => sql`insert into thing (name) values ('twice')`.execute(db.kysely);
    await insert();
    const error = await insert().catch((caught: unknown) => caught);
    expect(db.dialect.isUniqueViolation(error)).toBe(true);
    expect(db.dialect.isUniqueViolation(error, 'name')).toBe(true);
    expect(db.dialect.isUniqueViolation(error, 'other')).toBe(false);
    expect(db.dialect.isUnavailable(error)).toBe(false);
  });

  it('rolls a transaction back whole, and goes on', async () => {
    const work = db.transaction(async (trx) => {
      await sql`insert into thing (name) values ('gone')`.execute(trx);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await db.kysely.selectFrom('thing').selectAll().execute()).toEqual([]);
  });

  it('commits quickly where it is asked to, and waits for the medium again afterwards', async () => {
    const insert = (name: string) =>
      db.quickTransaction(async (trx) => {
        if (db.engine === 'postgres') {
          const { rows } = await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(trx);
          expect(rows[0]?.synchronous_commit).toBe('off');
        }
        await sql`insert into thing (name) values (${name})`.execute(trx);
      });
    await insert('kept');
    await expect(insert('kept')).rejects.toThrow();
    await Promise.all([insert('a'), db.transaction(async () => undefined), insert('b')]);
    await db.settled();
    const names = await db.kysely.selectFrom('thing').select('name').orderBy('name').execute();
    expect(names.map(({ name }) => name)).toEqual(['a', 'b', 'kept']);
  });

  describe('outbox', () => {
    it('runs a job once it is committed, and not when it is rolled back', async () => {
      const clock = testClock('2026-11-21T08:00:00Z');
      const seen: unknown[] = [];
      const worker = createOutboxWorker({
        database: db,
        clock,
        handlers: { greet: async (job) => void seen.push(job.payload) },
        onError: () => undefined,
      });
      await db.transaction((trx) => enqueue(trx, clock, 'greet', { n: 1 }));
      await db
        .transaction(async (trx) => {
          await enqueue(trx, clock, 'greet', { n: 2 });
          throw new Error('no');
        })
        .catch(() => undefined);
      expect(await worker.drain()).toBe(1);
      expect(seen).toEqual([{ n: 1 }]);
      expect(await worker.counts()).toEqual({ pending: 0, failed: 0 });
    });

    it('tries again later, gives up at last, shows why, and can be asked to try again', async () => {
      const clock = testClock('2026-11-21T08:00:00Z');
      let broken = true;
      let runs = 0;
      const worker = createOutboxWorker({
        database: db,
        clock,
        handlers: {
          mail: async () => {
            runs++;
            if (broken) throw new Error('relay away');
          },
        },
        onError: () => undefined,
      });
      await db.transaction((trx) => enqueue(trx, clock, 'mail', null));
      await worker.drain();
      expect(await worker.drain()).toBe(0);
      for (let i = 0; i < 10; i++) {
        clock.advance(2 * 3_600_000);
        await worker.drain();
      }
      expect(runs).toBe(8);
      const [failed] = await worker.failed();
      expect(failed).toMatchObject({ kind: 'mail', lastError: 'relay away' });
      broken = false;
      await worker.retry(failed!.id);
      await worker.drain();
      expect(await worker.counts()).toEqual({ pending: 0, failed: 0 });
      await worker.stop();
    });

    it('does no job twice, however long those before it in line take', async () => {
      const clock = testClock('2026-11-21T08:00:00Z');
      const seen: unknown[] = [];
      const other = createOutboxWorker({
        database: db,
        clock,
        handlers: { slow: async (job) => void seen.push(job.payload) },
        onError: () => undefined,
      });
      const worker = createOutboxWorker({
        database: db,
        clock,
        handlers: {
          slow: async (job) => {
            seen.push(job.payload);
            clock.advance(2 * 60_000);
            await other.drain();
          },
        },
        onError: () => undefined,
      });
      await db.transaction(async (trx) => {
        for (let n = 1; n <= 6; n++) await enqueue(trx, clock, 'slow', n);
      });
      await worker.drain();
      expect(seen.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await worker.counts()).toEqual({ pending: 0, failed: 0 });
    });

    it('stops after the job at hand and leaves the others as if they had not been begun', async () => {
      const clock = testClock('2026-11-21T08:00:00Z');
      const seen: unknown[] = [];
      const stopping: { done?: Promise<void> } = {};
      const worker = createOutboxWorker({
        database: db,
        clock,
        handlers: {
          once: async (job) => {
            seen.push(job.payload);
            stopping.done ??= worker.stop();
          },
        },
        onError: () => undefined,
      });
      await db.transaction(async (trx) => {
        for (let n = 1; n <= 3; n++) await enqueue(trx, clock, 'once', n);
      });
      await worker.drain();
      await stopping.done;
      expect(seen).toEqual([1]);
      const { rows } = await sql`select state, attempts, lease_owner from outbox order by id`.execute(
        db.kysely,
      );
      expect(rows).toEqual(
        [2, 3].map(
          () => expect.objectContaining({ state: 'pending', attempts: 0, lease_owner: null }) as unknown,
        ),
      );
    });

    it('takes over a job whose process died', async () => {
      const clock = testClock('2026-11-21T08:00:00Z');
      await db.transaction((trx) => enqueue(trx, clock, 'greet', null));
      await sql`update outbox set state = 'running', lease_owner = 'dead', attempts = 1,
        lease_until = '2026-11-21T08:05:00.000Z'`.execute(db.kysely);
      let runs = 0;
      const worker = createOutboxWorker({
        database: db,
        clock,
        handlers: { greet: async () => void runs++ },
        onError: () => undefined,
      });
      expect(await worker.drain()).toBe(0);
      clock.advance(6 * 60_000);
      expect(await worker.drain()).toBe(1);
      expect(runs).toBe(1);
    });
  });
});

describe('openDatabase', () => {
  it('plans the work of FTS5 without statistics, however they came to be gathered', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'gec-db-'));
    const analysed = async (work: (database: Database<Tables>) => Promise<void>) => {
      const database = openDatabase<Tables>(`sqlite:${join(dir, 'a.db')}`);
      await work(database);
      const found = await sql<{ tbl: string }>`select distinct tbl from sqlite_stat1`.execute(
        database.kysely,
      );
      await database.close();
      return found.rows.map(({ tbl }) => tbl).filter((tbl) => !tbl.startsWith('sqlite_'));
    };
    try {
      const first = await analysed(async ({ kysely }) => {
        await sql`create table a (x integer primary key, y integer unique)`.execute(kysely);
        await sql`insert into a values (1, 2)`.execute(kysely);
        await sql`create virtual table f using fts5(t, content='', detail=none)`.execute(kysely);
        await sql`insert into f (rowid, t) values (1, 'un')`.execute(kysely);
        await sql`analyze`.execute(kysely);
      });
      expect(first).toContain('f_data');
      expect(await analysed(async () => undefined)).toEqual(['a']);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('refuses an address of no known engine', () => {
    expect(() => openDatabase('mysql://x')).toThrow(/sqlite: or postgres/);
  });
});

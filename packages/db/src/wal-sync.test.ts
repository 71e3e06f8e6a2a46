import { fdatasync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kysely, sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dialectOf } from './dialect.ts';
import { SqliteConnection, sqliteDialect } from './sqlite.ts';
import { SyncError } from './wal-sync.ts';

const syncFile = promisify(fdatasync);

let dir: string;
let connection: SqliteConnection;
let lost: Error[];
let db: Kysely<unknown>;
let quick: Kysely<unknown>;
/** Ends the syncs that are under way, oldest first; `null` lets it succeed. */
let medium: ((error: Error | null) => void)[];
let done: string[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gec-sync-'));
  medium = [];
  done = [];
  lost = [];
  connection = new SqliteConnection(
    join(dir, 'a.db'),
    (error) => lost.push(error),
    async (fd) => {
      await new Promise<void>((resolve, reject) =>
        medium.push((error) => (error ? reject(error) : resolve())),
      );
      await syncFile(fd);
    },
  );
  db = new Kysely({ dialect: sqliteDialect(connection, true) });
  quick = new Kysely({ dialect: sqliteDialect(connection, false) });
  await sql`create table thing (name text unique)`.execute(quick);
});

afterEach(async () => {
  for (const end of medium) end(null);
  await db.destroy();
  await rm(dir, { recursive: true });
});

const insert = (on: Kysely<unknown>, name: string) =>
  on
    .transaction()
    .execute((trx) => sql`insert into thing (name) values (${name})`.execute(trx))
    .then(() => done.push(name));

/** Lets everything run that waits for nothing. */
const idle = () => new Promise((resolve) => setImmediate(resolve));

it('tells of a commit only when it is on the medium, and of those that came meanwhile together', async () => {
  const all = [insert(db, 'a'), insert(db, 'b'), insert(db, 'c')];
  await idle();
  expect(medium).toHaveLength(1);
  expect(done).toEqual([]);
  // The connection is free meanwhile: readers and writers go on.
  const { rows } = await sql<{ name: string }>`select name from thing order by name`.execute(db);
  expect(rows.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  medium.shift()?.(null);
  await all[0];
  expect(done).toEqual(['a']);
  while (medium.length === 0) await idle();
  expect(medium).toHaveLength(1);
  medium.shift()?.(null);
  await Promise.all(all);
  expect(done).toEqual(['a', 'b', 'c']);
});

it('waits after a statement of its own too, but not after a read, a rollback or a quick transaction', async () => {
  await insert(quick, 'quick');
  await sql`select * from thing`.execute(db);
  await expect(insert(db, 'quick')).rejects.toThrow(/UNIQUE/);
  expect(medium).toHaveLength(0);
  const alone = sql`update thing set name = 'changed'`.execute(db);
  await idle();
  expect(medium).toHaveLength(1);
  medium.shift()?.(null);
  await alone;
});

it('answers nobody any more once the medium has failed: what is kept is known only after a new start', async () => {
  const failing = insert(db, 'a');
  await idle();
  medium.shift()?.(new Error('EIO'));
  const error = await failing.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(SyncError);
  expect(dialectOf('sqlite').isUnavailable(error)).toBe(true);
  await expect(insert(db, 'b')).rejects.toBe(error);
  await expect(sql`select 1`.execute(quick)).rejects.toBe(error);
  expect(done).toEqual([]);
  // Whoever has read the row before the failure must not tell of it either.
  await expect(connection.sync.settled()).rejects.toBe(error);
  expect(lost).toEqual([error]);
});

it('serves those who ask between two syncs by the one that is about to begin', async () => {
  const first = connection.sync.wait();
  const second = connection.sync.wait();
  let third: Promise<void> | undefined;
  // The first has ended, the second has not begun.
  void first.then(() => (third = connection.sync.wait()));
  await idle();
  medium.shift()?.(null);
  await first;
  await idle();
  expect(medium).toHaveLength(1);
  medium.shift()?.(null);
  await Promise.all([second, third]);
});

it('has told of nothing that a power cut takes back', async () => {
  // What the medium holds: the file as it was made, and of the log what was there when the last sync began.
  const path = join(dir, 'cut.db');
  let onMedium = Buffer.alloc(0);
  const opened = new SqliteConnection(path, undefined, async (fd) => {
    const written = readFileSync(`${path}-wal`);
    await syncFile(fd);
    await idle();
    onMedium = written;
  });
  const cut = new Kysely<unknown>({ dialect: sqliteDialect(opened, true) });
  await sql`create table thing (name text unique)`.execute(cut);
  const file = readFileSync(path);
  const told: string[] = [];
  let cuts = 0;
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let n = 0; n < 5; n++) {
      const name = `${writer}.${n}`;
      await cut.transaction().execute((trx) => sql`insert into thing (name) values (${name})`.execute(trx));
      told.push(name);
      const after = join(dir, `after-${cuts++}.db`);
      writeFileSync(after, file);
      writeFileSync(`${after}-wal`, onMedium);
      const { raw } = new SqliteConnection(after);
      const kept = raw
        .prepare('select name from thing')
        .all()
        .map((row) => row['name']);
      raw.close();
      expect(kept).toEqual(expect.arrayContaining(told));
    }
  });
  await Promise.all(writers);
  await cut.destroy();
  expect(told).toHaveLength(20);
});

it('finds the log where the name of the database is a link', async () => {
  await symlink(join(dir, 'a.db'), join(dir, 'link.db'));
  const linked = new Kysely<unknown>({
    dialect: sqliteDialect(new SqliteConnection(join(dir, 'link.db')), true),
  });
  await sql`insert into thing (name) values ('through the link')`.execute(linked);
  await linked.destroy();
  const { rows } = await sql`select name from thing`.execute(quick);
  expect(rows).toHaveLength(1);
});

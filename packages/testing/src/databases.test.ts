import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { expect, it } from 'vitest';
import { describeEachDatabase, fromTemplate } from './databases.ts';

/** Runs statements on a database of either engine, by its address alone. */
async function run(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  let rows: Record<string, unknown>[] = [];
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length));
    for (const statement of statements) rows = database.prepare(statement).all();
    database.close();
  } else {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    await client.end();
  }
  return rows;
}

describeEachDatabase('databases for tests', (open, engine) => {
  it('are empty and independent of each other', async () => {
    const [first, second] = [await open(), await open()];
    expect(first.url).not.toBe(second.url);
    expect(first.engine).toBe(engine);
    await run(first.url, 'CREATE TABLE t (a INTEGER)');
    await run(second.url, 'CREATE TABLE t (b INTEGER)', 'INSERT INTO t (b) VALUES (2)');
    expect(await run(first.url, 'SELECT * FROM t')).toEqual([]);
  });

  it('are copied from a template that is built once', async () => {
    let builds = 0;
    const template = fromTemplate('databases.test', async ({ url }) => {
      builds += 1;
      await run(url, 'CREATE TABLE t (a INTEGER)', 'INSERT INTO t (a) VALUES (1)');
    });
    const databases = await Promise.all([open(template), open(template), open(template)]);
    await run(databases[0].url, 'INSERT INTO t (a) VALUES (2)');
    expect(await run(databases[0].url, 'SELECT a FROM t ORDER BY a')).toHaveLength(2);
    expect(await run(databases[1].url, 'SELECT a FROM t ORDER BY a')).toHaveLength(1);
    expect(builds).toBe(1);
  });

  it('can be dropped twice', async () => {
    const database = await open();
    await run(database.url, 'CREATE TABLE t (a INTEGER)');
    await database.drop();
    await database.drop();
  });
});

import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { Step } from './migrate.ts';

/** Copies that are kept; the oldest go. */
const KEPT = 3;
const COPY = /^avant-.+\.db$/;

async function appliedNames<T>({ kysely }: Database<T>): Promise<string[]> {
  const { rows: tables } = await sql`select 1 from sqlite_schema where name = 'schema_migration'`.execute(
    kysely,
  );
  if (tables.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from schema_migration order by name`.execute(
    kysely,
  );
  return rows.map(({ name }) => name);
}

/**
 * Copies an SQLite database beside itself before steps change it, whole and consistent, so that there is a way back to
 * the version before. Nothing is done for an empty database, for one at the newest schema, or on PostgreSQL, whose copies
 * its own tools make (docs/DEPLOIEMENT.md).
 *
 * @param url of the database, as for `openDatabase`
 * @param steps those that {@link migrate} is about to be given
 * @param now instant that the copy is named after
 * @returns the path of the copy, or null where none was needed
 * @throws when there is no room for it: then nothing may be changed either
 */
export async function copyBeforeSteps<T>(
  database: Database<T>,
  url: string,
  steps: readonly Step[],
  now: Date,
): Promise<string | null> {
  if (database.engine !== 'sqlite') return null;
  const applied = await appliedNames(database);
  const last = applied.at(-1);
  if (last === undefined || steps.every(({ name }) => applied.includes(name))) return null;
  const folder = join(dirname(url.slice('sqlite:'.length)), 'mises-a-jour');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stamp = now.toISOString().replace(/[:.]/g, '-');
  const path = join(folder, `avant-${stamp}-${last}.db`);
  // Another process that starts at the same instant makes the same copy.
  if (existsSync(path)) return path;
  await sql`vacuum into ${sql.lit(path)}`.execute(database.kysely);
  chmodSync(path, 0o600);
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
  const old = readdirSync(folder)
    .filter((name) => COPY.test(name))
    .sort()
    .slice(0, -KEPT);
  for (const name of old) rmSync(join(folder, name));
  return path;
}

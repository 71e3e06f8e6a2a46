import { existsSync } from 'node:fs';
import { sql } from 'kysely';
import { engineOf, openDatabase } from './database.ts';
import type { Step } from './migrate.ts';
import type { Engine } from './types.ts';

/** What somebody who sets up a machine wants to know of a database, read without changing anything. */
export interface Diagnosis {
  readonly engine: Engine;
  /** Of the server, or of the library. */
  readonly version: string;
  readonly encoding: string;
  /** Of our sessions; a pooler between may have dropped what we ask for. */
  readonly timeZone: string;
  /** A standby, or a database that takes no writes. */
  readonly readOnly: boolean;
  /** How far this machine's clock is ahead of the database's, in milliseconds; 0 on SQLite. */
  readonly driftMs: number;
  /** Steps of the schema that are done; empty where the program never started. */
  readonly applied: readonly string[];
  /** Steps that the next start runs. */
  readonly pending: readonly string[];
  /** Steps that this program does not know: a newer one was here. */
  readonly unknown: readonly string[];
}

/** PostgreSQL's code for a table that is not there. */
const UNDEFINED_TABLE = '42P01';

function isMissingTable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === UNDEFINED_TABLE) || /no such table/.test(error.message);
}

async function appliedSteps(db: ReturnType<typeof openDatabase>['kysely']): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from schema_migration order by name`.execute(db);
    return rows.map(({ name }) => name);
  } catch (error) {
    if (isMissingTable(error)) return [];
    throw error;
  }
}

async function serverFacts(db: ReturnType<typeof openDatabase>['kysely'], engine: Engine) {
  if (engine === 'sqlite') {
    const { rows } = await sql<{ version: string; encoding: string }>`
      select sqlite_version() as version, (select encoding from pragma_encoding()) as encoding`.execute(db);
    return { ...rows[0]!, timeZone: 'UTC', readOnly: false, driftMs: 0 };
  }
  const asked = Date.now();
  const { rows } = await sql<{
    version: string;
    encoding: string;
    zone: string;
    readonly: boolean;
    now: string;
  }>`
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
      current_setting('TimeZone') as zone, clock_timestamp()::timestamptz(3) as now,
      pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as readonly`.execute(db);
  const { version, encoding, zone, readonly: readOnly, now } = rows[0]!;
  // The server looked at its clock about halfway between question and answer.
  const driftMs = Math.round((asked + Date.now()) / 2 - Date.parse(now));
  return { version, encoding, timeZone: zone, readOnly, driftMs };
}

/**
 * Looks at a database without changing it.
 *
 * @param url as for `openDatabase`
 * @param steps the schema of the program
 * @returns null when there is no file yet (SQLite), which the first start makes
 * @throws when the database cannot be opened or asked
 */
export async function diagnose(url: string, steps: readonly Step[]): Promise<Diagnosis | null> {
  const engine = engineOf(url);
  if (engine === 'sqlite' && !existsSync(url.slice('sqlite:'.length))) return null;
  const database = openDatabase(url, { maxConnections: 1 });
  try {
    // The connection first: what it takes is no part of how far the clocks are apart.
    await database.ping();
    const facts = await serverFacts(database.kysely, engine);
    const applied = await appliedSteps(database.kysely);
    const names = steps.map(({ name }) => name);
    return {
      engine,
      ...facts,
      applied,
      pending: names.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !names.includes(name)),
    };
  } finally {
    await database.close();
  }
}

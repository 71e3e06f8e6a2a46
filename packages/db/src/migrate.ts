import { sql } from 'kysely';
import { Migrator, type Migration } from 'kysely/migration';
import type { Database } from './database.ts';
import { columnTypes, type ColumnTypes, type Engine } from './types.ts';

/** One step of the schema: the statements to run, in order. Steps only go forward. */
export interface Step {
  /** Sorts after every earlier step: `0001_initial`. */
  readonly name: string;
  statements(types: ColumnTypes, engine: Engine): readonly string[];
}

/**
 * Brings a database to the newest schema. Several processes may start at once: one does the work, the others wait.
 *
 * @returns the names of the steps that were run now
 * @throws when a step fails (nothing of it stays), or when the database is newer than the program
 */
export async function migrate<T>(database: Database<T>, steps: readonly Step[]): Promise<string[]> {
  const types = columnTypes(database.engine);
  const migrations: Record<string, Migration> = {};
  for (const step of steps) {
    migrations[step.name] = {
      async up(db) {
        for (const statement of step.statements(types, database.engine)) await sql.raw(statement).execute(db);
      },
    };
  }
  const migrator = new Migrator({
    db: database.kysely,
    provider: { getMigrations: async () => migrations },
    migrationTableName: 'schema_migration',
    migrationLockTableName: 'schema_migration_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw error instanceof Error ? error : new Error(JSON.stringify(error));
  return (results ?? [])
    .filter((result) => result.status === 'Success')
    .map((result) => result.migrationName);
}

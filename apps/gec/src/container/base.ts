import { type Clock, systemClock } from '@gec/core';
import { copyBeforeSteps, type Database, migrate, openDatabase } from '@gec/db';
import { createLogger, leaveSoon } from '@gec/http';
import type { Fetch } from '@gec/licence-client';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Base } from '../context.ts';
import { migrations } from '../db/migrations/index.ts';
import type { GecTables } from '../db/schema.ts';
import { seedPeople } from '../db/seed.ts';
import { ouvrirTrousseau } from '../modules/cles/cles.maitre.ts';
import type { OpenAtelier } from '../workers/atelier.ts';

/** What the programs, the command line and tests bring themselves. */
export interface ContainerOverrides {
  clock?: Clock;
  logger?: Logger;
  /** How the licence server is asked. */
  licenceFetch?: Fetch;
  /** Sets up what works in child processes; the container closes it. */
  openAtelier: OpenAtelier;
}

/** Opens the database at the newest schema, with its keys and what every installation begins with. */
export async function openBase(
  config: Config,
  { clock = systemClock, logger }: Pick<ContainerOverrides, 'clock' | 'logger'>,
): Promise<Base> {
  const log = logger ?? createLogger({ level: config.logLevel });
  const database: Database<GecTables> = openDatabase<GecTables>(config.databaseUrl, {
    maxConnections: config.databaseConnections,
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
    onLost: (error) => leaveSoon(log, error),
    onChange: (server) => log.warn({ server }, 'another database server takes the writes now'),
    reads: config.reads,
  });
  try {
    const copy = await copyBeforeSteps(database, config.databaseUrl, migrations, clock.now());
    if (copy !== null) log.warn({ copy }, 'the schema is older: the database was copied before its update');
    await migrate(database, migrations);
    const opened = await ouvrirTrousseau(config, database, clock);
    await database.transaction((trx) => seedPeople(trx, clock.now().toISOString()));
    return { ...opened, database, clock, logger: log };
  } catch (error) {
    await database.close();
    throw error;
  }
}

import type { Clock } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Transaction } from 'kysely';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { LicenceTables } from './db/schema.ts';

/** The transaction of a use case, passed explicitly to everything that takes part in it. */
export type Trx = Transaction<LicenceTables>;

/** What every module may be built from. */
export interface Base {
  readonly config: Config;
  readonly database: Database<LicenceTables>;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly logger: Logger;
}

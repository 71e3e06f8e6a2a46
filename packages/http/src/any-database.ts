import type { AnyKysely } from '@gec/db';

/** The database of any program whose schema holds the tables that this package declares. */
export interface AnyDatabase {
  readonly kysely: AnyKysely;
  transaction<R>(work: (trx: AnyKysely) => Promise<R>): Promise<R>;
}

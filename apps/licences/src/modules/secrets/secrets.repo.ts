import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import type { Trx } from '../../context.ts';
import type { LicenceTables } from '../../db/schema.ts';

const PEPPER = 'pepper';
const place = { table: 'kept_secret', column: 'value', id: PEPPER };

/** The pepper that passwords were hashed with before the secret changed; null when it never did. */
export async function readPepper(
  { kysely }: Database<LicenceTables>,
  { fields }: Keyring,
): Promise<string | null> {
  const row = await kysely
    .selectFrom('kept_secret')
    .select('value')
    .where('name', '=', PEPPER)
    .executeTakeFirst();
  return row ? fields.open(place, row.value) : null;
}

/** Keeps the pepper, unless one is kept already. */
export async function keepPepper(trx: Trx, { fields }: Keyring, pepper: string): Promise<void> {
  await trx
    .insertInto('kept_secret')
    .values({ name: PEPPER, value: fields.seal(place, pepper) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

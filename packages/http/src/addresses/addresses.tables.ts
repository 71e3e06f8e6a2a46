import type { ColumnTypes } from '@gec/db';
import type { Generated } from 'kysely';

interface AddressRule {
  id: Generated<number>;
  /** `address/prefix`. */
  cidr: string;
  reason: string;
  /** Until when it counts; `null`: until it is removed. */
  expires_at: string | null;
  created_at: string;
  /** Id of the user who made it; `null`: the program. */
  created_by: number | null;
}

/** The lists of addresses, as Kysely sees them. */
export interface AddressTables {
  ip_block: AddressRule;
  ip_whitelist: AddressRule;
}

/**
 * The statements that make the two lists of addresses.
 *
 * @param types column types of the engine
 * @param users table whose `id` `created_by` refers to, quoted if need be (`"user"`); none: no foreign key
 */
export function addressTables(types: ColumnTypes, users?: string): string[] {
  const reference = users === undefined ? '' : ` references ${users} (id) on delete set null`;
  return ['ip_block', 'ip_whitelist'].flatMap((table) => [
    `create table ${table} (
      id ${types.id},
      cidr ${types.text} not null unique,
      reason ${types.text} not null,
      expires_at ${types.timestamp},
      created_at ${types.timestamp} not null,
      created_by ${types.bigint}${reference}
    )`,
    `create index ${table}_created_by on ${table} (created_by)`,
  ]);
}

import type { ColumnTypes } from '@gec/db';

/** The tables of the login guard, as Kysely sees them. Instants are milliseconds since 1970, so that both engines
 * compare them alike. Accounts are keyed digests; addresses stay readable for the administrator. */
export interface LockoutTables {
  /** How often an account was tried in vain from an address, and until when it waits; also the wider brakes. */
  login_lock: {
    key: string;
    kind: 'pair' | 'address' | 'account';
    account: string;
    address: string;
    failures: number;
    window_start: number;
    /** How many times it was locked in a row. */
    locks: number;
    locked_until: number;
  };
  /** Every failure of the last hour. */
  login_failure: { account: string; address: string; failed_at: number };
  /** From where an account signed in before. */
  login_address: { account: string; address: string; seen_at: number };
}

/** The statements that make the tables of the login guard. */
export function lockoutTables(types: ColumnTypes): string[] {
  return [
    `create table login_lock (
      key ${types.text} primary key,
      kind ${types.text} not null,
      account ${types.text} not null,
      address ${types.text} not null,
      failures ${types.integer} not null,
      window_start ${types.bigint} not null,
      locks ${types.integer} not null,
      locked_until ${types.bigint} not null
    )`,
    'create index login_lock_account on login_lock (account)',
    'create index login_lock_until on login_lock (locked_until)',
    `create table login_failure (
      account ${types.text} not null,
      address ${types.text} not null,
      failed_at ${types.bigint} not null
    )`,
    'create index login_failure_address on login_failure (address, failed_at)',
    'create index login_failure_account on login_failure (account, failed_at)',
    'create index login_failure_at on login_failure (failed_at)',
    `create table login_address (
      account ${types.text} not null,
      address ${types.text} not null,
      seen_at ${types.bigint} not null,
      primary key (account, address)
    )`,
    'create index login_address_at on login_address (seen_at)',
  ];
}

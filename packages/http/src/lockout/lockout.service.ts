import { createHmac } from 'node:crypto';
import { foldName, type Clock } from '@gec/core';
import type { AnyKysely } from '@gec/db';
import { addressGroup } from '../addresses/normalize.ts';
import type { AnyDatabase } from '../any-database.ts';
import {
  DEFAULT_LOCKOUT,
  FRESH_PAIR,
  reserve,
  type LockoutPolicy,
  type PairState,
} from './lockout.policy.ts';
import { lockoutRepo, type LockRow } from './lockout.repo.ts';

/** Too many attempts: seconds until the next one makes sense. */
export interface Refusal {
  readonly retryAfter: number;
}

/** An account that is locked at one address now. */
export interface LockedPair {
  /** Keyed digest of the account; `accountKey(account)` of the guard makes the same. */
  readonly account: string;
  readonly address: string;
  readonly failures: number;
  /** How many times in a row it was locked. */
  readonly locks: number;
  /** ISO 8601, UTC. */
  readonly lockedUntil: string;
}

/**
 * Slows guessing of passwords. Call `check` before looking at the password; then `failed` or `succeeded`.
 *
 * `account` is the canonical name of what is tried: when the account exists, always the same word for it, such as
 * `user:12`, whether its name or its e-mail was typed; else what was typed.
 */
export interface LoginGuard {
  /**
   * Reserves an attempt, which counts as a failure until `succeeded` says otherwise.
   * @returns `null` when the password may be looked at
   */
  check(account: string, ip: string): Promise<Refusal | null>;
  /** Notes that the password was wrong. @returns the lock that this failure led to, if it did */
  failed(account: string, ip: string): Promise<Refusal | null>;
  /** Notes that the password was right: the failures of the pair are forgotten, its address is known from now on. */
  succeeded(account: string, ip: string): Promise<void>;
  /** Lifts all locks of an account. @returns how many there were */
  unlock(account: string): Promise<number>;
  /**
   * Lifts the lock of one account at one address, as `list` names them; an account that does not exist has no name by
   * which `unlock` could be called. @returns whether there was one
   */
  unlockPair(account: string, address: string, trx?: AnyKysely): Promise<boolean>;
  /** The accounts that are locked now, at which addresses. */
  list(): Promise<LockedPair[]>;
  /** The digest that stands for an account in `list`. */
  accountKey(account: string): string;
  /** Removes what no longer counts; to be called now and then. */
  sweep(): Promise<void>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KNOWN_ADDRESS_DAYS = 90;

function stateOf(row: LockRow): PairState {
  return {
    failures: row.failures,
    windowStart: row.window_start,
    locks: row.locks,
    lockedUntil: row.locked_until,
  };
}

function refusal(ms: number): Refusal {
  return { retryAfter: Math.max(1, Math.ceil(ms / 1000)) };
}

/**
 * A login guard whose memory is the database: it survives restarts and counts over all processes.
 *
 * - One account from one address: 8 failures lock this pair for 15 minutes, then 30, and so on up to a day. Colleagues
 *   behind the same address, and the person at another address, are not concerned.
 * - One address that fails with very many accounts is slowed, unless `isTrusted` vouches for it, and one account that
 *   fails very often from anywhere is slowed; neither concerns a person where they signed in before.
 *
 * @param options.secret keys the digests of accounts, so that the database does not tell who was tried
 */
export function createLoginGuard(options: {
  db: AnyDatabase;
  clock: Clock;
  secret: string;
  policy?: () => Partial<LockoutPolicy> | Promise<Partial<LockoutPolicy>>;
  isTrusted?: (ip: string) => boolean | Promise<boolean>;
}): LoginGuard {
  const { db, clock, secret, isTrusted } = options;
  const policyNow = async (): Promise<LockoutPolicy> => ({
    ...DEFAULT_LOCKOUT,
    ...(await options.policy?.()),
  });
  const nowMs = () => clock.now().getTime();
  const accountKey = (account: string) =>
    createHmac('sha256', secret)
      .update(`login account ${foldName(account)}`)
      .digest('hex')
      .slice(0, 40);
  const freshRow = (kind: LockRow['kind'], account: string, address: string): LockRow => ({
    key: `${kind} ${account} ${address}`,
    kind,
    account,
    address,
    failures: FRESH_PAIR.failures,
    window_start: FRESH_PAIR.windowStart,
    locks: FRESH_PAIR.locks,
    locked_until: FRESH_PAIR.lockedUntil,
  });

  /** Takes the next turn of something slowed, or says how long it takes until then. */
  async function takeTurn(trx: AnyKysely, fresh: LockRow, now: number, everyMs: number): Promise<number> {
    const row = await lockoutRepo.hold(trx, fresh);
    if (row.locked_until > now) return row.locked_until - now;
    await lockoutRepo.keep(trx, row.key, { ...stateOf(row), windowStart: now, lockedUntil: now + everyMs });
    return 0;
  }

  async function wideBrakes(
    trx: AnyKysely,
    pair: { account: string; address: string; trusted: boolean },
    now: number,
    policy: LockoutPolicy,
  ): Promise<number> {
    const { account, address, trusted } = pair;
    // Whoever signed in from here before has the lock of the pair only: nobody else can use up their turn.
    if (await lockoutRepo.isKnown(trx, account, address)) return 0;
    const everyMs = policy.slowSeconds * 1000;
    if (!trusted) {
      const accounts = await lockoutRepo.accountsFrom(trx, address, now - 15 * MINUTE);
      if (accounts >= policy.accountsPerAddress) {
        const wait = await takeTurn(trx, freshRow('address', '', address), now, everyMs);
        if (wait > 0) return wait;
      }
    }
    if ((await lockoutRepo.failuresOf(trx, account, now - HOUR)) < policy.failuresPerAccount) return 0;
    return takeTurn(trx, freshRow('account', account, ''), now, everyMs);
  }

  return {
    accountKey,

    async check(accountName, ip) {
      const account = accountKey(accountName);
      const address = addressGroup(ip);
      const trusted = (await isTrusted?.(ip)) ?? false;
      // Before the transaction: SQLite has one connection, and the settings are in the database too.
      const policy = await policyNow();
      return db.transaction(async (trx) => {
        const now = nowMs();
        const wait = await wideBrakes(trx, { account, address, trusted }, now, policy);
        if (wait > 0) return refusal(wait);
        const row = await lockoutRepo.hold(trx, freshRow('pair', account, address));
        const attempt = reserve(stateOf(row), now, policy);
        if (attempt.wait > 0) return refusal(attempt.wait);
        await lockoutRepo.keep(trx, row.key, attempt.state);
        return null;
      });
    },

    async failed(accountName, ip) {
      const account = accountKey(accountName);
      const address = addressGroup(ip);
      const now = nowMs();
      await lockoutRepo.addFailure(db.kysely, account, address, now);
      const row = await lockoutRepo.find(db.kysely, freshRow('pair', account, address).key);
      return row && row.locked_until > now ? refusal(row.locked_until - now) : null;
    },

    async succeeded(accountName, ip) {
      const account = accountKey(accountName);
      const address = addressGroup(ip);
      await db.transaction(async (trx) => {
        await lockoutRepo.forget(trx, freshRow('pair', account, address).key);
        await lockoutRepo.remember(trx, account, address, nowMs());
      });
    },

    unlock: (accountName) => db.transaction((trx) => lockoutRepo.unlock(trx, accountKey(accountName))),

    unlockPair: (account, address, trx) => lockoutRepo.unlockPair(trx ?? db.kysely, account, address),

    async list() {
      const rows = await lockoutRepo.locked(db.kysely, nowMs());
      return rows.map((row) => ({
        account: row.account,
        address: row.address,
        failures: row.failures,
        locks: row.locks,
        lockedUntil: new Date(row.locked_until).toISOString(),
      }));
    },

    async sweep() {
      const now = nowMs();
      const { forgetMinutes, windowMinutes } = await policyNow();
      const remembered = Math.max(forgetMinutes, windowMinutes) * MINUTE;
      await lockoutRepo.sweep(db.kysely, {
        failures: now - HOUR,
        locks: now - remembered,
        addresses: now - KNOWN_ADDRESS_DAYS * DAY,
      });
    },
  };
}

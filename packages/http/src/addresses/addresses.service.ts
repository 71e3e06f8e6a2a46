import { BlockList, isIPv6 } from 'node:net';
import { invalid, type Clock, type Lang } from '@gec/core';
import type { AnyKysely } from '@gec/db';
import type { AnyDatabase } from '../any-database.ts';
import { httpTexts } from '../http.texts.ts';
import type { AddressGate } from '../types.ts';
import { addressesRepo, type AddressList, type AddressRow } from './addresses.repo.ts';
import { parseCidr, plainAddress } from './normalize.ts';

/** A range of addresses that is blocked or allowed by hand. Instants are ISO 8601, UTC. */
export interface AddressRuleInfo {
  readonly id: number;
  /** `address/prefix`. */
  readonly cidr: string;
  readonly reason: string;
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly createdBy: number | null;
}

/** What is needed to make a rule. */
export interface NewAddressRule {
  /** An address, or a range in CIDR notation. */
  readonly cidr: string;
  readonly reason: string;
  readonly expiresAt?: string | null;
  readonly createdBy: number | null;
}

export interface AddressPolicy extends AddressGate {
  /** Blocked by hand, and not allowed by hand: allowing wins. */
  isBlocked(ip: string): boolean | Promise<boolean>;
  /** Allowed by hand. */
  isAllowed(ip: string): Promise<boolean>;
  /** Puts a range on a list, or replaces the rule of the same range. @throws AppError `invalid` (field `cidr`) */
  add(list: AddressList, rule: NewAddressRule, lang: Lang, trx?: AnyKysely): Promise<AddressRuleInfo>;
  /** @returns the rule that was removed, or `null` */
  remove(list: AddressList, id: number, trx?: AnyKysely): Promise<AddressRuleInfo | null>;
  /** The rules that count now, the latest first. */
  list(list: AddressList): Promise<AddressRuleInfo[]>;
  /** Removes expired rules; to be called now and then. */
  sweep(): Promise<void>;
}

/** Another process's change counts here after this time at most. */
const RELOAD_MS = 5_000;

interface Lists {
  /** Whether any address is blocked at all; mostly none is. */
  readonly any: boolean;
  readonly blocked: BlockList;
  readonly allowed: BlockList;
}

function infoOf(row: AddressRow): AddressRuleInfo {
  return {
    id: row.id,
    cidr: row.cidr,
    reason: row.reason,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

function blockListOf(rows: readonly AddressRow[]): BlockList {
  const list = new BlockList();
  for (const row of rows) {
    const cidr = parseCidr(row.cidr);
    if (cidr) list.addSubnet(cidr.address, cidr.prefix, cidr.family);
  }
  return list;
}

function holds(list: BlockList, ip: string): boolean {
  const plain = plainAddress(ip);
  return plain !== '' && list.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
}

/**
 * The addresses that are blocked or allowed by hand, read from the database at most every five seconds. While the
 * database is away, the lists stay as they were last read.
 */
export function createAddressPolicy(options: { db: AnyDatabase; clock: Clock }): AddressPolicy {
  const { db, clock } = options;
  let lists: Lists = { any: false, blocked: new BlockList(), allowed: new BlockList() };
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    const startedAt = clock.now();
    try {
      const now = startedAt.toISOString();
      const blocked = await addressesRepo.current(db.kysely, 'ip_block', now);
      lists = {
        any: blocked.length > 0,
        blocked: blockListOf(blocked),
        allowed: blockListOf(await addressesRepo.current(db.kysely, 'ip_whitelist', now)),
      };
    } catch {
      // The request itself will tell that the database is away, if it needs it.
    }
    readAt = startedAt.getTime();
    reading = null;
  }

  const isFresh = (): boolean => clock.now().getTime() - readAt < RELOAD_MS;

  async function current(): Promise<Lists> {
    if (!isFresh()) await (reading ??= read());
    return lists;
  }

  const isBlockedBy = ({ any, blocked, allowed }: Lists, ip: string): boolean =>
    any && holds(blocked, ip) && !holds(allowed, ip);

  const stale = (): void => {
    readAt = Number.NEGATIVE_INFINITY;
  };

  return {
    isBlocked(ip) {
      if (isFresh()) return isBlockedBy(lists, ip);
      return current().then((fresh) => isBlockedBy(fresh, ip));
    },

    async isAllowed(ip) {
      return holds((await current()).allowed, ip);
    },

    async add(list, rule, lang, trx) {
      const cidr = parseCidr(rule.cidr);
      if (!cidr) throw invalid([{ field: 'cidr', message: httpTexts(lang).badAddress }]);
      const row = await addressesRepo.put(trx ?? db.kysely, list, {
        cidr: cidr.text,
        reason: rule.reason,
        expires_at: rule.expiresAt ?? null,
        created_at: clock.now().toISOString(),
        created_by: rule.createdBy,
      });
      stale();
      return infoOf(row);
    },

    async remove(list, id, trx) {
      const row = await addressesRepo.remove(trx ?? db.kysely, list, id);
      stale();
      return row ? infoOf(row) : null;
    },

    async list(list) {
      return (await addressesRepo.current(db.kysely, list, clock.now().toISOString())).map(infoOf);
    },

    async sweep() {
      const now = clock.now().toISOString();
      await addressesRepo.removeExpired(db.kysely, 'ip_block', now);
      await addressesRepo.removeExpired(db.kysely, 'ip_whitelist', now);
      stale();
    },
  };
}

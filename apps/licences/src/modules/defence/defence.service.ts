import { isIPv6 } from 'node:net';
import type { Actor } from '@gec/core';
import { addressGroup, plainAddress } from '@gec/http';
import type { Base, Trx } from '../../context.ts';
import { createGroup } from '../../jobs/group.ts';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { JournalEntry } from '../journal/journal.schema.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { countFailure, RULES, type BrakeState } from './defence.policy.ts';
import { createDefenceRepo, type BrakeRow } from './defence.repo.ts';

/** What the defence needs. */
export interface DefenceDeps extends Pick<Base, 'database' | 'clock'> {
  alerts: Pick<AlertsService, 'raise'>;
  journal: Pick<JournalService, 'recordAll'>;
  /** Addresses that somebody vouches for are counted, never locked. */
  isTrusted(ip: string): boolean | Promise<boolean>;
}

/** A lock that another process set counts here after this time at most. */
const RELOAD_MS = 1_000;
/** While everybody together fails too much, each single limit is this much lower. */
const STRICT = 4;
const REMEMBER_MS = 24 * 3_600_000;
const ALL = 'all';
/** Refusals of one transaction at most. */
const GROUP = 200;

/** The network of an address: IPv4 /24, IPv6 /48. */
function networkOf(ip: string): string {
  const plain = plainAddress(ip);
  if (isIPv6(plain)) return `${addressGroup(plain).split(':').slice(0, 3).join(':')}::/48`;
  return `${plain.split('.').slice(0, 3).join('.')}.0/24`;
}

/** A look-up that was refused. */
export interface FailedLookup {
  readonly actor: Actor;
  readonly entry: JournalEntry;
  /** 1 for a key that does not exist; 0 for one that does but is used or not active: knowing it is no guessing. */
  readonly weight: 0 | 1;
}

const stateOf = (row: BrakeRow): BrakeState => ({
  failures: row.failures,
  windowStart: row.window_start,
  locks: row.locks,
  lockedUntil: row.locked_until,
});

/**
 * Slows whoever tries keys at random: failed look-ups are counted by address, by network and over all, in the
 * database, so that every process and every restart knows of them. Locks are read from memory on the way of a request.
 */
export function createDefenceService({ database, clock, alerts, journal, isTrusted }: DefenceDeps) {
  const repo = createDefenceRepo(database);
  let locks = new Map<string, number>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  const keysOf = (ip: string) => [`address ${addressGroup(ip)}`, `network ${networkOf(ip)}`] as const;

  async function read(): Promise<void> {
    const startedAt = clock.now().getTime();
    try {
      const rows = await repo.locked(startedAt);
      locks = new Map(rows.map((row) => [row.key, row.locked_until]));
    } catch {
      // The request itself will tell that the database is away.
    } finally {
      readAt = startedAt;
      reading = null;
    }
  }

  async function count(trx: Trx, key: string, weight: number, now: number): Promise<number> {
    const kind = key.split(' ')[0] as keyof typeof RULES;
    const row = await repo.hold(trx, key, now);
    const strictness = kind !== 'all' && (locks.get(ALL) ?? 0) > now ? STRICT : 1;
    const { state, locked } = countFailure(stateOf(row), now, RULES[kind], weight, strictness);
    await repo.keep(trx, {
      key,
      failures: state.failures,
      window_start: state.windowStart,
      locks: state.locks,
      locked_until: state.lockedUntil,
    });
    return locked ? state.lockedUntil : 0;
  }

  /** One transaction for everything that waits: journal, then the counters, always in the same order. */
  async function write(trx: Trx, failures: readonly FailedLookup[]): Promise<void> {
    await journal.recordAll(trx, failures);
    const now = clock.now().getTime();
    const weights = new Map<string, number>([[ALL, 0]]);
    const add = (key: string, weight: number) => weights.set(key, (weights.get(key) ?? 0) + weight);
    for (const { actor, weight } of failures) {
      add(ALL, weight);
      for (const key of keysOf(actor.ip)) add(key, weight);
    }
    for (const [key, weight] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const until = await count(trx, key, weight, now);
      if (until === 0) continue;
      locks.set(key, until);
      const [kind, place = ''] = key.split(' ');
      await alerts.raise(
        trx,
        kind === ALL
          ? { kind: 'lookup-flood', severity: 'danger', subject: ALL }
          : { kind: 'address-locked', severity: 'warning', subject: place, details: { address: place } },
      );
    }
  }

  async function waitOf(ip: string, now: number): Promise<number> {
    if (now - readAt >= RELOAD_MS) await (reading ??= read());
    if (locks.size === 0) return 0;
    const until = Math.max(...keysOf(ip).map((key) => locks.get(key) ?? 0));
    if (until <= now || (await isTrusted(ip))) return 0;
    return Math.ceil((until - now) / 1000);
  }

  const writeTogether = createGroup<FailedLookup, true>({
    async work(failures) {
      await database.transaction((trx) => write(trx, failures));
      return failures.map(() => true as const);
    },
    size: GROUP,
    lanes: 1,
  });

  return {
    /** Seconds that a client has to wait before it may look up a key again; 0 when it may now. */
    wait(ip: string): number | Promise<number> {
      const now = clock.now().getTime();
      // Mostly nobody is locked: then nothing has to be waited for.
      return now - readAt < RELOAD_MS && locks.size === 0 ? 0 : waitOf(ip, now);
    },

    /**
     * Notes a refused look-up in the journal and in the counters, and returns once that is durable. Refusals of one
     * moment share a transaction. The same statements run whatever the reason was, so that time tells nothing of it.
     */
    async failed(failure: FailedLookup): Promise<void> {
      await writeTogether(failure);
    },

    /** Forgets what no longer counts. */
    sweep: (): Promise<void> => repo.sweep(clock.now().getTime() - REMEMBER_MS),
  };
}

export type DefenceService = ReturnType<typeof createDefenceService>;

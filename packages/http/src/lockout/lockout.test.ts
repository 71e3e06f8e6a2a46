import { migrate, openDatabase, type Database } from '@gec/db';
import { describeEachDatabase, fromTemplate } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LOCKOUT, FRESH_PAIR, reserve, type PairState } from './lockout.policy.ts';
import { createLoginGuard, type LoginGuard } from './lockout.service.ts';
import { lockoutTables, type LockoutTables } from './lockout.tables.ts';

const SECRET = 'a secret of the tests';
const MINUTE = 60_000;

describe('the lock of an account at an address', () => {
  it('lasts 15 minutes after the eighth failure, then twice as long each time, up to a day', () => {
    let state: PairState = FRESH_PAIR;
    let now = 1_000_000;
    const lasted: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      for (let attempt = 1; attempt <= 8; attempt += 1) {
        const result = reserve(state, now, DEFAULT_LOCKOUT);
        expect(result.wait).toBe(0);
        state = result.state;
      }
      const refused = reserve(state, now, DEFAULT_LOCKOUT);
      expect(refused.state).toBe(state);
      lasted.push(refused.wait / MINUTE);
      now = state.lockedUntil;
    }
    expect(lasted).toEqual([15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
    const dayLater = now + 24 * 60 * MINUTE;
    for (let attempt = 1; attempt <= 8; attempt += 1) state = reserve(state, dayLater, DEFAULT_LOCKOUT).state;
    expect((state.lockedUntil - dayLater) / MINUTE).toBe(15);
  });

  it('does not come from failures that are far apart', () => {
    let state: PairState = FRESH_PAIR;
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const result = reserve(state, attempt * 3 * MINUTE + 1, DEFAULT_LOCKOUT);
      expect(result.wait).toBe(0);
      state = result.state;
    }
  });
});

describeEachDatabase('login guard', (open, engine) => {
  const template = fromTemplate(`http.lockout.${engine}`, async ({ url }) => {
    const db = openDatabase<LockoutTables>(url);
    await migrate(db, [{ name: '0001', statements: (types) => lockoutTables(types) }]);
    await db.close();
  });
  let db: Database<LockoutTables>;
  let url: string;
  let now: number;
  let guard: LoginGuard;
  const clock = { now: () => new Date(now) };

  beforeEach(async () => {
    ({ url } = await open(template));
    db = openDatabase(url);
    now = Date.parse('2026-11-21T08:00:00Z');
    guard = createLoginGuard({ db, clock, secret: SECRET });
  });
  afterEach(() => db.close());

  async function fail(account: string, ip: string, times = 1): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      expect(await guard.check(account, ip)).toBeNull();
      await guard.failed(account, ip);
    }
  }

  it('locks after eight failures, and nobody else', async () => {
    await fail('user:1', '10.0.0.1', 7);
    expect(await guard.check('user:1', '10.0.0.1')).toBeNull();
    expect(await guard.failed('user:1', '10.0.0.1')).toEqual({ retryAfter: 900 });
    expect(await guard.check('user:1', '10.0.0.1')).toEqual({ retryAfter: 900 });
    expect(await guard.check(' USER:1 ', '::ffff:10.0.0.1')).toEqual({ retryAfter: 900 });
    expect(await guard.check('user:2', '10.0.0.1')).toBeNull();
    expect(await guard.check('user:1', '10.0.0.2')).toBeNull();
    now += 899_000;
    expect(await guard.check('user:1', '10.0.0.1')).toEqual({ retryAfter: 1 });
    now += 1_000;
    await fail('user:1', '10.0.0.1', 8);
    expect(await guard.check('user:1', '10.0.0.1')).toEqual({ retryAfter: 1800 });
  });

  it('forgets the failures when the password was right', async () => {
    await fail('user:1', '10.0.0.1', 7);
    expect(await guard.check('user:1', '10.0.0.1')).toBeNull();
    await guard.succeeded('user:1', '10.0.0.1');
    await fail('user:1', '10.0.0.1', 7);
    expect(await guard.check('user:1', '10.0.0.1')).toBeNull();
  });

  it('remembers over a restart, and over processes', async () => {
    await fail('user:1', '10.0.0.1', 8);
    const other = openDatabase<LockoutTables>(url);
    const restarted = createLoginGuard({ db: other, clock, secret: SECRET });
    expect(await restarted.check('user:1', '10.0.0.1')).toEqual({ retryAfter: 900 });
    await other.close();
  });

  it('lets no more than eight of fifty attempts at once look at the password', async () => {
    // SQLite has one connection in each process; with two, one thread would wait for itself.
    const second = engine === 'postgres' ? openDatabase<LockoutTables>(url) : db;
    const guards = [guard, createLoginGuard({ db: second, clock, secret: SECRET })];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => guards[i % 2]!.check('user:1', '10.0.0.1')),
    );
    expect(answers.filter((answer) => answer === null)).toHaveLength(8);
    if (second !== db) await second.close();
  });

  it('shows what is locked, without naming who, and unlocks', async () => {
    await fail('a.kabila@exemple.cd', '10.0.0.1', 8);
    expect(await guard.list()).toEqual([
      {
        account: guard.accountKey('A.Kabila@exemple.cd'),
        address: '10.0.0.1',
        failures: 8,
        locks: 1,
        lockedUntil: '2026-11-21T08:15:00.000Z',
      },
    ]);
    const rows = await db.kysely.selectFrom('login_lock').selectAll().execute();
    expect(JSON.stringify(rows)).not.toMatch(/kabila/i);
    const [pair] = await guard.list();
    expect(await guard.unlockPair(pair?.account ?? '', '198.51.100.1')).toBe(false);
    expect(await guard.unlock('a.kabila@exemple.cd')).toBe(1);
    expect(await guard.list()).toEqual([]);
    expect(await guard.check('a.kabila@exemple.cd', '10.0.0.1')).toBeNull();
  });

  it('slows an address that tries very many accounts, but not who signed in there before', async () => {
    expect(await guard.check('user:1', '10.0.0.1')).toBeNull();
    await guard.succeeded('user:1', '10.0.0.1');
    for (let i = 0; i < 60; i += 1) await fail(`nobody${i}`, '10.0.0.1');
    expect(await guard.check('nobody60', '10.0.0.1')).toBeNull();
    expect(await guard.check('nobody61', '10.0.0.1')).toEqual({ retryAfter: 20 });
    expect(await guard.check('user:1', '10.0.0.1')).toBeNull();
    expect(await guard.check('nobody61', '10.0.0.2')).toBeNull();
    const trusting = createLoginGuard({ db, clock, secret: SECRET, isTrusted: (ip) => ip === '10.0.0.1' });
    expect(await trusting.check('nobody62', '10.0.0.1')).toBeNull();
    now += 16 * MINUTE;
    expect(await guard.check('nobody63', '10.0.0.1')).toBeNull();
    expect(await guard.check('nobody64', '10.0.0.1')).toBeNull();
  });

  it('slows an account that is tried from everywhere, but not where it signed in before', async () => {
    expect(await guard.check('user:1', '10.0.0.1')).toBeNull();
    await guard.succeeded('user:1', '10.0.0.1');
    for (let i = 0; i < 100; i += 1) await fail('user:1', `192.0.2.${i}`);
    expect(await guard.check('user:1', '198.51.100.1')).toBeNull();
    expect(await guard.check('user:1', '198.51.100.2')).toEqual({ retryAfter: 20 });
    expect(await guard.check('user:1', '10.0.0.1')).toBeNull();
    expect(await guard.check('user:2', '198.51.100.2')).toBeNull();
  });

  it('takes an IPv6 subscriber for one address', async () => {
    for (let i = 0; i < 8; i += 1) await fail('user:1', `2001:db8:0:1::${i}`);
    expect(await guard.check('user:1', '2001:0db8::1:ffff:0:0:9')).toEqual({ retryAfter: 900 });
    expect(await guard.check('user:1', '2001:db8:0:2::1')).toBeNull();
  });

  it('sweeps what no longer counts', async () => {
    await fail('user:1', '10.0.0.1', 8);
    now += 50 * 60 * MINUTE;
    await guard.sweep();
    expect(await db.kysely.selectFrom('login_lock').selectAll().execute()).toEqual([]);
    expect(await db.kysely.selectFrom('login_failure').selectAll().execute()).toEqual([]);
  });

  it('obeys a policy that changes', async () => {
    let failures = 2;
    const strict = createLoginGuard({ db, clock, secret: SECRET, policy: () => ({ failures }) });
    expect(await strict.check('user:1', '10.0.0.1')).toBeNull();
    expect(await strict.check('user:1', '10.0.0.1')).toBeNull();
    expect(await strict.check('user:1', '10.0.0.1')).toEqual({ retryAfter: 900 });
    failures = 1;
    expect(await strict.check('user:3', '10.0.0.1')).toBeNull();
    expect(await strict.check('user:3', '10.0.0.1')).not.toBeNull();
  });
});

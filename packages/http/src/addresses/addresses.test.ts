import { migrate, openDatabase, type Database } from '@gec/db';
import { describeEachDatabase, fromTemplate } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddressPolicy, type AddressPolicy } from './addresses.service.ts';
import { addressTables, type AddressTables } from './addresses.tables.ts';
import { addressGroup, parseCidr, plainAddress } from './normalize.ts';

describe('addresses', () => {
  it('are read as people type them', () => {
    expect(parseCidr(' 10.0.0.0/24 ')?.text).toBe('10.0.0.0/24');
    expect(parseCidr('10.0.0.1')?.text).toBe('10.0.0.1/32');
    expect(parseCidr('2001:DB8::/32')?.text).toBe('2001:db8::/32');
    expect(parseCidr('::ffff:10.0.0.1')?.text).toBe('10.0.0.1/32');
    for (const bad of [
      '',
      '10.0.0',
      '10.0.0.0/33',
      '2001:db8::/129',
      'exemple.cd',
      '10.0.0.1/',
      'fe80::1%eth0',
    ]) {
      expect([bad, parseCidr(bad)]).toEqual([bad, null]);
    }
  });

  it('are one client each, and a /64 is one too', () => {
    expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress(undefined)).toBe('');
    expect(addressGroup('10.0.0.1')).toBe('10.0.0.1');
    expect(addressGroup('2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(addressGroup('2001:0DB8:0000:0000:1:2:3:4')).toBe('2001:db8:0:0::/64');
    expect(addressGroup('::1')).toBe('0:0:0:0::/64');
    expect(addressGroup('1:2:3:4:5:6:7::')).toBe('1:2:3:4::/64');
  });
});

describeEachDatabase('address policy', (open, engine) => {
  const template = fromTemplate(`http.addresses.${engine}`, async ({ url }) => {
    const db = openDatabase<AddressTables>(url);
    await migrate(db, [{ name: '0001', statements: (types) => addressTables(types) }]);
    await db.close();
  });
  let db: Database<AddressTables>;
  let now: number;
  let policy: AddressPolicy;
  const clock = { now: () => new Date(now) };

  beforeEach(async () => {
    db = openDatabase((await open(template)).url);
    now = Date.parse('2026-11-21T08:00:00Z');
    policy = createAddressPolicy({ db, clock });
  });
  afterEach(() => db.close());

  it('blocks ranges, and what is allowed by hand passes', async () => {
    await policy.add('ip_block', { cidr: '203.0.113.0/24', reason: 'essais répétés', createdBy: null }, 'fr');
    await policy.add('ip_block', { cidr: '2001:db8::/32', reason: '', createdBy: null }, 'fr');
    await policy.add('ip_whitelist', { cidr: '203.0.113.7', reason: 'bureau', createdBy: 3 }, 'fr');
    expect(await policy.isBlocked('203.0.113.9')).toBe(true);
    expect(await policy.isBlocked('::ffff:203.0.113.9')).toBe(true);
    expect(await policy.isBlocked('203.0.113.7')).toBe(false);
    expect(await policy.isAllowed('203.0.113.7')).toBe(true);
    expect(await policy.isBlocked('2001:db8:1::5')).toBe(true);
    expect(await policy.isBlocked('198.51.100.1')).toBe(false);
    expect(await policy.isBlocked('')).toBe(false);
  });

  it('lets a block end by itself, or by hand', async () => {
    const expiresAt = '2026-11-21T09:00:00.000Z';
    const rule = await policy.add(
      'ip_block',
      { cidr: '10.0.0.1', reason: '', expiresAt, createdBy: null },
      'fr',
    );
    expect(rule).toMatchObject({ cidr: '10.0.0.1/32', expiresAt });
    expect(await policy.isBlocked('10.0.0.1')).toBe(true);
    now = Date.parse(expiresAt);
    expect(await policy.isBlocked('10.0.0.1')).toBe(false);
    expect(await policy.list('ip_block')).toEqual([]);
    await policy.sweep();
    const again = await policy.add('ip_block', { cidr: '10.0.0.1', reason: '', createdBy: null }, 'fr');
    expect(await policy.isBlocked('10.0.0.1')).toBe(true);
    expect((await policy.remove('ip_block', again.id))?.cidr).toBe('10.0.0.1/32');
    expect(await policy.isBlocked('10.0.0.1')).toBe(false);
    expect(await policy.remove('ip_block', again.id)).toBeNull();
  });

  it('learns of another process’s change within five seconds', async () => {
    expect(await policy.isBlocked('10.0.0.1')).toBe(false);
    const other = createAddressPolicy({ db, clock });
    await other.add('ip_block', { cidr: '10.0.0.1', reason: '', createdBy: null }, 'fr');
    now += 5_000;
    expect(await policy.isBlocked('10.0.0.1')).toBe(true);
  });

  it('keeps one rule for a range, and refuses what is no address', async () => {
    await policy.add('ip_block', { cidr: '10.0.0.1', reason: 'un', createdBy: null }, 'fr');
    await policy.add('ip_block', { cidr: '10.0.0.1/32', reason: 'deux', createdBy: null }, 'fr');
    expect((await policy.list('ip_block')).map(({ reason }) => reason)).toEqual(['deux']);
    const bad = policy.add('ip_block', { cidr: 'ailleurs', reason: '', createdBy: null }, 'fr');
    await expect(bad).rejects.toMatchObject({ kind: 'invalid', fields: [{ field: 'cidr' }] });
  });

  it('stays as it was while the database is away', async () => {
    await policy.add('ip_block', { cidr: '10.0.0.1', reason: '', createdBy: null }, 'fr');
    expect(await policy.isBlocked('10.0.0.1')).toBe(true);
    await db.close();
    now += 60_000;
    expect(await policy.isBlocked('10.0.0.1')).toBe(true);
  });
});

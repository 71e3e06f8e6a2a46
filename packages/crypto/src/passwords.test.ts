import { pbkdf2Sync, scryptSync } from 'node:crypto';
import bcrypt from 'bcrypt';
import { describe, expect, it } from 'vitest';
import {
  burnPassword,
  hashPassword,
  needsRehash,
  randomPassword,
  randomToken,
  sha256Hex,
  timingSafeEqualText,
  verifyLegacyWerkzeug,
  verifyPassword,
} from './index.ts';

const PEPPER = 'poivre de cette installation';
/** The lowest cost, so that the tests do not wait. */
const COST = 4;

describe('passwords', () => {
  it('verify against their own hash only', async () => {
    const hash = await hashPassword('Lubumbashi 1910', PEPPER, COST);
    expect(hash).toMatch(/^\$2b\$04\$.{53}$/);
    expect(await verifyPassword('Lubumbashi 1910', hash, PEPPER)).toBe(true);
    expect(await verifyPassword('lubumbashi 1910', hash, PEPPER)).toBe(false);
    expect(await verifyPassword('Lubumbashi 1910', hash, 'autre poivre')).toBe(false);
    expect(await verifyPassword('Lubumbashi 1910', hash, Buffer.from(PEPPER))).toBe(true);
  });

  it('count to their last character, beyond the 72 bytes of bcrypt and behind a NUL', async () => {
    const long = 'é'.repeat(99);
    const hash = await hashPassword(`${long}a`, PEPPER, COST);
    expect(await verifyPassword(`${long}a`, hash, PEPPER)).toBe(true);
    expect(await verifyPassword(`${long}b`, hash, PEPPER)).toBe(false);
    const nul = await hashPassword('a\0b', PEPPER, COST);
    expect(await verifyPassword('a\0c', nul, PEPPER)).toBe(false);
  });

  it('are the same however a keyboard composes its accents', async () => {
    const hash = await hashPassword('de\u0301pe\u0302che', PEPPER, COST);
    expect(await verifyPassword('d\u00e9p\u00eache', hash, PEPPER)).toBe(true);
  });

  it.each(['', 'x', '$2b$12$court', 'scrypt:32768:8:1$sel$00'])('do not verify against %j', async (hash) => {
    expect(await verifyPassword('x', hash, PEPPER)).toBe(false);
  });

  it('need a pepper and a sensible cost', async () => {
    await expect(hashPassword('x', '', COST)).rejects.toThrow(RangeError);
    await expect(hashPassword('x', PEPPER, 3)).rejects.toThrow(RangeError);
    await expect(hashPassword('x', PEPPER, 4.5)).rejects.toThrow(RangeError);
  });

  it('are hashed anew when the cost changed or the hash is of another kind', async () => {
    const hash = await hashPassword('x', PEPPER, COST);
    expect(needsRehash(hash, COST)).toBe(false);
    expect(needsRehash(hash)).toBe(true);
    expect(needsRehash('scrypt:32768:8:1$sel$00', COST)).toBe(true);
  });

  it('of unknown accounts cost one whole verification too', async () => {
    await burnPassword('x', PEPPER, COST);
    // bcrypt answers at once to what it does not take for a hash; the one burnt must be real to it.
    expect(bcrypt.getRounds(`$2b$12$${'.'.repeat(53)}`)).toBe(12);
  });
});

describe('passwords of the older program', () => {
  const salt = 'aB3dE5fG7hJ9kL1m';
  const scrypt = `scrypt:32768:8:1$${salt}$${scryptSync('Kolwezi é', salt, 64, { N: 32768, r: 8, p: 1, maxmem: 2 ** 26 }).toString('hex')}`;
  const pbkdf2 = `pbkdf2:sha256:1000$${salt}$${pbkdf2Sync('Kolwezi é', salt, 1000, 32, 'sha256').toString('hex')}`;
  const sha512 = `pbkdf2:sha512:1000$${salt}$${pbkdf2Sync('Kolwezi é', salt, 1000, 64, 'sha512').toString('hex')}`;

  it.each([scrypt, pbkdf2, sha512])('verify: %s', async (hash) => {
    expect(await verifyLegacyWerkzeug('Kolwezi é', hash)).toBe(true);
    expect(await verifyLegacyWerkzeug('Kolwezi e', hash)).toBe(false);
    expect(await verifyLegacyWerkzeug('Kolwezi é', hash.replace(salt, 'autre'))).toBe(false);
    expect(await verifyLegacyWerkzeug('Kolwezi é', hash.slice(0, -2))).toBe(false);
  });

  it.each([
    '',
    'plain$$Kolwezi é',
    `pbkdf2:sha256:1000$${salt}$`,
    `pbkdf2:sha256:0$${salt}$00`,
    `pbkdf2:sha256:99999999999$${salt}$00`,
    `pbkdf2:md5:1000$${salt}$00`,
    `pbkdf2:sha256:1000$$00`,
    `scrypt:32768:8$${salt}$00`,
    `scrypt:1000:8:1$${salt}$00`,
    `scrypt:1073741824:8:1$${salt}$00`,
    `scrypt:32768:8:1000000$${salt}$00`,
    `${pbkdf2}$`,
  ])('never verify against %j', async (hash) => {
    expect(await verifyLegacyWerkzeug('Kolwezi é', hash)).toBe(false);
  });
});

describe('tokens', () => {
  it('are long enough to be unguessable and safe in a URL', () => {
    expect(randomToken()).toMatch(/^[\w-]{43}$/);
    expect(randomToken(16)).toMatch(/^[\w-]{22}$/);
    expect(randomToken()).not.toBe(randomToken());
  });

  it('of one-time passwords are readable and carry 80 bits', () => {
    const password = randomPassword();
    expect(password).toMatch(/^[b-y346789]{6}-[b-y346789]{6}-[b-y346789]{6}$/);
    const seen = new Set(Array.from({ length: 500 }, randomPassword).join('').replaceAll('-', ''));
    expect([...'0o1li5s2zaeu'].filter((ambiguous) => seen.has(ambiguous))).toEqual([]);
    expect(18 * Math.log2(seen.size)).toBeGreaterThanOrEqual(80);
  });

  it('hash as SHA-256 does (FIPS 180-4)', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256Hex('abc')).toBe(abc);
    expect(sha256Hex(new Uint8Array([97, 98, 99]))).toBe(abc);
  });

  it('compare whatever their lengths', () => {
    expect(timingSafeEqualText('abc', 'abc')).toBe(true);
    expect(timingSafeEqualText('abc', 'abd')).toBe(false);
    expect(timingSafeEqualText('abc', 'abcd')).toBe(false);
    expect(timingSafeEqualText('', '')).toBe(true);
  });
});

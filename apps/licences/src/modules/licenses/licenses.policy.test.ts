import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkCharacter,
  formatKey,
  hasValidCheck,
  isKeyShaped,
  newLicenseKey,
  normalizeKey,
} from './licenses.policy.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const body = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 11, maxLength: 11 });

describe('the check character (ISO 7064 MOD 37,36)', () => {
  it.each([
    // Published identifiers that use the system: a GRid (IFPI) and two ISAN (ISO 15706).
    ['A12425GABC1234002', 'M'],
    ['B159D8FA01240000', 'K'],
    ['00000000D07A0090', 'Q'],
  ])('of %s is %s', (text, check) => {
    expect(checkCharacter(text)).toBe(check);
    expect(hasValidCheck(text + check)).toBe(true);
  });

  it('finds every single wrong character', () => {
    fc.assert(
      fc.property(body, fc.nat(11), fc.nat(34), (text, place, shift) => {
        const key = text + checkCharacter(text);
        const other = ALPHABET[(ALPHABET.indexOf(key[place]!) + shift + 1) % 36]!;
        expect(hasValidCheck(key.slice(0, place) + other + key.slice(place + 1))).toBe(false);
      }),
    );
  });

  it('refuses characters that no key has', () => {
    expect(() => checkCharacter('ABC-1')).toThrow(RangeError);
    expect(hasValidCheck('abc')).toBe(false);
    expect(hasValidCheck('')).toBe(false);
  });
});

describe('a key', () => {
  it('has twelve characters and a check that holds', () => {
    const keys = Array.from({ length: 500 }, newLicenseKey);
    for (const key of keys) {
      expect(isKeyShaped(key)).toBe(true);
      expect(hasValidCheck(key)).toBe(true);
    }
    expect(new Set(keys).size).toBe(500);
  });

  it('may be typed with spaces, hyphens and in lower case', () => {
    expect(normalizeKey('  abcd-1234 efgh\u00A0')).toBe('ABCD1234EFGH');
    expect(normalizeKey('ab cd–12 34—ef gh')).toBe('ABCD1234EFGH');
    expect(formatKey('ABCD1234EFGH')).toBe('ABCD-1234-EFGH');
    expect(isKeyShaped(normalizeKey('ABCD1234EFG'))).toBe(false);
    expect(isKeyShaped(normalizeKey('ÀBCD1234EFGH'))).toBe(false);
  });
});

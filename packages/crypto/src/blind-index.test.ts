import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBlindIndex } from './blind-index.ts';

const key = createSecretKey(Buffer.alloc(32, 9));
const index = createBlindIndex(key);
const words = Array.from({ length: 5000 }, (_, i) => `mot${i}`);

describe('the blind index', () => {
  it('gives FTS5 one short token for a word', () => {
    for (const word of words) expect(index.term64('w', word)).toMatch(/^[0-9a-v]{13}$/);
    expect(new Set(words.map((word) => index.term64('w', word))).size).toBe(words.length);
  });

  it('gives PostgreSQL a signed 32-bit integer', () => {
    const terms = words.map((word) => index.term32('w', word));
    for (const term of terms) expect(term).toBe(term | 0);
    expect(terms.some((term) => term < 0)).toBe(true);
    expect(terms.some((term) => term > 0)).toBe(true);
  });

  it('gives a whole digest for unique look-ups', () => {
    expect(index.digest('email', 'a@exemple.cd')).toMatch(/^[\w-]{43}$/);
    expect(index.digest('email', 'a@exemple.cd')).not.toBe(index.digest('email', 'b@exemple.cd'));
    expect(index.digest('email', 'x')).not.toBe(index.digest('matricule', 'x'));
  });

  it('keeps tags apart', () => {
    expect(index.term64('w', 'permis')).not.toBe(index.term64('p', 'permis'));
    expect(index.term64('w', 'x')).not.toBe(index.term64('wx', ''));
    expect(index.term64('1', ':a')).not.toBe(index.term64('1:', 'a'));
  });

  it('is the same in every process that has the key, and another under another key', () => {
    const again = createBlindIndex(key);
    expect(again.term64('w', 'permis')).toBe(index.term64('w', 'permis'));
    expect(again.term32('w', 'permis')).toBe(index.term32('w', 'permis'));
    expect(again.digest('w', 'permis')).toBe(index.digest('w', 'permis'));
    const other = createBlindIndex(createSecretKey(randomBytes(32)));
    expect(other.term64('w', 'permis')).not.toBe(index.term64('w', 'permis'));
  });

  it('gives the same terms whatever its cache has forgotten', () => {
    const tiny = createBlindIndex(key, 4);
    for (let round = 0; round < 3; round++) {
      for (const word of words.slice(0, 50)) expect(tiny.term64('w', word)).toBe(index.term64('w', word));
      expect(tiny.term32('w', 'mot1')).toBe(index.term32('w', 'mot1'));
    }
  });
});

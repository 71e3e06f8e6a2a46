import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryKeyStore } from '../test/memory-store.ts';
import { openKeyring, TamperedError, UnknownKeyError, type Keyring, type Sealed } from './index.ts';

const place = { table: 'courrier', column: 'objet', id: 42 };
const text = 'Demande de renouvellement du permis de recherche nº\u00A012\u202F345 — Haut-Katanga';

let ring: Keyring;
beforeAll(async () => {
  ring = await openKeyring(randomBytes(32), new MemoryKeyStore());
});

const refusal = (open: () => unknown): unknown => {
  try {
    open();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('a sealed field', () => {
  it('opens where it was sealed, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (plain) => {
        expect(ring.fields.open(place, ring.fields.seal(place, plain))).toBe(plain);
      }),
    );
  });

  it('says version and key, and shows neither its text nor its repetition', () => {
    const [a, b] = [ring.fields.seal(place, text), ring.fields.seal(place, text)];
    expect(a).toMatch(new RegExp(`^1\\.${ring.current('field').kid}\\.[\\w-]+$`));
    expect(a).not.toBe(b);
    const body = Buffer.from(a.split('.')[2] ?? '', 'base64url');
    expect(body.length).toBe(16 + (Math.floor(Buffer.byteLength(text) / 16) + 1) * 16 + 32);
  });

  it('never uses an IV twice', () => {
    const ivs = Array.from({ length: 2000 }, () => ring.fields.seal(place, '').split('.')[2]?.slice(0, 21));
    expect(new Set(ivs).size).toBe(2000);
  });

  it('takes a number and its text for the same row', () => {
    expect(ring.fields.open({ ...place, id: '42' }, ring.fields.seal(place, text))).toBe(text);
  });

  it.each([
    ['row', { ...place, id: 43 }],
    ['column', { ...place, column: 'expediteur' }],
    ['table', { ...place, table: 'courrier_comment' }],
    ['split of the same letters', { table: 'courriero', column: 'bjet', id: 42 }],
    ['split of column and row', { table: 'courrier', column: 'objet4', id: '2' }],
  ])('does not open in another %s', (_what, elsewhere) => {
    const sealed = ring.fields.seal(place, text);
    expect(() => ring.fields.open(elsewhere, sealed)).toThrow(TamperedError);
  });

  it('is refused whichever single bit is flipped', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (plain) => {
        const sealed = Buffer.from(ring.fields.seal(place, plain), 'latin1');
        for (let bit = 0; bit < sealed.length * 8; bit++) {
          const altered = Buffer.from(sealed);
          altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
          const error = refusal(() => ring.fields.open(place, altered.toString('latin1')));
          if (!(error instanceof TamperedError || error instanceof UnknownKeyError)) {
            throw new Error(`bit ${bit} of ${sealed.length * 8} was not noticed`);
          }
        }
      }),
      { numRuns: 10 },
    );
  });

  it.each([
    ['nothing', ''],
    ['plain text', 'Bonjour. Monsieur. Le ministre'],
    ['a version alone', '1.'],
    ['another version', '2.abc.AAAA'],
  ])('is no %s', (_what, notSealed) => {
    expect(() => ring.fields.open(place, notSealed)).toThrow(TamperedError);
  });

  it('is refused when cut, lengthened, padded or spelt otherwise', () => {
    const sealed = ring.fields.seal(place, text);
    const [, kid, body = ''] = sealed.split('.');
    for (const other of [
      sealed.slice(0, -1),
      `${sealed}A`,
      `${sealed}=`,
      `${sealed}\n`,
      `1.${kid}.${body.slice(0, 40)}`,
      `1.${kid}. ${body}`,
      `1.${kid}.`,
    ]) {
      expect(() => ring.fields.open(place, other), other).toThrow(TamperedError);
    }
  });

  it('is refused under a key that is unknown or serves something else', () => {
    const sealed = ring.fields.seal(place, text);
    const under = (kid: string): string => sealed.replace(ring.current('field').kid, kid);
    expect(() => ring.fields.open(place, under('inconnu'))).toThrow(UnknownKeyError);
    expect(() => ring.fields.open(place, under(ring.current('file').kid))).toThrow(UnknownKeyError);
  });

  it('does not open in another installation', async () => {
    const other = await openKeyring(randomBytes(32), new MemoryKeyStore());
    expect(() => other.fields.open(place, ring.fields.seal(place, text))).toThrow(UnknownKeyError);
  });

  it('is a type of its own: plain text in its place is a compile error', () => {
    // @ts-expect-error plain text is not Sealed
    const plain: Sealed = text;
    const sealed: Sealed = ring.fields.seal(place, plain);
    expect(ring.fields.open(place, sealed)).toBe(text);
  });

  it('keeps null as null', () => {
    expect(ring.fields.sealOrNull(place, null)).toBeNull();
    expect(ring.fields.openOrNull(place, null)).toBeNull();
    expect(ring.fields.openOrNull(place, ring.fields.sealOrNull(place, ''))).toBe('');
  });

  it.each([
    { ...place, id: NaN },
    { ...place, id: 1.5 },
    { ...place, id: '' },
    { ...place, table: '' },
    { ...place, column: '' },
  ])('needs its whole place: %j', (nowhere) => {
    expect(() => ring.fields.seal(nowhere, text)).toThrow(TypeError);
  });
});

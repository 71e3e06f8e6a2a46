import { describe, expect, it } from 'vitest';
import { aeadCbcHs512Decrypt, aeadCbcHs512Encrypt } from './aead.ts';
import { TamperedError } from './errors.ts';
import { hkdf } from './kdf.ts';
import { unwrapKey, wrapKey } from './keywrap.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

describe('A256CBC-HS512, RFC 7518 appendix B.3', () => {
  const key = Buffer.from(Array.from({ length: 64 }, (_, i) => i));
  const plaintext = Buffer.from(
    'A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy ' +
      'without inconvenience',
  );
  const iv = hex('1af38c2dc2b96ffdd86694092341bc04');
  const aad = Buffer.from('The second principle of Auguste Kerckhoffs');
  const ciphertext = hex(`
    4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd
    822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b
    36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3
    a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950b
    be2638d09dd7a4930930806d0703b1f6`);
  const tag = hex('4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5');

  it('encrypts to the published ciphertext and tag', () => {
    expect(aeadCbcHs512Encrypt(key, iv, plaintext, aad)).toEqual({ ciphertext, tag });
  });

  it('opens the published ciphertext', () => {
    expect(aeadCbcHs512Decrypt(key, iv, ciphertext, tag, aad)).toEqual(plaintext);
  });

  it.each([
    ['tag', () => aeadCbcHs512Decrypt(key, iv, ciphertext, Buffer.alloc(32), aad)],
    ['short tag', () => aeadCbcHs512Decrypt(key, iv, ciphertext, tag.subarray(0, 16), aad)],
    ['iv', () => aeadCbcHs512Decrypt(key, Buffer.alloc(16), ciphertext, tag, aad)],
    ['aad', () => aeadCbcHs512Decrypt(key, iv, ciphertext, tag, aad.subarray(1))],
    ['ciphertext', () => aeadCbcHs512Decrypt(key, iv, ciphertext.subarray(16), tag, aad)],
    ['no ciphertext', () => aeadCbcHs512Decrypt(key, iv, Buffer.alloc(0), tag, aad)],
  ])('refuses another %s', (_what, open) => {
    expect(open).toThrow(TamperedError);
  });

  it('takes 64 bytes only', () => {
    expect(() => aeadCbcHs512Encrypt(key.subarray(1), iv, plaintext, aad)).toThrow(RangeError);
  });
});

describe('HKDF-SHA-256, RFC 5869 appendix A', () => {
  const range = (from: number, to: number): Buffer =>
    Buffer.from(Array.from({ length: to - from + 1 }, (_, i) => from + i));

  it('A.1: basic', () => {
    const okm = hkdf(Buffer.alloc(22, 0x0b), range(0xf0, 0xf9), 42, range(0x00, 0x0c));
    expect(okm).toEqual(
      hex('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'),
    );
  });

  it('A.2: longer inputs', () => {
    const okm = hkdf(range(0x00, 0x4f), range(0xb0, 0xff), 82, range(0x60, 0xaf));
    expect(okm).toEqual(
      hex(`b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09
        da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87`),
    );
  });

  it('A.3: no salt, no info', () => {
    const okm = hkdf(Buffer.alloc(22, 0x0b), '', 42);
    expect(okm).toEqual(
      hex('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'),
    );
  });
});

describe('AES key wrap, RFC 3394 § 4.6', () => {
  const kek = hex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
  const key = hex('00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F');
  const wrapped = hex('28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21');

  it('wraps to the published bytes and back', () => {
    expect(wrapKey(kek, key)).toEqual(wrapped);
    expect(unwrapKey(kek, wrapped)).toEqual(key);
  });

  it('does not unwrap with another key, altered bytes or a cut text', () => {
    expect(unwrapKey(Buffer.alloc(32), wrapped)).toBeNull();
    const altered = Buffer.from(wrapped);
    altered.writeUInt8(altered.readUInt8(20) ^ 1, 20);
    expect(unwrapKey(kek, altered)).toBeNull();
    expect(unwrapKey(kek, wrapped.subarray(8))).toBeNull();
    expect(unwrapKey(kek, wrapped.subarray(1))).toBeNull();
    expect(unwrapKey(kek, Buffer.alloc(0))).toBeNull();
  });
});

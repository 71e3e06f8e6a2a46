import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { TamperedError } from './errors.ts';

/** Bytes of the initialisation vector. */
export const AEAD_IV_BYTES = 16;
/** Bytes of the authentication tag: HMAC-SHA-512 cut to its first half (RFC 7518 § 5.2.5). */
export const AEAD_TAG_BYTES = 32;
const BLOCK_BYTES = 16;

/** The 64-byte key of A256CBC-HS512, split and held as key objects. */
export interface AeadKey {
  readonly mac: KeyObject;
  readonly enc: KeyObject;
}

/**
 * Splits a key of A256CBC-HS512: the first 32 bytes authenticate, the last 32 encrypt (RFC 7518 § 5.2.2.1).
 *
 * @throws RangeError when the key is not 64 bytes
 */
export function aeadKey(key64: Uint8Array): AeadKey {
  if (key64.length !== 64) throw new RangeError(`A256CBC-HS512 takes a key of 64 bytes, not ${key64.length}`);
  return { mac: createSecretKey(key64.subarray(0, 32)), enc: createSecretKey(key64.subarray(32)) };
}

/** Scratch for the 64-bit count of AAD bits; used and hashed within one synchronous call. */
const bitCount = Buffer.alloc(8);

function computeTag(key: KeyObject, aad: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer {
  bitCount.writeUInt32BE(Math.floor(aad.length / 0x2000_0000), 0);
  bitCount.writeUInt32BE((aad.length % 0x2000_0000) * 8, 4);
  const digest = createHmac('sha512', key)
    .update(aad)
    .update(iv)
    .update(ciphertext)
    .update(bitCount)
    .digest();
  return digest.subarray(0, AEAD_TAG_BYTES);
}

/**
 * A256CBC-HS512 (RFC 7518 § 5.2.5): AES-256-CBC with PKCS#7 padding, then HMAC-SHA-512 over AAD, IV, ciphertext and
 * the length of the AAD, cut to 256 bits.
 *
 * @param key64 64 bytes, or the same already split by {@link aeadKey}
 * @param iv 16 unpredictable bytes, never used twice with one key
 * @param plaintext bytes, or text taken as UTF-8
 * @param aad authenticated but not encrypted
 */
export function aeadCbcHs512Encrypt(
  key64: Uint8Array | AeadKey,
  iv: Uint8Array,
  plaintext: Uint8Array | string,
  aad: Uint8Array,
): { ciphertext: Buffer; tag: Buffer } {
  const key = key64 instanceof Uint8Array ? aeadKey(key64) : key64;
  const cipher = createCipheriv('aes-256-cbc', key.enc, iv);
  const head = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext);
  const ciphertext = Buffer.concat([head, cipher.final()]);
  return { ciphertext, tag: computeTag(key.mac, aad, iv, ciphertext) };
}

/**
 * Undoes {@link aeadCbcHs512Encrypt}. The tag is compared in constant time before anything is decrypted, so that
 * there is no padding oracle.
 *
 * @throws TamperedError when tag, IV, ciphertext, AAD or key do not belong together
 */
export function aeadCbcHs512Decrypt(
  key64: Uint8Array | AeadKey,
  iv: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
  aad: Uint8Array,
): Buffer {
  const key = key64 instanceof Uint8Array ? aeadKey(key64) : key64;
  const wellFormed =
    iv.length === AEAD_IV_BYTES &&
    tag.length === AEAD_TAG_BYTES &&
    ciphertext.length >= BLOCK_BYTES &&
    ciphertext.length % BLOCK_BYTES === 0;
  if (!wellFormed || !timingSafeEqual(tag, computeTag(key.mac, aad, iv, ciphertext))) {
    throw new TamperedError('authentication failed');
  }
  const decipher = createDecipheriv('aes-256-cbc', key.enc, iv);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

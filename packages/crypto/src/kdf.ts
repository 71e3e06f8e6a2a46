import { hkdfSync, type KeyObject } from 'node:crypto';

const NO_SALT = new Uint8Array(0);

/**
 * HKDF-SHA-256 (RFC 5869): derives a key for one use from a key that serves several.
 *
 * @param key input keying material
 * @param info what the derived key is for; two uses never share one (at most 1024 bytes)
 * @param length bytes wanted, 1 to 8160
 * @param salt optional public random value; none is the RFC's string of zeros
 */
export function hkdf(
  key: KeyObject | Uint8Array,
  info: string | Uint8Array,
  length: number,
  salt: Uint8Array = NO_SALT,
): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, length));
}

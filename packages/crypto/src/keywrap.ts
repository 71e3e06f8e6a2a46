import { createCipheriv, createDecipheriv } from 'node:crypto';

/** The initial value of RFC 3394 § 2.2.3.1, which doubles as the integrity check. */
const DEFAULT_IV = Buffer.alloc(8, 0xa6);

/**
 * AES key wrap with a 256-bit key (RFC 3394, JOSE's A256KW).
 *
 * @param kek 32 bytes
 * @param key the key to wrap: a multiple of 8 bytes, at least 16
 * @returns 8 bytes more than `key`
 */
export function wrapKey(kek: Uint8Array, key: Uint8Array): Buffer {
  const cipher = createCipheriv('id-aes256-wrap', kek, DEFAULT_IV);
  return Buffer.concat([cipher.update(key), cipher.final()]);
}

/**
 * Undoes {@link wrapKey}.
 *
 * @returns the key, or null when the wrapping key is another or the wrapped bytes were altered
 */
export function unwrapKey(kek: Uint8Array, wrapped: Uint8Array): Buffer | null {
  if (wrapped.length < 24 || wrapped.length % 8 !== 0) return null;
  try {
    const decipher = createDecipheriv('id-aes256-wrap', kek, DEFAULT_IV);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } catch {
    // OpenSSL has only one answer for both causes: the integrity check failed.
    return null;
  }
}

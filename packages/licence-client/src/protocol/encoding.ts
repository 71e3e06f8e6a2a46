import { createHash } from 'node:crypto';

/**
 * Decodes base64url (RFC 4648 § 5, no padding). Node and WebCrypto decode leniently; a statement must have one
 * spelling only, or a changed character could pass as the same signature.
 *
 * @returns null for anything that does not encode back to itself
 */
export function decodeBase64url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

/** SHA-256 of a text in UTF-8, as base64url (43 characters): how receipts and requests name each other. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}

/** Reads UTF-8 strictly: bytes that are no text are null, never replaced. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}

/** Reads JSON without throwing. @returns undefined when it is none */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

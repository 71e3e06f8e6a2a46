import { calculateJwkThumbprint, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { z } from 'zod';
import { decodeBase64url } from './encoding.ts';
import { ProtocolError } from './errors.ts';

/** 32 bytes in base64url: a thumbprint, a hash, half of a key. */
export const bytes32 = z
  .string()
  .length(43)
  .refine((text) => decodeBase64url(text)?.length === 32, { error: 'must be 32 bytes in base64url' });

/** The public half of an Ed25519 key (RFC 8037); other members are dropped, so a private half never travels on. */
export const publicJwk = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: bytes32 });
export type PublicJwk = z.output<typeof publicJwk>;

/** Both halves of an Ed25519 key. */
export const privateJwk = publicJwk.extend({ d: bytes32 });
export type PrivateJwk = z.output<typeof privateJwk>;

/** A key with its name. */
export interface KeyPair {
  /** RFC 7638 thumbprint (SHA-256, base64url). */
  readonly kid: string;
  readonly publicJwk: PublicJwk;
  readonly privateJwk: PrivateJwk;
}

/** What signs a statement: the key, and the thumbprint that names it. */
export interface Signer {
  readonly kid: string;
  readonly key: CryptoKey | JWK;
}

/** RFC 7638 thumbprint (SHA-256, base64url) of a public key: its `kid`, and the name of an installation. */
export function thumbprint(jwk: PublicJwk): Promise<string> {
  return calculateJwkThumbprint({ kty: jwk.kty, crv: jwk.crv, x: jwk.x }, 'sha256');
}

/** Makes an Ed25519 key. */
export async function newKeyPair(): Promise<KeyPair> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = privateJwk.parse(await exportJWK(pair.privateKey));
  const open = publicJwk.parse(jwk);
  return { kid: await thumbprint(open), publicJwk: open, privateJwk: jwk };
}

/**
 * Reads a trust anchor as it is handed from program to program: a JWK set (RFC 7517 § 5) as JSON, in base64url.
 *
 * @throws ProtocolError MALFORMED
 */
export function parseTrustAnchor(text: string): PublicJwk[] {
  const shape = z.object({ keys: z.array(publicJwk).min(1).max(16) });
  try {
    return shape.parse(JSON.parse(Buffer.from(text.trim(), 'base64url').toString('utf8'))).keys;
  } catch (cause) {
    throw new ProtocolError('MALFORMED', 'the trust anchor is not a JWK set of Ed25519 keys in base64url', {
      cause,
    });
  }
}

/** Writes a trust anchor as {@link parseTrustAnchor} reads it. */
export function formatTrustAnchor(keys: readonly PublicJwk[]): string {
  return Buffer.from(JSON.stringify({ keys: keys.map((key) => publicJwk.parse(key)) })).toString('base64url');
}

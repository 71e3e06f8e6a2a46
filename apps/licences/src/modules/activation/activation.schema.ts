import { fingerprint, publicJwk, type Bundle, type Fingerprint, type PublicJwk } from '@gec/licence-client';
import { z } from 'zod';

/** Characters of a domain fingerprint and of what a client says of itself, at most. */
const TEXT_MAX = 1_000;
const JWS_MAX = 32_768;

/**
 * The body of `POST /api/activate`. What is missing is told apart from what is wrong, since the contract has codes of
 * its own for it; an unknown member is refused.
 */
export const activateBody = z.strictObject({
  license_key: z.string().max(200).nullish(),
  domain_fingerprint: z.string().max(TEXT_MAX).nullish(),
  client_info: z.string().max(TEXT_MAX).nullish(),
  installation: publicJwk.nullish(),
  fingerprint: fingerprint.nullish(),
  proof: z.string().max(JWS_MAX).nullish(),
});

/** A body that carries one signed request. */
export const requestBody = z.strictObject({ request: z.string().min(20).max(JWS_MAX) });

/** Why a key cannot be used. */
export type RefusalCode =
  | 'NOT_FOUND'
  | 'ALREADY_USED'
  | 'INACTIVE'
  | 'INVALID_FORMAT'
  | 'KEY_REQUIRED'
  | 'FINGERPRINT_REQUIRED'
  | 'INVALID_PROOF'
  | 'TOO_MANY_ATTEMPTS';

/** A refusal as the services tell it. */
export interface LookupRefusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** For `ALREADY_USED`. */
  readonly usedDate?: string | null;
  /** Seconds, for `TOO_MANY_ATTEMPTS`. */
  readonly retryAfter?: number;
}

/** A key that can be activated. */
export interface ValidKey {
  readonly ok: true;
  readonly key: string;
  readonly durationDays: number;
  readonly durationLabel: string;
}

/** An activation that counts. Instants are ISO 8601, UTC. */
export interface Activated {
  readonly ok: true;
  readonly activatedAt: string;
  readonly expiresAt: string;
  readonly durationDays: number;
  readonly durationLabel: string;
  readonly bundle: Bundle;
}

/** Who asks, as far as the server knows. */
export interface Client {
  readonly ip: string;
  readonly lang: 'fr' | 'en';
}

/** What a client asks to activate. */
export interface ActivationRequest {
  readonly key: string;
  readonly fingerprint: string;
  readonly clientInfo: string | null;
  /** The installation's key, proven; null for clients that have none. */
  readonly installation: { readonly thumbprint: string; readonly jwk: PublicJwk } | null;
  readonly parts: Fingerprint | null;
}

/** One activation with what the administrator sees of it. */
export interface Activation {
  readonly id: number;
  readonly publicId: string;
  readonly licenseId: number;
  readonly fingerprintDigest: string;
  readonly activatedAt: string;
  readonly expiresAt: string;
  readonly ip: string;
  readonly clientInfo: string | null;
  readonly installation: string;
  readonly installationJwk: string | null;
  readonly parts: Fingerprint | null;
  readonly certificate: string;
  readonly leaseExpiresAt: string;
  readonly releasedAt: string | null;
  readonly releaseReason: string | null;
  readonly lastSyncAt: string | null;
  readonly syncCounter: number;
  readonly lastReceiptHash: string | null;
  readonly lastRequestHash: string | null;
  readonly lastAnswer: string | null;
  readonly reviewUntil: string | null;
  readonly reviewParts: Fingerprint | null;
}

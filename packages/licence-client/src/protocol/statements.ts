import { z } from 'zod';
import { MAX_LIST, MAX_STATEMENT } from './limits.ts';
import { bytes32, publicJwk } from './keys.ts';

/** An instant, RFC 3339 in UTC with `Z`. */
const instant = z.iso.datetime().max(40);
const count = z.int().min(0);
const text = (max: number) => z.string().max(max);
/** Once-only random value, at least 96 bits in base64url. */
const nonce = z.string().regex(/^[\w-]{16,64}$/);
const licenseId = z.uuid();
const state = z.enum(['active', 'suspended', 'revoked']);

/** The name of an installation: the thumbprint of its key, or `fp:` and a hash for clients that have no key. */
const installation = z.string().regex(/^(fp:)?[\w-]{43,64}$/);

/**
 * Soft evidence of where an installation is: salted HMACs (see `fingerprintOf`), never the values. A part that cannot
 * be told is left out. No MAC address, IP address, container id, path, CPU or memory.
 */
export const fingerprint = z.strictObject({
  domain: bytes32.optional(),
  database: bytes32.optional(),
  machine: bytes32.optional(),
});
export type Fingerprint = z.output<typeof fingerprint>;

/** `gec-key+jws`, by a root: this key may sign for the licence server, in this time. */
export const keyStatement = z.object({
  kid: bytes32,
  jwk: publicJwk,
  not_before: instant,
  not_after: instant,
  serial: count,
});

/** `gec-krl+jws`, by a root: signing keys that count no more, whatever they signed and when. Highest serial wins. */
export const keyRevocationStatement = z.object({
  revoked: z.array(z.object({ kid: bytes32, at: instant })).max(256),
  serial: count,
  issued_at: instant,
});

/** `gec-licence+jws`, by a signing key: the certificate of a licence for one installation. */
export const licenceStatement = z.object({
  v: z.literal(1),
  /** A random name of the licence; never its key. */
  license_id: licenseId,
  /** Last four characters of the key, for people to recognise it. */
  license_key_hint: text(8),
  owner: text(200).optional(),
  installation,
  fingerprint: fingerprint.nullable(),
  duration_days: z.int().min(1).max(36_600),
  duration_label: text(60),
  /** When this certificate was signed: what the client knows of the true time without a network. */
  issued_at: instant,
  activated_at: instant,
  expires_at: instant,
  /** Until when it holds without being renewed: 30 days after `issued_at`, or `expires_at` if that is earlier. */
  lease_expires_at: instant,
  grace_days: z.int().min(0).max(365),
  /** Grows by one with each certificate of the licence; an older one never replaces a newer one. */
  seq: z.int().min(1),
  /** Epoch of the revocation list when it was signed. */
  revocation_epoch: count,
  state,
  reason: text(300).optional(),
});

/** `gec-receipt+jws`, by a signing key: what the server answered to one synchronisation. */
export const receiptStatement = z.object({
  license_id: licenseId,
  installation,
  counter: count,
  /** {@link sha256} of the request's JWS. */
  request_hash: bytes32,
  server_time: instant,
  /** The nonce of the request. */
  nonce,
  previous_receipt_hash: bytes32.nullable(),
  state,
  certificate_seq: z.int().min(1),
  /** Codes of what the server noticed, such as `clone-or-restore` or `domain-review`. */
  alerts: z.array(text(60)).max(16),
});

/** `gec-revocations+jws`, by a signing key: what changed since the epoch that was asked for. */
export const revocationsStatement = z.object({
  epoch: count,
  issued_at: instant,
  entries: z
    .array(z.object({ license_id: licenseId, state, reason: text(300).nullish(), at: instant }))
    .max(500),
});

/** `gec-sync+jws`, by the installation's key, which the header carries. */
export const syncStatement = z.object({
  license_id: licenseId,
  installation: bytes32,
  /** Last counter plus one. */
  counter: z.int().min(1),
  /** {@link sha256} of the last receipt's JWS; null the first time. */
  last_receipt_hash: bytes32.nullable(),
  fingerprint,
  client_time: instant,
  nonce,
  revocation_epoch: count,
  app_version: text(60),
});

/** `gec-request+jws`, by the installation's key, which the header carries: what goes to the server by file or QR. */
export const requestStatement = z
  .object({
    kind: z.enum(['activate', 'renew', 'deactivate']),
    /** The key of the licence; for `activate`. */
    license_key: z
      .string()
      .regex(/^[0-9A-Z]{12}$/)
      .optional(),
    /** For `renew` and `deactivate`. */
    license_id: licenseId.optional(),
    installation: publicJwk,
    fingerprint,
    nonce,
    created_at: instant,
  })
  .refine((body) => (body.kind === 'activate' ? body.license_key : body.license_id) !== undefined, {
    error: 'activate names a key, renew and deactivate a licence',
  });

/** Every kind of statement: what it holds, and how long it may be. */
export const STATEMENTS = {
  'gec-key+jws': { shape: keyStatement, max: MAX_STATEMENT },
  'gec-krl+jws': { shape: keyRevocationStatement, max: MAX_LIST },
  'gec-licence+jws': { shape: licenceStatement, max: MAX_STATEMENT },
  'gec-receipt+jws': { shape: receiptStatement, max: MAX_STATEMENT },
  'gec-revocations+jws': { shape: revocationsStatement, max: MAX_LIST * 3 },
  'gec-sync+jws': { shape: syncStatement, max: MAX_STATEMENT },
  'gec-request+jws': { shape: requestStatement, max: MAX_STATEMENT },
} as const;

/** The `typ` of a statement. */
export type StatementType = keyof typeof STATEMENTS;
/** What a statement of a type holds. */
export type StatementOf<T extends StatementType> = z.output<(typeof STATEMENTS)[T]['shape']>;

export type KeyStatement = StatementOf<'gec-key+jws'>;
export type KeyRevocationStatement = StatementOf<'gec-krl+jws'>;
export type LicenceStatement = StatementOf<'gec-licence+jws'>;
export type ReceiptStatement = StatementOf<'gec-receipt+jws'>;
export type RevocationsStatement = StatementOf<'gec-revocations+jws'>;
export type SyncStatement = StatementOf<'gec-sync+jws'>;
export type RequestStatement = StatementOf<'gec-request+jws'>;
export type LicenceState = z.output<typeof state>;

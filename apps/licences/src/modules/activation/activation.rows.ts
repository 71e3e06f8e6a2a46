import type { Keyring } from '@gec/crypto';
import type { Fingerprint } from '@gec/licence-client';
import type { Selectable } from 'kysely';
import type { LicenseActivationTable } from '../../db/schema.ts';
import type { Activation } from './activation.schema.ts';

/** A row of the table. */
export type ActivationRow = Selectable<LicenseActivationTable>;

/** An activation ready to be written. */
export interface NewActivation {
  readonly publicId: string;
  readonly licenseId: number;
  readonly fingerprint: string;
  readonly activatedAt: string;
  readonly expiresAt: string;
  readonly ip: string;
  readonly clientInfo: string | null;
  readonly installation: string;
  readonly installationJwk: string | null;
  readonly parts: Fingerprint | null;
  readonly certificate: string;
  readonly leaseExpiresAt: string;
}

const json = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));
/** A value as the table keeps it. */
export const jsonText = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

/** A row as the services know it. */
export function toActivation(row: Omit<ActivationRow, 'domain_fingerprint'>): Activation {
  return {
    id: row.id,
    publicId: row.public_id,
    licenseId: row.license_id,
    fingerprintDigest: row.fingerprint_digest,
    activatedAt: row.activation_date,
    expiresAt: row.expiration_date,
    ip: row.ip_address,
    clientInfo: row.client_info,
    installation: row.installation,
    installationJwk: row.installation_jwk,
    parts: json(row.fingerprint_parts),
    certificate: row.certificate,
    leaseExpiresAt: row.lease_expires_at,
    releasedAt: row.released_at,
    releaseReason: row.release_reason,
    lastSyncAt: row.last_sync_at,
    syncCounter: row.sync_counter,
    lastReceiptHash: row.last_receipt_hash,
    lastRequestHash: row.last_request_hash,
    lastAnswer: row.last_answer,
    reviewUntil: row.review_until,
    reviewParts: json(row.review_parts),
  };
}

/** What of an activation is sealed or looked up by a keyed digest. */
export function createActivationRows(keyring: Keyring) {
  const place = (publicId: string) => ({
    table: 'license_activations',
    column: 'domain_fingerprint',
    id: publicId,
  });
  const digestOf = (fingerprint: string): string =>
    keyring.index.digest('activation.fingerprint', fingerprint);

  /** An activation as its row, its fingerprint sealed. */
  const toRow = (activation: NewActivation) => ({
    public_id: activation.publicId,
    license_id: activation.licenseId,
    domain_fingerprint: keyring.fields.seal(place(activation.publicId), activation.fingerprint),
    fingerprint_digest: digestOf(activation.fingerprint),
    activation_date: activation.activatedAt,
    expiration_date: activation.expiresAt,
    ip_address: activation.ip,
    // Neither PostgreSQL's text nor its JSON holds what is no Unicode text, or U+0000.
    client_info: activation.clientInfo?.toWellFormed().replaceAll('\0', '') ?? null,
    installation: activation.installation,
    installation_jwk: activation.installationJwk,
    fingerprint_parts: jsonText(activation.parts),
    certificate: activation.certificate,
    lease_expires_at: activation.leaseExpiresAt,
    released_at: null,
    release_reason: null,
    last_sync_at: null,
    sync_counter: 0,
    last_receipt_hash: null,
    last_request_hash: null,
    last_answer: null,
    review_until: null,
    review_parts: null,
  });
  /** Every digest that a fingerprint may be kept under. */
  const digestsOf = (fingerprint: string): string[] =>
    keyring.index.digests('activation.fingerprint', fingerprint);
  return { place, digestsOf, toRow };
}

export type ActivationRows = ReturnType<typeof createActivationRows>;

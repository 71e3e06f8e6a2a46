import { createHash } from 'node:crypto';
import { DAY_MS, GRACE_DAYS, LEASE_DAYS, type Fingerprint, type LicenceStatement } from '@gec/licence-client';
import type { License } from '../licenses/licenses.schema.ts';

/** Names an installation that has no key of its own. */
export function fingerprintInstallation(fingerprint: string): string {
  return `fp:${createHash('sha256').update(fingerprint, 'utf8').digest('hex')}`;
}

/** Until when a certificate made now need not be renewed: thirty days, or the end of the licence if that comes first. */
export function leaseEnd(now: Date, expiresAt: string): string {
  const lease = new Date(now.getTime() + LEASE_DAYS * DAY_MS).toISOString();
  return lease < expiresAt ? lease : expiresAt;
}

/** The end of a licence that begins now; one that was activated before keeps its end. */
export function licenseEnd(license: Pick<License, 'expiresAt' | 'durationDays'>, now: Date): string {
  return license.expiresAt ?? new Date(now.getTime() + license.durationDays * DAY_MS).toISOString();
}

/** Puts the claims of a certificate together. */
export function certificateClaims(
  license: Pick<
    License,
    'publicId' | 'keyHint' | 'owner' | 'durationDays' | 'durationLabel' | 'state' | 'stateReason'
  >,
  facts: {
    installation: string;
    parts: Fingerprint | null;
    issuedAt: string;
    activatedAt: string;
    expiresAt: string;
    leaseExpiresAt: string;
    seq: number;
    epoch: number;
  },
): LicenceStatement {
  return {
    v: 1,
    license_id: license.publicId,
    license_key_hint: license.keyHint,
    ...(license.owner === null ? {} : { owner: license.owner }),
    installation: facts.installation,
    fingerprint: facts.parts,
    duration_days: license.durationDays,
    duration_label: license.durationLabel,
    issued_at: facts.issuedAt,
    activated_at: facts.activatedAt,
    expires_at: facts.expiresAt,
    lease_expires_at: facts.leaseExpiresAt,
    grace_days: GRACE_DAYS,
    seq: facts.seq,
    revocation_epoch: facts.epoch,
    state: license.state,
    ...(license.stateReason === null || license.state === 'active'
      ? {}
      : { reason: license.stateReason.slice(0, 300) }),
  };
}

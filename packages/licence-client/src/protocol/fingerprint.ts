import { createHmac, hkdfSync } from 'node:crypto';
import type { Fingerprint } from './statements.ts';

/** The parts of the soft evidence, with their weights. The proof is the installation's key; these only raise doubts. */
export const FINGERPRINT_WEIGHTS = { database: 5, domain: 3, machine: 2 } as const;

/** A part of the evidence. */
export type FingerprintPart = keyof typeof FINGERPRINT_WEIGHTS;

/** The parts, heaviest first. */
export const FINGERPRINT_PARTS: readonly FingerprintPart[] = ['database', 'domain', 'machine'];

/** From this drift (0 to 1) on, a person should look: the database's identity changed, or both other parts did. */
export const LARGE_DRIFT = 0.5;

/** What is known of the place; null or left out where it cannot be told. */
export type Evidence = Partial<Record<FingerprintPart, string | null | undefined>>;

/**
 * The parts as salted HMACs (HMAC-SHA-256, base64url). The salt is the installation's own secret: whoever has the
 * fingerprint can neither guess the values nor link two installations.
 */
export function fingerprintOf(evidence: Evidence, installationSecret: Uint8Array): Fingerprint {
  const salt = Buffer.from(
    hkdfSync('sha256', installationSecret, new Uint8Array(0), 'gec/licence/fingerprint/v1', 32),
  );
  const made: Fingerprint = {};
  for (const part of FINGERPRINT_PARTS) {
    const value = evidence[part];
    if (value) made[part] = createHmac('sha256', salt).update(`${part}\0${value}`).digest('base64url');
  }
  return made;
}

/** How one part compares with what it was. */
export interface PartChange {
  readonly part: FingerprintPart;
  readonly weight: number;
  readonly change: 'same' | 'changed' | 'gone' | 'new' | 'unknown';
}

/**
 * Compares two fingerprints of one installation.
 *
 * @returns each part, and the drift: weights of the parts that changed or are gone over the weights of the parts that
 *   were known before (0 to 1). A new part is more evidence, not less.
 */
export function compareFingerprints(
  before: Fingerprint | null,
  now: Fingerprint,
): { readonly parts: readonly PartChange[]; readonly drift: number; readonly large: boolean } {
  let known = 0;
  let lost = 0;
  const parts = FINGERPRINT_PARTS.map((part): PartChange => {
    const weight = FINGERPRINT_WEIGHTS[part];
    const [was, is] = [before?.[part], now[part]];
    if (was === undefined) return { part, weight, change: is === undefined ? 'unknown' : 'new' };
    known += weight;
    if (was === is) return { part, weight, change: 'same' };
    lost += weight;
    return { part, weight, change: is === undefined ? 'gone' : 'changed' };
  });
  const drift = known === 0 ? 0 : lost / known;
  return { parts, drift, large: drift >= LARGE_DRIFT };
}

import { generateSecret, generateURI, verifySync } from 'otplib';

/** Seconds for which a code stands (RFC 6238 § 5.2), and codes one step early or late that are taken too. */
const PERIODE = 30;

/** A new secret for an authenticator app: 160 bits (RFC 4226 § 4), base32. */
export function nouveauSecret(): string {
  return generateSecret({ length: 20 });
}

/** The address that an authenticator app reads from a QR code. */
export function adresseTotp(secret: string, issuer: string, compte: string): string {
  return generateURI({ issuer, label: compte, secret });
}

/**
 * The time step to which a code belongs (RFC 6238: SHA-1, six digits, 30 seconds): the present one, the one before or
 * the one after.
 *
 * @param maintenant instant of the check
 * @param dernierPas step of the last code that was used; it and what comes before are not taken again
 * @returns `null` when the code is not right
 */
export function pasDuCode(
  secret: string,
  code: string,
  maintenant: Date,
  dernierPas: number | null,
): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const epoch = Math.floor(maintenant.getTime() / 1000);
  const result = verifySync({ secret, token: code, epoch, epochTolerance: PERIODE });
  if (!result.valid || !('timeStep' in result)) return null;
  return dernierPas !== null && result.timeStep <= dernierPas ? null : result.timeStep;
}

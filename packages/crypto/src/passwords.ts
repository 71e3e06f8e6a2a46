import { createHmac } from 'node:crypto';
import bcrypt from 'bcrypt';

/** bcrypt's cost where none is said: 2^12 rounds. */
const DEFAULT_COST = 12;
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/**
 * What bcrypt gets to see: base64(HMAC-SHA-256(pepper, NFC(password))). bcrypt reads only 72 bytes and stops at a
 * NUL; these 44 characters hold the whole password. NFC, because keyboards differ in how they type an é.
 */
function peppered(password: string, pepper: string | Uint8Array): string {
  if (pepper.length === 0) throw new RangeError('the password pepper is empty');
  return createHmac('sha256', pepper).update(password.normalize('NFC'), 'utf8').digest('base64');
}

/**
 * Hashes a password for storage, off the main thread.
 *
 * @param pepper the secret of the installation; text is taken as UTF-8
 * @param cost bcrypt's work factor, 4 to 31
 * @returns a bcrypt string of 60 characters
 */
export async function hashPassword(
  password: string,
  pepper: string | Uint8Array,
  cost = DEFAULT_COST,
): Promise<string> {
  // bcrypt would silently round a cost out of range to its nearest bound.
  if (!Number.isInteger(cost) || cost < 4 || cost > 31)
    throw new RangeError('bcrypt takes a cost from 4 to 31');
  return bcrypt.hash(peppered(password, pepper), cost);
}

/** Whether it is the password that was hashed; false for a text that is no bcrypt hash. */
export async function verifyPassword(
  password: string,
  hash: string,
  pepper: string | Uint8Array,
): Promise<boolean> {
  const input = peppered(password, pepper);
  return BCRYPT.test(hash) && (await bcrypt.compare(input, hash));
}

/** Whether a hash was made otherwise than it would be today, so that the next sign-in should renew it. */
export function needsRehash(hash: string, cost = DEFAULT_COST): boolean {
  const match = BCRYPT.exec(hash);
  return match === null || Number(match[1]) !== cost;
}

/** Spends the time of a verification, so that an unknown account cannot be told from a wrong password. */
export async function burnPassword(
  password: string,
  pepper: string | Uint8Array,
  cost = DEFAULT_COST,
): Promise<void> {
  // Well formed, so that bcrypt does all its rounds; no password is known to have this hash.
  const hash = `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  await verifyPassword(password, hash, pepper);
}

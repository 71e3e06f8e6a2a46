import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2Async = promisify(pbkdf2);

/** Bytes that Werkzeug takes from each function; a stored hash of another length is not one of its. */
const SCRYPT_BYTES = 64;
const PBKDF2_BYTES: Readonly<Record<string, number>> = { sha256: 32, sha512: 64 };

/** Upper bounds, far above what Werkzeug ever used, so that an altered row cannot keep the machine busy. */
const MAX_SCRYPT_N = 2 ** 18;
const MAX_SCRYPT_R = 16;
const MAX_SCRYPT_P = 8;
const MAX_ROUNDS = 5_000_000;

function scryptAsync(password: string, salt: string, N: number, r: number, p: number): Promise<Buffer> {
  // Node's default limit of 32 MiB is just below what Werkzeug's parameters need.
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, SCRYPT_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function derive(method: string, password: string, salt: string): Promise<Buffer> | null {
  const [name, ...params] = method.split(':');
  if (name === 'scrypt' && params.length === 3) {
    const [N = 0, r = 0, p = 0] = params.map(Number);
    const powerOfTwo = Number.isInteger(N) && N > 1 && N <= MAX_SCRYPT_N && (N & (N - 1)) === 0;
    const small = Number.isInteger(r) && r >= 1 && r <= MAX_SCRYPT_R && Number.isInteger(p) && p >= 1;
    return powerOfTwo && small && p <= MAX_SCRYPT_P ? scryptAsync(password, salt, N, r, p) : null;
  }
  if (name === 'pbkdf2' && params.length === 2) {
    const [digest = '', roundsText] = params;
    const bytes = PBKDF2_BYTES[digest];
    const rounds = Number(roundsText);
    if (bytes === undefined || !Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS) return null;
    return pbkdf2Async(password, salt, rounds, bytes, digest);
  }
  return null;
}

/**
 * Verifies a password against a hash of the older program (Werkzeug): `scrypt:N:r:p$salt$hex` or
 * `pbkdf2:sha256:rounds$salt$hex` (sha512 too). The salt counts as its ASCII characters, the password as its UTF-8
 * bytes as typed. Runs off the main thread.
 *
 * @returns false for a wrong password and for a text that is no such hash
 */
export async function verifyLegacyWerkzeug(password: string, hash: string): Promise<boolean> {
  const [method, salt, hex, ...rest] = hash.split('$');
  if (method === undefined || !salt || hex === undefined || rest.length > 0) return false;
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) return false;
  const derived = await derive(method, password, salt);
  const stored = Buffer.from(hex, 'hex');
  return derived !== null && derived.length === stored.length && timingSafeEqual(derived, stored);
}

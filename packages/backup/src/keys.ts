import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  scrypt,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { hkdf, sha256Hex } from '@gec/crypto';
import { z } from 'zod';
import { ArchiveError } from './errors.ts';

const deriveScrypt = promisify<string, Buffer, number, object, Buffer>(scrypt);

const PUBLIC = 'GEC-SAUVEGARDE-PUBLIQUE-';
const SECRET = 'GEC-SAUVEGARDE-SECRETE-';
/** Cost of scrypt (RFC 7914): 128 MiB and about half a second, each time an archive is made or opened with a phrase. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 } as const;
/** Costs above this are an attack on whoever opens the archive, not one of our archives. */
const SCRYPT_N_MAX = 2 ** 20;
/** Characters of a phrase at least. */
export const PHRASE_MIN = 12;

/** Who can open an archive: whoever knows a phrase, or holds the secret half of a key. */
export type Recipient = { readonly phrase: string } | { readonly publicKey: string };

/** What opens an archive. */
export type Opener = { readonly phrase: string } | { readonly secretKey: string };

const base64 = z.base64url().max(400);

/** How the content key is kept for one recipient. */
export const lockShape = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('phrase'),
    salt: base64,
    n: z.int().min(2).max(SCRYPT_N_MAX),
    r: z.int().min(1).max(16),
    p: z.int().min(1).max(4),
    wrapped: base64,
  }),
  z.object({ type: z.literal('cle'), id: z.string().max(64), ephemeral: base64, wrapped: base64 }),
]);
export type Lock = z.output<typeof lockShape>;

/**
 * Makes a key pair for archives: X25519 (RFC 7748). The public half seals and may lie on the server; only the secret
 * half opens, and belongs in a safe.
 *
 * @returns both as texts to be kept
 */
export function generateBackupKey(): { publicKey: string; secretKey: string } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    publicKey: PUBLIC + String(publicKey.export({ format: 'jwk' }).x),
    secretKey: SECRET + String(privateKey.export({ format: 'jwk' }).d),
  };
}

/** What tells one key from another: it may be shown and printed. */
export function backupKeyId(publicKey: string): string {
  return sha256Hex(rawPublic(parsePublicKey(publicKey))).slice(0, 16);
}

const rawPublic = (key: KeyObject): Buffer =>
  Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');

/** The public half out of its text. @throws ArchiveError `secret` for anything else */
export function parsePublicKey(text: string): KeyObject {
  const x = text.trim();
  if (!x.startsWith(PUBLIC)) throw new ArchiveError('secret', 'this is not a public key for backups');
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x: x.slice(PUBLIC.length) } });
  } catch (cause) {
    throw new ArchiveError('secret', 'this public key for backups is cut or mistyped', { cause });
  }
}

function parseSecretKey(text: string): { secret: KeyObject; publicKey: KeyObject } {
  const d = text.trim();
  if (!d.startsWith(SECRET)) throw new ArchiveError('secret', 'this is not a secret key for backups');
  try {
    // PKCS #8 of RFC 8410: Node wants the public half too in a JWK, which the text does not hold.
    const prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
    const raw = Buffer.from(d.slice(SECRET.length), 'base64url');
    const secret = createPrivateKey({ format: 'der', type: 'pkcs8', key: Buffer.concat([prefix, raw]) });
    return { secret, publicKey: createPublicKey(secret) };
  } catch (cause) {
    throw new ArchiveError('secret', 'this secret key for backups is cut or mistyped', { cause });
  }
}

/** The public half of a secret one, as a text. @throws ArchiveError `secret` */
export function publicHalf(secretKey: string): string {
  return PUBLIC + rawPublic(parseSecretKey(secretKey).publicKey).toString('base64url');
}

/** Wraps 32 bytes under a key that is used once: AES-256-GCM, so that a wrong key is noticed. */
function wrap(key: Buffer, content: Buffer): string {
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
  return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function unwrap(key: Buffer, wrapped: string): Buffer {
  const bytes = Buffer.from(wrapped, 'base64url');
  if (bytes.length !== 48) throw new ArchiveError('damaged', 'the head of the archive is damaged');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAuthTag(bytes.subarray(32));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, 32)), decipher.final()]);
  } catch (cause) {
    throw new ArchiveError('secret', 'the phrase or key is not the one of this archive', { cause });
  }
}

/** A key of a phrase: NFC and trimmed, so that it may be typed on another keyboard. */
function phraseKey(phrase: string, lock: { salt: string; n: number; r: number; p: number }): Promise<Buffer> {
  const options = { N: lock.n, r: lock.r, p: lock.p, maxmem: 256 * lock.n * lock.r };
  return deriveScrypt(phrase.normalize('NFC').trim(), Buffer.from(lock.salt, 'base64url'), 32, options);
}

/** A key that only the holder of one secret half can make again: ECDH with an ephemeral key, then HKDF. */
function agreedKey(ours: KeyObject, theirs: KeyObject, ephemeral: Buffer, recipient: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: ours, publicKey: theirs });
  return hkdf(shared, 'gec/sauvegarde/v1', 32, Buffer.concat([ephemeral, recipient]));
}

/** Keeps a content key for a recipient. @throws ArchiveError, RangeError for a phrase that is too short */
export async function lockFor(recipient: Recipient, content: Buffer): Promise<Lock> {
  if ('phrase' in recipient) {
    if ([...recipient.phrase.trim()].length < PHRASE_MIN) {
      throw new RangeError(`a phrase has at least ${PHRASE_MIN} characters`);
    }
    const lock = { salt: randomBytes(16).toString('base64url'), n: SCRYPT.N, r: SCRYPT.r, p: SCRYPT.p };
    return { type: 'phrase', ...lock, wrapped: wrap(await phraseKey(recipient.phrase, lock), content) };
  }
  const theirs = parsePublicKey(recipient.publicKey);
  const pair = generateKeyPairSync('x25519');
  const ephemeral = rawPublic(pair.publicKey);
  const key = agreedKey(pair.privateKey, theirs, ephemeral, rawPublic(theirs));
  return {
    type: 'cle',
    id: backupKeyId(recipient.publicKey),
    ephemeral: ephemeral.toString('base64url'),
    wrapped: wrap(key, content),
  };
}

/**
 * The content key out of the locks of an archive.
 *
 * @throws ArchiveError `secret` when none of them is for this phrase or key
 */
export async function unlock(opener: Opener, locks: readonly Lock[]): Promise<Buffer> {
  let failure: unknown = new ArchiveError('secret', 'this archive is not for such a phrase or key');
  for (const lock of locks) {
    try {
      if (lock.type === 'phrase' && 'phrase' in opener) {
        return unwrap(await phraseKey(opener.phrase, lock), lock.wrapped);
      }
      if (lock.type === 'cle' && 'secretKey' in opener) {
        const { secret, publicKey } = parseSecretKey(opener.secretKey);
        const x = lock.ephemeral;
        const theirs = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x } });
        const key = agreedKey(secret, theirs, Buffer.from(x, 'base64url'), rawPublic(publicKey));
        return unwrap(key, lock.wrapped);
      }
    } catch (error) {
      failure = error instanceof ArchiveError ? error : new ArchiveError('damaged', 'a lock is damaged');
    }
  }
  throw failure;
}

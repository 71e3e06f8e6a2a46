import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { privateJwk, publicJwk, type KeyPair } from '@gec/licence-client';
import { z } from 'zod';

/** Cost of the passphrase (RFC 7914): about 100 ms and 64 MB for each guess. */
const SCRYPT = { N: 65_536, r: 8, p: 1, maxmem: 128 * 1024 * 1024 };

const shape = z.object({
  v: z.literal(1),
  kid: z.string(),
  jwk: publicJwk,
  salt: z.string(),
  iv: z.string(),
  sealed: z.string(),
});

/** The file of a root key cannot be used; the message says why. */
export class RootFileError extends Error {
  override readonly name = 'RootFileError';
}

/** Writes a root key to a file that only its owner may read, sealed with a passphrase. Never overwrites a file. */
export function writeRootFile(path: string, key: KeyPair, passphrase: string): void {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, SCRYPT), iv);
  cipher.setAAD(Buffer.from(key.kid));
  const sealed = Buffer.concat([
    cipher.update(JSON.stringify(key.privateJwk)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const content = {
    v: 1,
    kid: key.kid,
    jwk: key.publicJwk,
    salt: salt.toString('base64url'),
    iv: iv.toString('base64url'),
    sealed: sealed.toString('base64url'),
  };
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
}

/**
 * Opens the file of a root key.
 *
 * @throws RootFileError when it is not such a file, or the passphrase is another
 */
export function readRootFile(path: string, passphrase: string): KeyPair {
  let content: z.infer<typeof shape>;
  try {
    content = shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new RootFileError(`${path} is not the file of a root key`, { cause });
  }
  const bytes = Buffer.from(content.sealed, 'base64url');
  const key = scryptSync(passphrase, Buffer.from(content.salt, 'base64url'), 32, SCRYPT);
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(content.iv, 'base64url'));
  decipher.setAAD(Buffer.from(content.kid));
  try {
    decipher.setAuthTag(bytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
    return {
      kid: content.kid,
      publicJwk: content.jwk,
      privateJwk: privateJwk.parse(JSON.parse(plain.toString())),
    };
  } catch (cause) {
    throw new RootFileError('the passphrase does not open the root key', { cause });
  }
}

import { createDecipheriv } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { hkdf } from '@gec/crypto';

/**
 * The format of backups until 0.1: they can still be read.
 *
 * `GECLICB1`, a salt of 16 bytes, then records: length (4 bytes, big endian), IV, ciphertext, tag.
 */
const MAGIC = Buffer.from('GECLICB1');
const SALT = 16;
const IV = 12;
const TAG = 16;
/** A record is a thousand rows: far less than this. */
const RECORD_MAX = 256 * 1024 * 1024;

/** Whether a file begins like a backup of the old format. */
export const isOldBackup = (start: Uint8Array): boolean => MAGIC.equals(start.subarray(0, MAGIC.length));

/** A backup cannot be read: another secret, or the file was cut or altered. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

const keyOf = (backupKey: Uint8Array, salt: Uint8Array): Buffer =>
  hkdf(backupKey, 'gec-licences/backup-file/v1', 32, salt);

/** The place of a record, and whether it is the last one: records cannot be moved, left out or cut off. */
function aadOf(index: number, last: boolean): Buffer {
  const aad = Buffer.alloc(5);
  aad.writeUInt32BE(index);
  aad.writeUInt8(last ? 1 : 0, 4);
  return aad;
}

/**
 * Opens the records of a backup, in order.
 *
 * @throws BackupError when the secret is another one, or the file was cut or altered
 */
export function* openBackup(file: Buffer, backupKey: Uint8Array): Generator<unknown> {
  if (!file.subarray(0, MAGIC.length).equals(MAGIC))
    throw new BackupError('not a backup of the licence server');
  let at = MAGIC.length + SALT;
  const key = keyOf(backupKey, file.subarray(MAGIC.length, at));
  for (let index = 0; ; index++) {
    if (at + 4 > file.length) throw new BackupError('the backup was cut off');
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 4 + length);
    if (length > RECORD_MAX || length < IV + TAG || body.length < length)
      throw new BackupError('the backup was cut off');
    at += 4 + length;
    const last = at === file.length;
    const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, IV)).setAAD(aadOf(index, last));
    try {
      decipher.setAuthTag(body.subarray(-TAG));
      const plain = Buffer.concat([decipher.update(body.subarray(IV, -TAG)), decipher.final()]);
      yield JSON.parse(inflateRawSync(plain).toString()) as unknown;
    } catch (cause) {
      throw new BackupError('the secret is another one, or the backup was altered', { cause });
    }
    if (last) return;
  }
}

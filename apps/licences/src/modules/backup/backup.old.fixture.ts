import { createCipheriv, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { hkdf } from '@gec/crypto';

/** Makes a backup of the old format for tests: nothing writes it any more. */
export function sealOldBackup(backupKey: Uint8Array, records: readonly unknown[]): Buffer {
  const salt = randomBytes(16);
  const key = hkdf(backupKey, 'gec-licences/backup-file/v1', 32, salt);
  const sealed = records.map((record, index) => {
    const aad = Buffer.alloc(5);
    aad.writeUInt32BE(index);
    aad.writeUInt8(index === records.length - 1 ? 1 : 0, 4);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad);
    const body = [iv, cipher.update(deflateRawSync(JSON.stringify(record))), cipher.final()];
    const whole = Buffer.concat([...body, cipher.getAuthTag()]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(whole.length);
    return Buffer.concat([length, whole]);
  });
  return Buffer.concat([Buffer.from('GECLICB1'), salt, ...sealed]);
}

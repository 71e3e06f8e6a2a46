export { aeadCbcHs512Decrypt, aeadCbcHs512Encrypt, type AeadKey } from './aead.ts';
export type { AuditMac } from './audit.ts';
export type { BlindIndex, IndexGeneration, IndexKeys } from './blind-index.ts';
export { InvalidMasterKeyError, TamperedError, UnknownKeyError, WrongMasterKeyError } from './errors.ts';
export { fieldLead, type FieldCipher, type FieldContext, type Sealed } from './fields.ts';
export { sealedFileKid } from './file-format.ts';
export { createFileCipher, type FileCipher, type FileDigest, type SealTransform } from './files.ts';
export { hkdf } from './kdf.ts';
export { openKeyring, type Keyring, type KeyStore } from './keyring.ts';
export {
  addGeneration,
  identityName,
  indexLead,
  indexSide,
  masterKeyFingerprint,
  opensKeys,
  parseMasterKey,
  rewrapKeys,
  waitingGeneration,
  type DataKey,
  type DataKeyRow,
  type IndexSide,
  type KeyPurpose,
} from './keys.ts';
export { burnPassword, hashPassword, needsRehash, verifyPassword } from './passwords.ts';
export { completeSecrets, keepSecrets, keptSecrets } from './secrets-file.ts';
export { adoptSecret, comingSecret, keptInFile, prepareSecret } from './secrets-change.ts';
export { randomPassword, randomToken, sha256Hex, timingSafeEqualText } from './tokens.ts';
export { verifyLegacyWerkzeug } from './werkzeug.ts';

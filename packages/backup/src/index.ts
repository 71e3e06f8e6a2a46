export * from './archive.ts';
export { readHead, type ArchiveHead } from './envelope.ts';
export * from './errors.ts';
export {
  backupKeyId,
  generateBackupKey,
  parsePublicKey,
  PHRASE_MIN,
  publicHalf,
  type Opener,
  type Recipient,
} from './keys.ts';

/**
 * The bytes of a sealed file, the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár 2015) over AES-256-GCM:
 *
 *     header = 'GECF' ‖ version 1 (1 byte) ‖ length of kid (1 byte) ‖ kid (ASCII) ‖ salt (32 bytes)
 *     file   = header ‖ chunk 0 ‖ … ‖ chunk n     chunk = ciphertext (64 KiB, the last 0 to 64 KiB) ‖ tag (16 bytes)
 *
 * HKDF-SHA-256 over the data key, the salt and the file's id gives each file its own key and nonce prefix. The nonce
 * is prefix (7) ‖ chunk number (4) ‖ 1 for the last chunk, else 0; the header is the AAD of every chunk. So chunks
 * cannot be altered, swapped, repeated, dropped or added, nor a file be put in the place of another.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { TamperedError } from './errors.ts';
import { hkdf } from './kdf.ts';

/** Plain bytes in a full chunk. */
export const CHUNK_BYTES = 64 * 1024;
/** Bytes of the tag that follows each chunk. */
export const TAG_BYTES = 16;
/** Bytes of the salt of a file. */
export const SALT_BYTES = 32;
/** Bytes of the header up to and with the length of the kid. */
const HEADER_FIXED_BYTES = 6;

const MAGIC = Buffer.from('GECF', 'ascii');
const VERSION = 1;
const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const PREFIX_BYTES = 7;
const MAX_FILE_ID_BYTES = 512;
const MAX_CHUNKS = 2 ** 32;

/** The keys of one file. */
export interface FileKeys {
  readonly header: Buffer;
  readonly key: KeyObject;
  readonly noncePrefix: Buffer;
}

/** Writes the header of a new file. */
export function encodeHeader(kid: string, salt: Uint8Array): Buffer {
  const name = Buffer.from(kid, 'ascii');
  return Buffer.concat([MAGIC, Buffer.from([VERSION, name.length]), name, salt]);
}

/**
 * How long the header that begins here is, as far as these bytes tell: at least {@link HEADER_FIXED_BYTES}.
 *
 * @throws TamperedError when it is not the beginning of a sealed file
 */
export function headerLength(start: Buffer): number {
  const magic = start.subarray(0, MAGIC.length);
  const version = start[MAGIC.length];
  if (!magic.equals(MAGIC.subarray(0, magic.length)) || (version !== undefined && version !== VERSION)) {
    throw new TamperedError('this is not a sealed file');
  }
  const kidLength = start[MAGIC.length + 1];
  return HEADER_FIXED_BYTES + (kidLength === undefined ? 0 : kidLength + SALT_BYTES);
}

/** Takes a whole header apart. */
export function parseHeader(header: Buffer): { kid: string; salt: Buffer } {
  return {
    kid: header.toString('latin1', HEADER_FIXED_BYTES, header.length - SALT_BYTES),
    salt: header.subarray(header.length - SALT_BYTES),
  };
}

/**
 * Which generation sealed a file.
 *
 * @param start its first bytes
 * @returns null when these are too few to tell
 * @throws TamperedError when it is not the beginning of a sealed file
 */
export function sealedFileKid(start: Buffer): string | null {
  const length = headerLength(start);
  return length === HEADER_FIXED_BYTES || start.length < length
    ? null
    : parseHeader(start.subarray(0, length)).kid;
}

/**
 * Derives the keys of one file.
 *
 * @param dataKey the file data key that the header names
 * @throws TypeError when the id is empty or longer than 512 bytes
 */
export function fileKeys(dataKey: KeyObject, header: Buffer, fileId: string): FileKeys {
  const idBytes = Buffer.byteLength(fileId, 'utf8');
  if (idBytes === 0 || idBytes > MAX_FILE_ID_BYTES) {
    throw new TypeError(`the id of a file has 1 to ${MAX_FILE_ID_BYTES} bytes, not ${idBytes}`);
  }
  const bytes = hkdf(dataKey, `gec/file/v1\0${fileId}`, KEY_BYTES + PREFIX_BYTES, parseHeader(header).salt);
  const key = createSecretKey(bytes.subarray(0, KEY_BYTES));
  const noncePrefix = Buffer.from(bytes.subarray(KEY_BYTES));
  bytes.fill(0);
  return { header, key, noncePrefix };
}

function nonce(file: FileKeys, index: number, last: boolean): Buffer {
  if (index >= MAX_CHUNKS) throw new RangeError('the file is too long to be sealed');
  const bytes = Buffer.alloc(12);
  file.noncePrefix.copy(bytes);
  bytes.writeUInt32BE(index, PREFIX_BYTES);
  bytes[11] = last ? 1 : 0;
  return bytes;
}

/** Seals one chunk: its ciphertext and its tag, to be written one after the other. */
export function sealChunk(file: FileKeys, index: number, last: boolean, plain: Uint8Array): [Buffer, Buffer] {
  const cipher = createCipheriv(ALGORITHM, file.key, nonce(file, index, last), { authTagLength: TAG_BYTES });
  cipher.setAAD(file.header);
  const ciphertext = cipher.update(plain);
  cipher.final();
  return [ciphertext, cipher.getAuthTag()];
}

/**
 * Opens one chunk.
 *
 * @throws TamperedError when it is not chunk `index` of this file, unaltered, and last or not as said
 */
export function openChunk(file: FileKeys, index: number, last: boolean, sealed: Buffer): Buffer {
  const tagAt = sealed.length - TAG_BYTES;
  if (tagAt < 0) throw new TamperedError('the sealed file is cut');
  const decipher = createDecipheriv(ALGORITHM, file.key, nonce(file, index, last), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(file.header);
  decipher.setAuthTag(sealed.subarray(tagAt));
  const plain = decipher.update(sealed.subarray(0, tagAt));
  try {
    decipher.final();
  } catch (cause) {
    throw new TamperedError(`chunk ${index} of the sealed file was altered, moved or cut`, { cause });
  }
  return plain;
}

import { createHash, randomBytes, type Hash } from 'node:crypto';
import type { Transform, TransformCallback } from 'node:stream';
import { ChunkedTransform } from './chunked.ts';
import { TamperedError } from './errors.ts';
import {
  CHUNK_BYTES,
  encodeHeader,
  fileKeys,
  headerLength,
  openChunk,
  parseHeader,
  SALT_BYTES,
  sealChunk,
  TAG_BYTES,
  type FileKeys,
} from './file-format.ts';
import type { DataKey } from './keys.ts';

/** What went through a sealing stream: SHA-256 of the plain bytes in hexadecimal, and how many they were. */
export interface FileDigest {
  sha256: string;
  bytes: number;
}

/** A sealing stream; `digest` answers once the stream has ended and throws before. */
export type SealTransform = Transform & { digest(): FileDigest };

/** Seals files as streams; file-format.ts describes the bytes. `fileId` binds a file to its name in the store. */
export interface FileCipher {
  /** Plain bytes in, sealed bytes out. */
  sealTransform(fileId: string): SealTransform;
  /**
   * Sealed bytes in, plain bytes out. Only authenticated chunks come out, but a cut file is noticed at its end: what
   * was read counts only once the stream has ended without error.
   *
   * The stream fails with TamperedError (altered, cut, reordered, lengthened, or another file's) or UnknownKeyError.
   */
  openTransform(fileId: string): Transform;
  /** `sealTransform` for something small that is in memory anyway. */
  sealBuffer(fileId: string, plain: Uint8Array): Buffer;
  /** `sealBuffer` with the digest, in pieces to be written one after the other; joining them would copy every byte. */
  sealParts(fileId: string, plain: Uint8Array): { parts: Buffer[]; digest: FileDigest };
  /** `openTransform` for something small. @throws TamperedError, UnknownKeyError */
  openBuffer(fileId: string, sealed: Uint8Array): Buffer;
}

class Sealer extends ChunkedTransform {
  readonly #keys: FileKeys;
  readonly #hash: Hash = createHash('sha256');
  #index = 0;
  #bytes = 0;
  #digest: FileDigest | null = null;

  constructor(keys: FileKeys) {
    super(CHUNK_BYTES);
    this.#keys = keys;
  }

  override _transform(data: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(data);
    this.#bytes += data.length;
    super._transform(data, encoding, done);
  }

  protected override convert(chunk: Buffer, last: boolean): readonly Buffer[] {
    // In pieces as they are: joining them would copy every byte once more.
    const lead = this.#index === 0 ? [Buffer.from(this.#keys.header)] : [];
    const sealed = [...lead, ...sealChunk(this.#keys, this.#index++, last, chunk)];
    if (last) this.#digest = { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
    return sealed;
  }

  digest(): FileDigest {
    if (this.#digest === null)
      throw new Error('the digest of a file is known only when all of it was sealed');
    return this.#digest;
  }
}

class Opener extends ChunkedTransform {
  readonly #openHeader: (header: Buffer) => FileKeys;
  #head: Buffer = Buffer.alloc(0);
  #keys: FileKeys | null = null;
  #index = 0;

  constructor(openHeader: (header: Buffer) => FileKeys) {
    super(CHUNK_BYTES + TAG_BYTES);
    this.#openHeader = openHeader;
  }

  override _transform(data: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#keys !== null) {
      super._transform(data, encoding, done);
      return;
    }
    this.#head = this.#head.length === 0 ? data : Buffer.concat([this.#head, data]);
    let rest: Buffer;
    try {
      const length = headerLength(this.#head);
      if (this.#head.length < length) {
        done();
        return;
      }
      this.#keys = this.#openHeader(Buffer.from(this.#head.subarray(0, length)));
      rest = this.#head.subarray(length);
      this.#head = Buffer.alloc(0);
    } catch (error) {
      done(error as Error);
      return;
    }
    super._transform(rest, encoding, done);
  }

  protected override convert(chunk: Buffer, last: boolean): readonly Buffer[] {
    if (this.#keys === null) throw new TamperedError('the sealed file is cut within its header');
    return [openChunk(this.#keys, this.#index++, last, chunk)];
  }
}

/** All of a sealed file, in pieces. */
function sealAll(file: FileKeys, plain: Uint8Array): Buffer[] {
  const parts: Buffer[] = [file.header];
  // An empty file is one empty chunk.
  const count = Math.max(1, Math.ceil(plain.length / CHUNK_BYTES));
  for (let i = 0; i < count; i++) {
    const chunk = plain.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
    parts.push(...sealChunk(file, i, i === count - 1, chunk));
  }
  return parts;
}

type FileKey = Pick<DataKey, 'kid' | 'key'>;

/** Makes the file cipher over the file data keys, or over any 256-bit key that is not used for anything else. */
export function createFileCipher(keys: { current(): FileKey; byKid(kid: string): FileKey }): FileCipher {
  const newFile = (fileId: string): FileKeys => {
    const { kid, key } = keys.current();
    return fileKeys(key, encodeHeader(kid, randomBytes(SALT_BYTES)), fileId);
  };
  const openHeader = (header: Buffer, fileId: string): FileKeys =>
    fileKeys(keys.byKid(parseHeader(header).kid).key, header, fileId);

  return {
    sealTransform: (fileId) => new Sealer(newFile(fileId)),
    openTransform: (fileId) => new Opener((header) => openHeader(header, fileId)),
    sealBuffer: (fileId, plain) => Buffer.concat(sealAll(newFile(fileId), plain)),
    sealParts: (fileId, plain) => ({
      parts: sealAll(newFile(fileId), plain),
      digest: { sha256: createHash('sha256').update(plain).digest('hex'), bytes: plain.length },
    }),
    openBuffer(fileId, sealed) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      const length = headerLength(bytes);
      if (bytes.length < length) {
        throw new TamperedError('the sealed file is cut within its header');
      }
      const file = openHeader(bytes.subarray(0, length), fileId);
      const body = bytes.subarray(length);
      const size = CHUNK_BYTES + TAG_BYTES;
      const count = Math.max(1, Math.ceil(body.length / size));
      return Buffer.concat(
        Array.from({ length: count }, (_, i) =>
          openChunk(file, i, i === count - 1, body.subarray(i * size, (i + 1) * size)),
        ),
      );
    },
  };
}

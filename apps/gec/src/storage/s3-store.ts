import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { AppError } from '@gec/core';
import { createPaths, isPath, type FileStore, type StoredFile } from './file-store.ts';
import { parseS3Address } from './s3-address.ts';
import { storageTexts } from './storage.texts.ts';

/** Bytes of a part of a large file: the least that S3 takes. */
const PART_BYTES = 5 * 1024 * 1024;

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/**
 * A store in a bucket of an S3-compatible service. What leaves the machine is sealed already, and a file that was
 * altered there does not open. Region, endpoint and credentials are those of the environment, as the SDK reads them
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, `AWS_ACCESS_KEY_ID`…).
 *
 * @param address `s3://bucket/prefix`
 * @param options.client another client, for tests
 */
export function createS3FileStore(address: string, options: { client?: S3Client } = {}): FileStore {
  const { bucket, prefix } = parseS3Address(address);
  const client = options.client ?? new S3Client({ forcePathStyle: true });
  const texts = storageTexts('fr');

  const object = (path: string) => {
    if (!isPath(path)) throw new TypeError('not a path of the file store');
    return { Bucket: bucket, Key: prefix + path };
  };

  /** Anything but an answer of ours about one file means that the store cannot be had now. */
  function worded(error: unknown): unknown {
    if (error instanceof AppError || error instanceof TypeError) return error;
    const missing = statusOf(error) === 404;
    const message = missing ? texts.illisible : texts.injoignable;
    return new AppError('unavailable', missing ? 'FILE_MISSING' : 'STORAGE_AWAY', message, { cause: error });
  }

  const asked = async <R>(work: () => Promise<R>): Promise<R> => {
    try {
      return await work();
    } catch (error) {
      throw worded(error);
    }
  };

  const get = (path: string): Promise<Readable> =>
    asked(async () => (await client.send(new GetObjectCommand(object(path)))).Body as Readable);

  async function size(path: string): Promise<number | null> {
    try {
      return (await client.send(new HeadObjectCommand(object(path)))).ContentLength ?? 0;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw worded(error);
    }
  }

  const remove = (path: string): Promise<void> =>
    asked(async () => void (await client.send(new DeleteObjectCommand(object(path)))));

  /** A small file at once, a large one in parts; both are there whole or not at all. */
  async function send(
    path: string,
    source: AsyncIterable<Uint8Array> | readonly Uint8Array[],
  ): Promise<number> {
    if (!(Symbol.asyncIterator in source)) {
      const Body = Buffer.concat(source);
      await client.send(new PutObjectCommand({ ...object(path), Body, ContentLength: Body.length }));
      return Body.length;
    }
    let bytes = 0;
    async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      }
    }
    const Body = Readable.from(counted(source), { objectMode: false });
    const upload = new Upload({
      client,
      params: { ...object(path), Body },
      partSize: PART_BYTES,
      queueSize: 2,
    });
    try {
      await Promise.all([
        upload.done(),
        // An error of the source shows at once, not as a body that ended early.
        new Promise<void>((resolve, reject) => Body.once('error', reject).once('close', resolve)),
      ]);
    } catch (error) {
      await upload.abort().catch(() => undefined);
      throw error;
    }
    return bytes;
  }

  return {
    newPath: createPaths(),

    async put(path, source, check) {
      let sent = false;
      try {
        const bytes = await send(path, source);
        sent = true;
        await check?.(() => Readable.from(stored(path)));
        return { bytes };
      } catch (error) {
        // No row names it yet: what cannot be taken away now is swept later.
        if (sent) await remove(path).catch(() => undefined);
        throw sent || error instanceof AppError ? error : isOfTheStore(error) ? worded(error) : error;
      }

      async function* stored(name: string): AsyncGenerator<Buffer> {
        yield* await get(name);
      }
    },

    open: get,
    size,
    exists: async (path) => (await size(path)) !== null,
    remove,

    async destroy(path) {
      const bytes = await size(path);
      if (bytes === null) return;
      // A bucket that keeps versions keeps this one too: the guide says to have none.
      await asked(() => client.send(new PutObjectCommand({ ...object(path), Body: Buffer.alloc(0) })));
      await remove(path);
    },

    async *list(): AsyncIterable<StoredFile> {
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
          for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
            const path = Key.slice(prefix.length);
            if (isPath(path)) yield { path, size: Size, modifiedAt: LastModified ?? new Date() };
          }
        }
      } catch (error) {
        throw worded(error);
      }
    },

    async sweepPartial(before) {
      let swept = 0;
      try {
        const open = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }));
        for (const { Key, UploadId, Initiated } of open.Uploads ?? []) {
          if (Key === undefined || UploadId === undefined || !Initiated || Initiated >= before) continue;
          await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
          swept += 1;
        }
      } catch (error) {
        // Some services do not tell of uploads under way; a rule of the bucket ends them there.
        if (statusOf(error) !== 501) throw worded(error);
      }
      return swept;
    },
  };
}

/** Whether an error comes from the service or the way to it, not from who gives the bytes. */
function isOfTheStore(error: unknown): boolean {
  if (error instanceof S3ServiceException) return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOST|ENETUNREACH)/.test(code);
}

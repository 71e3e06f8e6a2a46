/**
 * The bytes of an archive:
 *
 *     'GECARC01' ‖ length of the head (4 bytes, big endian) ‖ head (JSON) ‖ sealed stream
 *
 * The sealed stream is that of `@gec/crypto` (file-format.ts) under a random content key, which the head keeps for each
 * recipient; the id of the stream is the SHA-256 of the head, so that neither can be put to another's.
 */
import { createSecretKey, randomBytes } from 'node:crypto';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createFileCipher, sha256Hex, type FileCipher } from '@gec/crypto';
import { z } from 'zod';
import { ArchiveError } from './errors.ts';
import { lockFor, lockShape, unlock, type Opener, type Recipient } from './keys.ts';

const MAGIC = Buffer.from('GECARC01', 'ascii');
const HEAD_MAX = 64 * 1024;
const KID = 'archive';

const headShape = z.object({
  /** Program that made it: `gec` or `licences`. */
  programme: z.string().max(40),
  /** Instant, ISO 8601, UTC. */
  cree: z.string().max(40),
  serrures: z.array(lockShape).min(1).max(10),
});

/** What everybody may read of an archive. */
export type ArchiveHead = z.output<typeof headShape>;

const cipherOf = (content: Buffer): FileCipher => {
  const key = createSecretKey(content);
  return createFileCipher({
    current: () => ({ kid: KID, key }),
    byKid(kid) {
      if (kid !== KID) throw new ArchiveError('damaged', 'the archive names a key that it does not have');
      return { kid, key };
    },
  });
};

/**
 * Begins an archive.
 *
 * @returns its first bytes, and what seals the rest
 */
export async function sealEnvelope(
  facts: { programme: string; cree: string },
  recipients: readonly Recipient[],
): Promise<{ start: Buffer; seal: Transform }> {
  const content = randomBytes(32);
  const serrures = await Promise.all(recipients.map((recipient) => lockFor(recipient, content)));
  const head = Buffer.from(JSON.stringify(headShape.parse({ ...facts, serrures })));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return {
    start: Buffer.concat([MAGIC, length, head]),
    seal: cipherOf(content).sealTransform(sha256Hex(head)),
  };
}

/** Reads exactly so many bytes off the beginning of a stream, and leaves the rest in it. */
async function take(stream: Readable, bytes: number): Promise<Buffer> {
  for (;;) {
    const chunk = stream.read(bytes) as Buffer | null;
    if (chunk?.length === bytes) return chunk;
    if (chunk !== null && chunk.length > bytes) {
      // Streams made of whole buffers give them as they are.
      stream.unshift(chunk.subarray(bytes));
      return chunk.subarray(0, bytes);
    }
    if (chunk !== null || stream.readableEnded) throw new ArchiveError('foreign', 'this is not an archive');
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        stream.off('readable', done);
        stream.off('end', done);
        stream.off('error', fail);
        resolve();
      };
      const fail = (error: Error) => reject(error);
      stream.once('readable', done).once('end', done).once('error', fail);
    });
  }
}

/** Reads what everybody may read of an archive. @throws ArchiveError `foreign` */
export async function readHead(source: Readable): Promise<{ head: ArchiveHead; id: string }> {
  if (!(await take(source, MAGIC.length)).equals(MAGIC)) {
    throw new ArchiveError('foreign', 'this is not an archive');
  }
  const length = (await take(source, 4)).readUInt32BE();
  if (length === 0 || length > HEAD_MAX) throw new ArchiveError('foreign', 'this is not an archive');
  const bytes = await take(source, length);
  try {
    return { head: headShape.parse(JSON.parse(bytes.toString('utf8'))), id: sha256Hex(bytes) };
  } catch (cause) {
    throw new ArchiveError('damaged', 'the head of the archive is damaged', { cause });
  }
}

/**
 * Opens an archive.
 *
 * @returns its head and its plain content; what was read counts only once that has ended without error
 * @throws ArchiveError `foreign`, `secret`, `damaged`
 */
export async function openEnvelope(
  source: Readable,
  opener: Opener,
): Promise<{ head: ArchiveHead; content: Readable }> {
  const { head, id } = await readHead(source);
  const content = cipherOf(await unlock(opener, head.serrures)).openTransform(id);
  // Errors of either end show on the other one.
  pipeline(source, content, () => undefined);
  return { head, content };
}

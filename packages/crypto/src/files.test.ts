import { createHash, randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryKeyStore } from '../test/memory-store.ts';
import { openKeyring, TamperedError, UnknownKeyError, type Keyring } from './index.ts';

const CHUNK = 64 * 1024;
const SEALED_CHUNK = CHUNK + 16;

let ring: Keyring;
beforeAll(async () => {
  ring = await openKeyring(randomBytes(32), new MemoryKeyStore());
});

/** Cuts bytes into pieces of these sizes, over and over. */
function* pieces(data: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = sizes[i % sizes.length] ?? data.length;
    yield data.subarray(at, at + size);
    at += size;
  }
}

async function through(
  transform: Writable & AsyncIterable<Buffer>,
  data: Buffer,
  sizes = [CHUNK],
): Promise<Buffer> {
  const out: Buffer[] = [];
  await pipeline(
    Readable.from(pieces(data, sizes)),
    transform as never,
    async (source: AsyncIterable<Buffer>) => {
      for await (const part of source) out.push(part);
    },
  );
  return Buffer.concat(out);
}

const headerBytes = (sealed: Buffer): number => 6 + sealed.readUInt8(5) + 32;

describe('a sealed file', () => {
  it.each([0, 1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK, 3 * CHUNK + 5])(
    'of %i bytes comes back, with its SHA-256 and its size',
    async (size) => {
      const plain = randomBytes(size);
      const sealer = ring.files.sealTransform('f1');
      const sealed = await through(sealer, plain);
      expect(sealer.digest()).toEqual({
        sha256: createHash('sha256').update(plain).digest('hex'),
        bytes: size,
      });
      expect(sealed.length).toBe(headerBytes(sealed) + size + 16 * Math.max(1, Math.ceil(size / CHUNK)));
      expect((await through(ring.files.openTransform('f1'), sealed)).equals(plain)).toBe(true);
      expect(ring.files.openBuffer('f1', sealed).equals(plain)).toBe(true);
      const whole = ring.files.sealBuffer('f1', plain);
      expect((await through(ring.files.openTransform('f1'), whole)).equals(plain)).toBe(true);
      const { parts, digest } = ring.files.sealParts('f1', plain);
      expect(ring.files.openBuffer('f1', Buffer.concat(parts)).equals(plain)).toBe(true);
      expect(digest).toEqual(sealer.digest());
    },
  );

  it('is the same however the bytes arrive', async () => {
    const plain = randomBytes(2 * CHUNK + 777);
    const sizes = fc.array(fc.integer({ min: 1, max: 3 * CHUNK }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (inward, outward) => {
        // One byte at a time for the whole file would only be slow.
        const [a, b] = [inward, outward].map((list) => [1, 2, 40, ...list, CHUNK]);
        const sealed = await through(ring.files.sealTransform('f1'), plain, a);
        expect((await through(ring.files.openTransform('f1'), sealed, b)).equals(plain)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('streams 16 MB, each time with other bytes', async () => {
    const plain = randomBytes(16 * 1024 * 1024);
    const sealed = await through(ring.files.sealTransform('f1'), plain, [100_003]);
    const again = ring.files.sealBuffer('f1', plain);
    expect(sealed.subarray(-1000).equals(again.subarray(-1000))).toBe(false);
    expect((await through(ring.files.openTransform('f1'), sealed, [77_777])).equals(plain)).toBe(true);
  });

  it('holds at most two chunks, even when given 16 MB at once and nobody reads', async () => {
    const sealer = ring.files.sealTransform('f1');
    sealer.end(randomBytes(16 * 1024 * 1024));
    for (let i = 0; i < 20; i++) await turn();
    expect(sealer.readableLength).toBeGreaterThan(0);
    expect(sealer.readableLength).toBeLessThanOrEqual(2 * (SEALED_CHUNK + 100));

    const sealed = ring.files.sealBuffer('f1', randomBytes(4 * 1024 * 1024));
    const opener = ring.files.openTransform('f1');
    opener.end(sealed);
    for (let i = 0; i < 20; i++) await turn();
    expect(opener.readableLength).toBeGreaterThan(0);
    expect(opener.readableLength).toBeLessThanOrEqual(2 * CHUNK);
    let bytes = 0;
    for await (const part of opener) bytes += (part as Buffer).length;
    expect(bytes).toBe(4 * 1024 * 1024);
  });

  it('waits for a slow reader', async () => {
    const plain = randomBytes(10 * CHUNK + 3);
    const received: Buffer[] = [];
    const slow = new Writable({
      highWaterMark: 1,
      write: (part: Buffer, _encoding, done) => {
        received.push(part);
        setImmediate(done);
      },
    });
    await pipeline(
      Readable.from([plain]),
      ring.files.sealTransform('f1'),
      ring.files.openTransform('f1'),
      slow,
    );
    expect(Buffer.concat(received).equals(plain)).toBe(true);
  });

  it('has no digest before its end', async () => {
    const sealer = ring.files.sealTransform('f1');
    sealer.write('début');
    await turn();
    expect(() => sealer.digest()).toThrow(/all of it/);
    sealer.destroy();
  });

  it('needs an id', () => {
    expect(() => ring.files.sealTransform('')).toThrow(TypeError);
    expect(() => ring.files.sealBuffer('x'.repeat(513), Buffer.alloc(1))).toThrow(TypeError);
  });
});

describe('an altered file is refused', () => {
  const plain = randomBytes(3 * CHUNK + 100);
  let sealed: Buffer;
  let head: number;
  beforeAll(() => {
    sealed = ring.files.sealBuffer('f1', plain);
    head = headerBytes(sealed);
  });

  const chunk = (i: number): Buffer =>
    sealed.subarray(head + i * SEALED_CHUNK, head + (i + 1) * SEALED_CHUNK);

  async function expectRefused(bytes: Buffer, id = 'f1'): Promise<void> {
    expect(() => ring.files.openBuffer(id, bytes)).toThrow(TamperedError);
    await expect(through(ring.files.openTransform(id), bytes)).rejects.toThrow(TamperedError);
  }

  it('when cut, at a chunk boundary or anywhere else', async () => {
    const ends = [0, 1, 5, 6, head - 1, head, head + 10, head + 16, sealed.length - 1, sealed.length - 16];
    for (const boundary of [1, 2, 3]) ends.push(head + boundary * SEALED_CHUNK);
    for (const end of ends) await expectRefused(sealed.subarray(0, end));
  });

  it('when chunks are swapped, repeated, dropped or taken from elsewhere', async () => {
    const start = sealed.subarray(0, head);
    const other = ring.files.sealBuffer('f1', plain);
    const foreign = other.subarray(head + SEALED_CHUNK, head + 2 * SEALED_CHUNK);
    await expectRefused(Buffer.concat([start, chunk(1), chunk(0), chunk(2), chunk(3)]));
    await expectRefused(Buffer.concat([start, chunk(0), chunk(0), chunk(1), chunk(2), chunk(3)]));
    await expectRefused(Buffer.concat([start, chunk(0), chunk(2), chunk(3)]));
    await expectRefused(Buffer.concat([start, chunk(0), foreign, chunk(2), chunk(3)]));
    await expectRefused(Buffer.concat([start, chunk(3)]));
  });

  it('when lengthened', async () => {
    const exact = ring.files.sealBuffer('f1', plain.subarray(0, 2 * CHUNK));
    for (const tail of [Buffer.alloc(1), Buffer.alloc(16), chunk(3), sealed]) {
      await expectRefused(Buffer.concat([sealed, tail]));
      await expectRefused(Buffer.concat([exact, tail]));
    }
  });

  it('when put in the place of another', async () => {
    await expectRefused(sealed, 'f2');
  });

  it('when any single bit is flipped', () => {
    const small = ring.files.sealBuffer('f1', Buffer.from('Note circulaire'));
    for (let bit = 0; bit < small.length * 8; bit++) {
      const altered = Buffer.from(small);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      let error: unknown;
      try {
        ring.files.openBuffer('f1', altered);
      } catch (thrown) {
        error = thrown;
      }
      expect(error instanceof TamperedError || error instanceof UnknownKeyError, `bit ${bit}`).toBe(true);
    }
  });

  it('and only authenticated bytes come out before', async () => {
    const altered = Buffer.from(sealed);
    const at = head + 2 * SEALED_CHUNK + 5;
    altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
    const out: Buffer[] = [];
    const opener = ring.files.openTransform('f1');
    opener.end(altered);
    await expect(
      (async () => {
        for await (const part of opener) out.push(part as Buffer);
      })(),
    ).rejects.toThrow(TamperedError);
    const seen = Buffer.concat(out);
    expect(seen.length).toBeLessThanOrEqual(2 * CHUNK);
    expect(seen.equals(plain.subarray(0, seen.length))).toBe(true);
  });

  it('under the key of another installation', async () => {
    const other = await openKeyring(randomBytes(32), new MemoryKeyStore());
    await expect(through(other.files.openTransform('f1'), sealed)).rejects.toThrow(UnknownKeyError);
  });
});

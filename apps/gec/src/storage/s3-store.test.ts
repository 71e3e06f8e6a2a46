import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { samplePdf, startS3, tempDir, type S3Service, type TempDir } from '@gec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMovingStore, moveFiles } from './former-store.ts';
import type { FileStore } from './file-store.ts';
import { createLocalFileStore } from './local-store.ts';
import { parseS3Address } from './s3-address.ts';
import { createS3FileStore } from './s3-store.ts';

let temp: TempDir;
let service: S3Service;
let client: S3Client;

beforeAll(async () => {
  temp = await tempDir();
  service = await startS3();
  client = new S3Client(service.client);
});
afterAll(async () => {
  client.destroy();
  await service.close();
  await temp.remove();
});

let prefixes = 0;
const open = () => createS3FileStore(`s3://courriers/essai/${++prefixes}`, { client });

async function* chunks(content: Buffer, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function paths(store: FileStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of store.list()) found.push(path);
  return found.sort();
}

describe('the store in a bucket', () => {
  it.each([
    ['in pieces that are in memory', (content: Buffer) => [content.subarray(0, 10), content.subarray(10)]],
    ['as it comes', (content: Buffer) => chunks(content)],
  ])('keeps a file %s, and finds it again', async (_name, source) => {
    const store = open();
    const path = store.newPath();
    const content = randomBytes(12 * 1024 * 1024 + 7);
    expect(await store.put(path, source(content))).toEqual({ bytes: content.length });
    expect((await buffer(await store.open(path))).equals(content)).toBe(true);
    expect([await store.size(path), await store.exists(path)]).toEqual([content.length, true]);
    expect(await paths(store)).toEqual([path]);
    await store.destroy(path);
    await store.destroy(path);
    await store.remove(path);
    expect([await store.size(path), await paths(store)]).toEqual([null, []]);
    await expect(store.open(path)).rejects.toMatchObject({ code: 'FILE_MISSING' });
  });

  it('checks what it has kept, and leaves nothing of what is refused or breaks off', async () => {
    const store = open();
    const content = randomBytes(50_000);
    let seen = Buffer.alloc(0);
    const refuse = store.put(store.newPath(), chunks(content), async (stored) => {
      seen = await buffer(stored());
      throw new Error('refused');
    });
    await expect(refuse).rejects.toThrow('refused');
    expect(seen.equals(content)).toBe(true);
    const broken = store.put(
      store.newPath(),
      (async function* () {
        yield content;
        throw new Error('the client went away');
      })(),
    );
    await expect(broken).rejects.toThrow('the client went away');
    expect(await paths(store)).toEqual([]);
  });

  it('says that it cannot be reached, and takes only paths of ours', async () => {
    const away = createS3FileStore('s3://courriers/x', {
      client: new S3Client({ ...service.client, endpoint: 'http://127.0.0.1:9' }),
    });
    const path = away.newPath();
    const gone = { kind: 'unavailable', code: 'STORAGE_AWAY' };
    await expect(away.put(path, [Buffer.from('x')])).rejects.toMatchObject(gone);
    await expect(away.open(path)).rejects.toMatchObject(gone);
    await expect(away.exists(path)).rejects.toMatchObject(gone);
    await expect(away.put('../../etc/passwd', [Buffer.from('x')])).rejects.toThrow(TypeError);
    expect(parseS3Address('s3://seau.gec/a/b/')).toEqual({ bucket: 'seau.gec', prefix: 'a/b/' });
    expect(parseS3Address('s3://seau')).toEqual({ bucket: 'seau', prefix: '' });
    for (const bad of ['s3://', 's3:///x', 's3://A/x', 'https://x/y']) {
      expect(() => parseS3Address(bad)).toThrow(TypeError);
    }
  });
});

describe('moving files from a folder to a bucket', () => {
  it('reads from both meanwhile, can be broken off and begun again, and loses nothing', async () => {
    const former = createLocalFileStore({ dir: join(temp.path, 'ancien') });
    const present = open();
    const contents = new Map<string, Buffer>();
    for (let n = 0; n < 12; n++) {
      const path = former.newPath();
      contents.set(path, randomBytes(1_000 * n + 2));
      await former.put(path, [Buffer.from(contents.get(path)!)]);
    }
    const both = createMovingStore(present, former);
    const late = both.newPath();
    contents.set(late, await samplePdf());
    await both.put(late, [Buffer.from(contents.get(late)!)]);
    expect((await paths(both)).length).toBe(13);

    let steps = 0;
    const stopped = moveFiles(former, present, {
      progress: () => {
        if (++steps === 5) throw new Error('stopped');
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    const all = async () => {
      for (const [path, content] of contents) {
        expect((await buffer(await both.open(path))).equals(content), path).toBe(true);
        expect(await both.size(path)).toBe(content.length);
      }
    };
    await all();
    // A copy that was cut short is made again.
    const [victim] = await paths(former);
    await present.put(victim!, [Buffer.from('x')]);
    await moveFiles(former, present, { keep: true });
    await all();
    const gone = (await paths(former))[0]!;
    await both.destroy(gone);
    contents.delete(gone);
    expect(await both.exists(gone)).toBe(false);
    const moved = await moveFiles(former, present);
    expect(moved.there).toBeGreaterThan(0);
    expect(await paths(former)).toEqual([]);
    expect(await paths(present)).toEqual([...contents.keys()].sort());
    await all();
  });

  it('goes the other way too', async () => {
    const former = open();
    const present = createLocalFileStore({ dir: join(temp.path, 'retour') });
    const path = former.newPath();
    await former.put(path, Readable.from([Buffer.from('une lettre')]) as AsyncIterable<Uint8Array>);
    expect(await moveFiles(former, present)).toEqual({ copied: 1, bytes: 10, there: 0 });
    expect((await buffer(await present.open(path))).toString()).toBe('une lettre');
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nomArchive } from './sauvegardes.depot.ts';
import { createDepot } from './sauvegardes.depots.ts';

let server: InstanceType<typeof S3rver>;
let dir: string;
const before = { ...process.env };

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'gec-s3-'));
  const port = await freePort();
  server = new S3rver({
    address: '127.0.0.1',
    port,
    silent: true,
    directory: dir,
    configureBuckets: [{ name: 'sauvegardes', configs: [] }],
  });
  await server.run();
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: 'S3RVER',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
  });
});
afterAll(async () => {
  process.env = before;
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

it('keeps archives in a bucket, whole or not at all', async () => {
  const depot = await createDepot('s3://sauvegardes/gec/kin');
  const nom = nomArchive('2026-11-21T10:00:00.123Z');
  // More than one part.
  const bytes = Buffer.alloc(20 * 1024 * 1024, 'gec');
  const parts = Array.from({ length: 20 }, (_, at) => bytes.subarray(at * 2 ** 20, (at + 1) * 2 ** 20));
  await depot.ecrire(nom, Readable.from(parts).pipe(new PassThrough()));
  expect(await depot.lister()).toEqual([{ nom, taille: bytes.length }]);
  expect((await buffer(await depot.lire(nom))).equals(bytes)).toBe(true);
  await expect(depot.ecrire(nom, Readable.from([bytes]))).rejects.toThrow('exists already');

  const broken = new PassThrough();
  broken.write(Buffer.alloc(1_000));
  const other = nomArchive('2026-11-21T11:00:00.123Z');
  const writing = depot.ecrire(other, broken);
  broken.destroy(new Error('cut'));
  await expect(writing).rejects.toThrow('cut');
  expect(await depot.lister()).toHaveLength(1);
  await depot.supprimer(nom);
  expect(await depot.lister()).toEqual([]);
  expect(() => depot.adresse(nom)).not.toThrow();
  depot.close();
});

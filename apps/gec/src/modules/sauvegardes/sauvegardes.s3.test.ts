import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { startS3, type S3Service } from '@gec/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nomArchive } from './sauvegardes.depot.ts';
import { createDepot } from './sauvegardes.depots.ts';

let service: S3Service;
const before = { ...process.env };

beforeAll(async () => {
  service = await startS3('sauvegardes');
  Object.assign(process.env, service.env);
});
afterAll(async () => {
  process.env = before;
  await service.close();
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

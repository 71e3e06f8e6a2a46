import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import {
  openTestDatabase,
  type S3Service,
  samplePdf,
  samplePng,
  startS3,
  tempDir,
  type TempDir,
  type TestDatabase,
} from '@gec/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCli } from '../cli/program.ts';
import { createTestCourriers } from '../modules/courriers/courriers.harness.ts';
import { sharedAtelier } from './atelier.ts';
import { createTestApp, type TestApp } from './harness.ts';
import { migrated } from './migrated.ts';

let service: S3Service;
let database: TestDatabase;
let temp: TempDir;
let stopped = false;

beforeAll(async () => {
  service = await startS3();
  // The SDK reads the environment of the process.
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  temp = await tempDir();
  database = await openTestDatabase('sqlite', migrated);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  if (!stopped) await service.close();
  await database.drop();
  await temp.remove();
});

const open = (env: Record<string, string> = {}): Promise<TestApp> => createTestApp(database.url, { env });

it('registers, moves and gives back letters whose files lie in an object store', async () => {
  const scan = await samplePdf({ pages: 2, bytes: 3_000_000 });
  const folder = join(temp.path, 'files');
  const before = await open({ GEC_FILES: folder });
  const clerk = await before.person('user', 'TECH');
  const { id: old } = await createTestCourriers(before, await samplePng()).enregistrer(clerk);
  const { config } = before.container;
  await before.close();

  const env = { GEC_FILES: 's3://courriers/gec', GEC_FILES_FORMER: folder };
  const site = await open(env);
  const received = await site.container.pieces.receive(clerk, {
    name: 'lettre.pdf',
    stream: Readable.from([scan]),
  });
  const { id } = await createTestCourriers(site, scan).enregistrer(clerk, { pieces: [received.id] });
  const headers = await site.signIn(clerk);
  const download = async (letter: number) => site.app.inject({ url: `/download_file/${letter}`, headers });
  expect((await download(id)).rawPayload.equals(scan)).toBe(true);
  expect((await download(old)).statusCode).toBe(200);
  expect((await site.app.inject({ url: `/mail/${id}`, headers })).statusCode).toBe(200);

  const out: string[] = [];
  const run = (...args: string[]) =>
    runCli(args, {
      env: {
        ...env,
        GEC_DATA_DIR: temp.path,
        DATABASE_URL: database.url,
        GEC_MASTER_KEY: config.masterKey,
        GEC_PASSWORD_SALT: config.passwordPepper,
        SESSION_SECRET: config.sessionSecret,
        LOG_LEVEL: 'silent',
        LANG: 'fr',
      },
      openAtelier: sharedAtelier,
      terminal: {
        write: (text) => void out.push(text),
        error: (text) => void out.push(text),
        input: new PassThrough().end(),
        inputIsTty: false,
        errorIsTty: false,
      },
    });
  expect(await run('files', 'status', '--json')).toBe(0);
  expect(JSON.parse(out.splice(0).join(''))).toMatchObject([
    { place: 's3://courriers/gec', files: 1 },
    { place: folder, files: 1 },
  ]);
  expect(await run('files', 'move', '--json')).toBe(0);
  expect(JSON.parse(out.splice(0).join(''))).toMatchObject({ copied: 1, there: 0 });
  await run('files', 'status', '--json');
  expect(JSON.parse(out.splice(0).join(''))).toMatchObject([{ files: 2 }, { files: 0 }]);
  expect((await download(old)).statusCode).toBe(200);
  await site.close();

  const after = await open({ ...env, GEC_FILES_FORMER: '' });
  const again = { ...(await after.signIn(clerk)), accept: 'application/json' };
  const kept = await after.app.inject({ url: `/download_file/${id}`, headers: again });
  expect(kept.rawPayload.equals(scan)).toBe(true);

  stopped = true;
  await service.close();
  const receive = after.container.pieces.receive(clerk, {
    name: 'lettre.pdf',
    stream: Readable.from([scan]),
  });
  await expect(receive).rejects.toMatchObject({ kind: 'unavailable', code: 'STORAGE_AWAY' });
  const away = await after.app.inject({ url: `/download_file/${id}`, headers: again });
  expect(away.statusCode).toBe(503);
  expect((await after.app.inject({ url: `/api/v1/courriers/${id}`, headers: again })).statusCode).toBe(200);
  await after.close();
});

it('names the variable of an address that is none', async () => {
  await expect(open({ GEC_FILES: 's3://PAS BON' })).rejects.toThrow('GEC_FILES');
});

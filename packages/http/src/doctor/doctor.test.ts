import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { migrate, openDatabase, type Step } from '@gec/db';
import { describeEachDatabase, freePort, tempDir, type TempDir } from '@gec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  databaseExams,
  examine,
  exposureExams,
  folderExams,
  machineExams,
  reachExam,
  reportText,
  worst,
  type Constat,
  type Examen,
  type Exposure,
} from './index.ts';

/** Grades by name. */
const grades = (found: readonly Constat[]) => Object.fromEntries(found.map(({ id, etat }) => [id, etat]));
const look = async (exams: Examen[]) => examine('fr', exams);

describe('a machine', () => {
  const good = { node: '26.1.0', memory: 4 * 1024 ** 3, files: 65_536, zones: true };
  it.each([
    [{}, {}],
    [{ node: '22.9.0' }, { node: 'panne' }],
    [{ memory: 700 * 1024 ** 2 }, { memoire: 'attention' }],
    [{ memory: 256 * 1024 ** 2 }, { memoire: 'panne' }],
    [{ files: 1_024 }, { limites: 'attention' }],
    [{ zones: false }, { fuseaux: 'panne' }],
  ])('%j', async (part, expected) => {
    const found = grades(await look(machineExams('fr', { ...good, ...part })));
    expect(found).toEqual({ node: 'ok', memoire: 'ok', limites: 'ok', fuseaux: 'ok', ...expected });
  });
});

describe('a data folder', () => {
  let dir: TempDir;
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  it('is closed to others, as are the secrets in it, and nothing stays of the trial', async () => {
    const path = join(dir.path, 'data');
    expect(grades(await look(folderExams('fr', path)))).toMatchObject({ dossier: 'ok' });
    await mkdir(path, { mode: 0o700 });
    await writeFile(join(path, 'secrets.json'), '{}', { mode: 0o600 });
    expect(grades(await look(folderExams('fr', path)))).toMatchObject({ dossier: 'ok', secrets: 'ok' });
    await chmod(path, 0o755);
    await chmod(join(path, 'secrets.json'), 0o644);
    const open = await look(folderExams('fr', path));
    expect(grades(open)).toMatchObject({ dossier: 'attention', secrets: 'panne' });
    expect(open.find(({ id }) => id === 'secrets')?.conseil).toContain('chmod 600');
    expect(await readdir(path)).toEqual(['secrets.json']);
    await writeFile(join(dir.path, 'file'), '');
    const [wrong] = await look(folderExams('fr', join(dir.path, 'file')));
    expect(wrong?.etat).toBe('panne');
  });
});

const steps: Step[] = ['0001_a', '0002_b'].map((name) => ({
  name,
  statements: () => [`create table t${name} (id integer primary key)`],
}));

describeEachDatabase('a database', (open) => {
  it('is told apart by its schema and its key, and is not changed', async () => {
    const database = await open();
    const exams = (known: Step[], openKeys = async () => undefined as void) =>
      look(databaseExams('fr', { name: 'DATABASE_URL', url: database.url, steps: known, openKeys }));
    const before = grades(await exams(steps));
    expect(before['base']).toBe('ok');
    expect(before['schema'] ?? 'ok').toBe('ok');
    const opened = openDatabase(database.url);
    await migrate(opened, steps.slice(0, 1));
    await opened.close();
    expect(grades(await exams(steps))).toMatchObject({ base: 'ok', schema: 'attention', cle: 'ok' });
    expect(grades(await exams(steps.slice(0, 1)))).toMatchObject({ schema: 'ok' });
    expect(grades(await exams([]))).toMatchObject({ schema: 'panne' });
    const wrong = await exams(steps, () => Promise.reject(new Error('mauvaise clé')));
    expect(wrong.find(({ id }) => id === 'cle')?.constat).toContain('mauvaise clé');
    await database.drop();
  });
});

it('says that a database is away, and hides no error', async () => {
  const url = `postgres://nobody:secret@127.0.0.1:${await freePort()}/none`;
  const found = await look(
    databaseExams('fr', { name: 'DATABASE_URL', url, steps, openKeys: async () => undefined }),
  );
  expect(grades(found)).toEqual({ base: 'panne' });
  expect(JSON.stringify(found)).not.toContain('secret');
  const broken = await look([{ id: 'x', run: () => Promise.reject(new Error('boum')) }]);
  expect(broken).toMatchObject([{ id: 'x', etat: 'panne', constat: expect.stringContaining('boum') }]);
});

describe('between the program and its people', () => {
  const local: Exposure = {
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    trustedProxies: [],
    publicName: 'GEC_PUBLIC_URL',
  };
  it.each([
    [{}, 'ok'],
    [{ host: '0.0.0.0' }, 'attention'],
    [{ publicUrl: 'http://courrier.example.cd' }, 'attention'],
    [{ publicUrl: 'https://courrier.example.cd' }, 'panne'],
    [{ publicUrl: 'https://courrier.example.cd', trustedProxies: ['127.0.0.1'] }, 'ok'],
    [{ publicUrl: 'https://courrier.example.cd', trustedProxies: ['0.0.0.0/0'] }, 'panne'],
  ])('%j: %s', async (part, expected) => {
    const [, address] = await look(exposureExams('fr', { ...local, ...part }));
    expect(address?.etat).toBe(expected);
  });

  it('tells our own program at the port from another one', async () => {
    let body = '{"status":"healthy"}';
    const server = createHttpServer((_request, response) => response.end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const grade = async () => (await look(exposureExams('fr', { ...local, port })))[0]?.etat;
    expect(await grade()).toBe('ok');
    body = 'autre';
    expect(await grade()).toBe('panne');
    const reached = { id: 'courriel', host: '127.0.0.1', port, advice: 'pare-feu' };
    expect(await look([reachExam('fr', reached)])).toMatchObject([{ etat: 'ok', conseil: null }]);
    await new Promise((resolve) => server.close(resolve));
    expect(await look([reachExam('fr', reached)])).toMatchObject([
      { etat: 'attention', conseil: 'pare-feu' },
    ]);
    expect(await grade()).toBe('ok');
  });
});

it('reads as a table that ends with a sum', () => {
  const found: Constat[] = [
    { id: 'node', etat: 'ok', constat: 'Node.js 26', conseil: null },
    { id: 'place', etat: 'panne', constat: '1 Mo libres', conseil: 'Faites de la place.' },
  ];
  expect(worst(found)).toBe('panne');
  expect(reportText('fr', found)).toMatch(
    /PANNE +place +1 Mo libres\n +→ Faites de la place\.\n\n1 en ordre/,
  );
});

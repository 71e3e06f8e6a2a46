import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeEachDatabase, freePort, startS3, tempDir } from '@gec/testing';
import { expect, it, vi } from 'vitest';
import { openAtelier } from '../test/atelier.ts';
import { CLI_ENV, gec, runGec } from '../test/cli.ts';

interface Report {
  etat: string;
  constats: { id: string; etat: string; constat: string }[];
}
const report = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as Report;
const gradeOf = (found: Report, id: string) => found.constats.find((one) => one.id === id)?.etat;

it('finds nothing wrong with a new machine, and leaves it as it was', async () => {
  await using dir = await tempDir();
  const data = join(dir.path, 'data');
  const env = { GEC_DATA_DIR: data, PORT: String(await freePort()) };
  const answer = await runGec(env, ['doctor', '--json'], '', openAtelier);
  const found = report(answer);
  const faults = found.constats.filter(({ etat }) => etat === 'panne');
  expect([answer.code, faults]).toEqual([0, []]);
  expect(gradeOf(found, 'atelier')).toBe('ok');
  expect(existsSync(data)).toBe(false);
});

it('names the settings that are wrong and the servers that do not answer', async () => {
  await using dir = await tempDir();
  const env = { GEC_DATA_DIR: join(dir.path, 'data') };
  const wrong = await gec({ ...env, PORT: 'cinq' }, 'doctor');
  expect(wrong.code).toBe(3);
  expect(wrong.stdout).toMatch(/PANNE +reglages .*PORT/);
  const smtp = { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(await freePort()), SMTP_FROM: 'a@example.cd' };
  const mute = report(await gec({ ...env, ...smtp, PORT: '0' }, 'doctor', '--json', '--lang', 'en'));
  expect([mute.etat, gradeOf(mute, 'courriel')]).toEqual(['attention', 'attention']);
});

it('tries the object store with a file, and says when there is none', async () => {
  await using dir = await tempDir();
  const service = await startS3();
  for (const [name, value] of Object.entries(service.env)) vi.stubEnv(name, value);
  try {
    const look = async (bucket: string) =>
      report(
        await gec(
          { GEC_DATA_DIR: join(dir.path, 'data'), GEC_FILES: `s3://${bucket}/a`, PORT: '0' },
          'doctor',
          '--json',
        ),
      );
    expect(gradeOf(await look('courriers'), 'fichiers')).toBe('ok');
    expect(gradeOf(await look('absent'), 'fichiers')).toBe('panne');
  } finally {
    vi.unstubAllEnvs();
    await service.close();
  }
});

describeEachDatabase('a database', (open) => {
  it('knows the database of another master key', async () => {
    const database = await open();
    await using dir = await tempDir();
    const env = {
      ...CLI_ENV,
      GEC_DATA_DIR: dir.path,
      DATABASE_URL: database.url,
      PORT: '0',
    };
    expect((await gec(env, 'journal', 'verify')).code).toBe(0);
    const right = report(await gec(env, 'doctor', '--json'));
    expect([gradeOf(right, 'schema'), gradeOf(right, 'cle')]).toEqual(['ok', 'ok']);
    const other = { ...env, GEC_MASTER_KEY: Buffer.alloc(32, 8).toString('base64') };
    const wrong = await gec(other, 'doctor', '--json');
    expect([wrong.code, gradeOf(report(wrong), 'cle')]).toEqual([3, 'panne']);
    await database.drop();
  });
});

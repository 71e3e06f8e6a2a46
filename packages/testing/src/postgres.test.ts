import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, it } from 'vitest';
import { startPostgres } from './postgres.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventually(condition: () => boolean): Promise<boolean> {
  for (let i = 0; i < 500 && !condition(); i += 1) await sleep(20);
  return condition();
}

it('serves a UTF-8 database and leaves neither process nor file behind', async () => {
  const cluster = await startPostgres({ settings: { work_mem: '5MB' } });
  const client = new pg.Client({ connectionString: cluster.adminUrl });
  await client.connect();
  const { rows } = await client.query<Record<string, string>>(
    `SELECT current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
            current_setting('work_mem') AS work_mem, current_setting('TimeZone') AS zone`,
  );
  expect(rows).toEqual([{ encoding: 'UTF8', fsync: 'off', work_mem: '5MB', zone: 'UTC' }]);
  await client.end();
  expect(isAlive(cluster.pid)).toBe(true);
  await cluster.stop();
  await cluster.stop();
  expect(isAlive(cluster.pid)).toBe(false);
  expect(existsSync(dirname(cluster.dataDir))).toBe(false);
});

it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('ends with its owner on %s', async (signal) => {
  const program = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, 'postgres.ts'))};
    const { pid, dataDir } = await startPostgres();
    console.log(JSON.stringify({ pid, dataDir }));
    process.stdin.resume().on('end', () => process.exit()); // ends with the test, whatever happens to it`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) =>
    owner.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
  );
  const { pid, dataDir } = JSON.parse(line) as { pid: number; dataDir: string };
  expect(isAlive(pid)).toBe(true);
  owner.kill(signal);
  expect(await eventually(() => !isAlive(pid))).toBe(true);
  expect(await eventually(() => !existsSync(dirname(dataDir)))).toBe(true);
});

it('says why the server does not start', async () => {
  await expect(startPostgres({ settings: { shared_buffers: 'much' } })).rejects.toThrow(/shared_buffers/);
});

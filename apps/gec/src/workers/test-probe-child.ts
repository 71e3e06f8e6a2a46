import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { controlFrame, dataFrames } from './frames.ts';

// A child for the tests that tries what a hostile file would want to do from inside, and reports what was refused.

const attempts: Record<string, () => unknown> = {
  read: () => readFileSync('/etc/hostname'),
  write: () => writeFileSync(join(tmpdir(), 'gec-atelier-probe'), 'x'),
  spawn: () => spawnSync('/bin/true'),
  worker: () => new Worker('1', { eval: true }),
  network: () => once(connect(9, '127.0.0.1'), 'connect'),
};

const refused: string[] = [];
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_ACCESS_DENIED') refused.push(name);
  }
}

process.stdin.resume();
for (const piece of dataFrames(Buffer.from(refused.join(' ')))) process.stdout.write(piece);
process.stdout.write(controlFrame({ t: 'done', result: undefined, spent: true, rss: 0 }));

/* Search at 1 000 000 letters against the engine's own plain-text search, CPU milliseconds: npm run bench -- search */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '@gec/testing';
import { compareSearch } from './lib/search-run.ts';

const { values } = parseArgs({
  options: {
    letters: { type: 'string', default: '1000000' },
    engine: { type: 'string', default: 'sqlite,postgres' },
    rounds: { type: 'string', default: '40' },
  },
  strict: false,
});
const letters = Number(values.letters);
const rounds = Number(values.rounds);

for (const engine of String(values.engine).split(',')) {
  const folder = mkdtempSync(join(tmpdir(), 'gec-bench-'));
  const cluster =
    engine === 'postgres'
      ? await startPostgres({
          settings: { shared_buffers: '1GB', max_wal_size: '8GB', autovacuum: 'off', work_mem: '32MB' },
        })
      : null;
  try {
    const url = cluster ? cluster.adminUrl : `sqlite:${join(folder, 'gec.db')}`;
    await compareSearch({ url, letters, rounds });
  } finally {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

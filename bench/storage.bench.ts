// What letters take in PostgreSQL: bytes of each table with its indexes for one letter, in a filled register, and what
// one registration by the program writes (log, transactions, synchronisations, journal), for planning disks.
//
//   npm run bench -- storage [--letters=50000] [--registered=200]
import { parseArgs } from 'node:util';
import {
  createInstallation,
  registerArrival,
  samplePdf,
  signIn,
  startPostgres,
  startProgram,
} from '@gec/testing';
import pg from 'pg';
import { fillInstallation } from './lib/installation.ts';
import { table } from './lib/report.ts';

const { values } = parseArgs({
  options: {
    letters: { type: 'string', default: '50000' },
    registered: { type: 'string', default: '200' },
  },
});
const LETTERS = Number(values.letters);
const REGISTERED = Number(values.registered);
/** Tables below this share of the whole are not named. */
const SMALL = 0.002;

interface Written {
  wal_bytes: string;
  wal_sync: string;
  xact_commit: string;
  entries: string;
}

const cluster = await startPostgres({ fsync: true, settings: { synchronous_commit: 'on' } });
const installation = createInstallation({ databaseUrl: cluster.adminUrl });
const client = new pg.Client({ connectionString: cluster.adminUrl });
await client.connect();
const written = async (): Promise<Written> =>
  (
    await client.query<Written>(`select w.wal_bytes, w.wal_sync, d.xact_commit,
      (select count(*) from log_activite) as entries
      from pg_stat_wal w, pg_stat_database d where d.datname = current_database()`)
  ).rows[0]!;

try {
  await (await startProgram(installation)).kill('SIGTERM');
  await fillInstallation(installation, LETTERS);
  const { rows } = await client.query<{ name: string; heap: string; indexes: string }>(
    `select relname as name, pg_table_size(oid) as heap, pg_indexes_size(oid) as indexes
     from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
     order by pg_total_relation_size(oid) desc`,
  );
  const whole = rows.reduce((sum, one) => sum + Number(one.heap) + Number(one.indexes), 0);
  const each = (bytes: number) => Math.round(bytes / LETTERS);
  table(
    ['table', 'octets par courrier', 'index compris'],
    rows
      .filter((one) => Number(one.heap) + Number(one.indexes) > whole * SMALL)
      .map(({ name, heap, indexes }) => [name, each(Number(heap)), each(Number(heap) + Number(indexes))]),
  );
  process.stdout.write(`${each(whole)} octets par courrier dans une base de ${LETTERS}\n`);

  const program = await startProgram(installation);
  const clerk = await signIn(program.url);
  const scan = await samplePdf({ bytes: 300_000, pages: 2 });
  const begin = await written();
  const journal = Number(
    (await client.query<{ n: string }>(`select pg_total_relation_size('log_activite') as n`)).rows[0]?.n,
  );
  for (let n = 0; n < REGISTERED; n++) {
    const piece = await clerk.upload('lettre.pdf', Buffer.concat([scan, Buffer.from(`\n%${n}\n%%EOF\n`)]));
    const { status } = await registerArrival(clerk, `Mesure ${n}`, [piece]);
    if (status !== 201) throw new Error(`a registration was answered ${status}`);
  }
  clerk.close();
  await program.kill('SIGTERM');
  // Statistics of a connection are told when it ends, at the latest.
  await client.query('select pg_stat_force_next_flush()').catch(() => undefined);
  const end = await written();
  const grown =
    Number(
      (await client.query<{ n: string }>(`select pg_total_relation_size('log_activite') as n`)).rows[0]?.n,
    ) - journal;
  const per = (name: keyof Written) => (Number(end[name]) - Number(begin[name])) / REGISTERED;
  table(
    [
      'par enregistrement',
      'journal de PostgreSQL (Ko)',
      'synchronisations',
      'transactions',
      'entrées du journal',
    ],
    [
      [
        `${REGISTERED}, un agent`,
        (per('wal_bytes') / 1024).toFixed(1),
        per('wal_sync').toFixed(1),
        per('xact_commit').toFixed(1),
        per('entries').toFixed(1),
      ],
    ],
  );
  const entries = Number(end.entries) - Number(begin.entries);
  process.stdout.write(`${Math.round(grown / entries)} octets par entrée du journal, index compris\n`);
} finally {
  await client.end();
  installation.remove();
  await cluster.stop();
}

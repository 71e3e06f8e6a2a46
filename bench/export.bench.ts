/* How long exports take, and what they cost the others meanwhile:
   npm run bench -- export [--letters=5200] [--engine=sqlite] */
import { openKeyring, parseMasterKey, type KeyPurpose } from '@gec/crypto';
import { keyStore, openDatabase } from '@gec/db';
import {
  clientOf,
  createInstallation,
  signIn,
  startPostgres,
  startProgram,
  type Client,
  type Installation,
  type RunningProgram,
} from '@gec/testing';
import { sql } from 'kysely';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GecTables } from '../apps/gec/src/db/schema.ts';
import { fillInstallation } from './lib/installation.ts';
import { ms, spread, type Spread } from './lib/measure.ts';
import { table, verdict } from './lib/report.ts';

const { values } = parseArgs({
  options: { letters: { type: 'string', default: '5200' }, engine: { type: 'string', default: 'sqlite' } },
  strict: false,
});
/** 97 % of them are arrivals: the book of the arrivals then has 5 000 numbers. */
const LETTERS = Number(values.letters);
/** What an export of so many rows may take (ms). */
const EXPORT_MAX = 10_000;
/** What the others may wait for a page meanwhile, 95 times of 100 (ms). */
const WAIT_MAX = 200;
const PAUSE_MS = 10;

const PATHS = ['/health', '/view_mail'] as const;
const PERIODE = { flux: 'ENTRANT', du: '2025-01-01', au: '2025-12-31' };
const KINDS: readonly (readonly [string, Record<string, string>])[] = [
  ['liste-pdf', {}],
  ['liste-xlsx', {}],
  ['registre-pdf', PERIODE],
  ['registre-xlsx', PERIODE],
];

/** Gives every arrival its number in one register, and names to the people, as the services would have. */
async function fillRegister({ env }: Installation): Promise<void> {
  const database = openDatabase<GecTables>(env['DATABASE_URL'] ?? '', { maxConnections: 1 });
  const { fields } = await openKeyring(
    parseMasterKey(env['GEC_MASTER_KEY'] ?? ''),
    keyStore<KeyPurpose, GecTables>(database),
  );
  for (const { id } of await database.kysely
    .selectFrom('user')
    .select('id')
    .where(sql<boolean>`nom_complet = '-'`)
    .execute()) {
    const nom = fields.seal({ table: 'user', column: 'nom_complet', id }, `Agent ${id}`);
    await database.kysely.updateTable('user').set({ nom_complet: nom }).where('id', '=', id).execute();
  }
  await database.transaction(async (trx) => {
    const registre = await database.dialect.nextId(trx, 'registre');
    await sql`insert into registre (id, flux, annee, format, mode, valeur_depart, prochain)
      values (${registre}, 'ENTRANT', 2025, 'GEC-{year}-{counter:07d}', 'automatique', 1, ${LETTERS + 1})`.execute(
      trx,
    );
    await sql`insert into numero (id, registre_id, compteur, numero, etat, courrier_id, motif, utilisateur_id,
        date_attribution, date_etat)
      select id, ${registre}, id, numero_accuse_reception, 'ATTRIBUE', id, null, utilisateur_id,
        '2025-06-02T08:00:00.000Z', '2025-06-02T08:00:00.000Z'
      from courrier where type_courrier = 'ENTRANT'`.execute(trx);
  });
  await database.close();
}

/** Milliseconds of requests that follow each other until told to stop, by path. */
async function waits(client: Client, going: () => boolean): Promise<Record<string, Spread>> {
  const samples = new Map<string, number[]>(PATHS.map((path) => [path, []]));
  while (going()) {
    for (const path of PATHS) {
      const begin = performance.now();
      const { status } = await client.request('GET', path, { headers: { accept: 'text/html' } });
      if (status !== 200) throw new Error(`${path}: ${status}`);
      samples.get(path)?.push(performance.now() - begin);
      await sleep(PAUSE_MS);
    }
  }
  return Object.fromEntries([...samples].map(([path, list]) => [path, spread(list)]));
}

interface Etat {
  id: string;
  etat: string;
  fait: number;
  taille: number | null;
  date_creation: string;
  date_fin: string | null;
}

/** Asks for an export and waits for its end. @returns what the server says of it */
async function exported(
  program: RunningProgram,
  client: Client,
  genre: string,
  more: Record<string, string>,
): Promise<Etat> {
  const asked = await client.json<Etat>('POST', '/api/v1/exports', { genre, ...more });
  if (asked.status !== 202) throw new Error(`${genre}: ${asked.status} ${JSON.stringify(asked.body)}`);
  for (;;) {
    await sleep(100);
    const { body } = await client.json<Etat>('GET', `/api/v1/exports/${asked.body.id}`);
    if (body.etat === 'TERMINEE') return body;
    if (body.etat === 'ECHOUEE') throw new Error(`${genre} failed:\n${program.output()}`);
  }
}

const cluster = values.engine === 'postgres' ? await startPostgres({}) : null;
const installation = createInstallation({ databaseUrl: cluster?.adminUrl });
try {
  // The first start makes the schema and the administrator.
  await (await startProgram(installation)).kill('SIGTERM');
  await fillInstallation(installation, LETTERS);
  await fillRegister(installation);
  const program = await startProgram(installation);
  const client = await signIn(program.url);
  const other = clientOf(program.url, client.cookie);
  // One of each beforehand: children and code that are loaded once are not what is measured.
  for (const [genre, more] of KINDS) await exported(program, client, genre, more);

  const until = performance.now() + 5_000;
  const idle = await waits(other, () => performance.now() < until);
  const row = (name: string, export_: string, lines: string, spreads: Record<string, Spread>) => [
    name,
    export_,
    lines,
    ...PATHS.flatMap((path) => [ms(spreads[path]?.median ?? 0), ms(spreads[path]?.p95 ?? 0)]),
  ];
  const rows = [row('au repos', '–', '–', idle)];
  for (const [genre, more] of KINDS) {
    let going = true;
    const meanwhile = waits(other, () => going);
    const done = await exported(program, client, genre, more);
    going = false;
    const spreads = await meanwhile;
    const took = Date.parse(done.date_fin ?? '') - Date.parse(done.date_creation);
    rows.push(row(genre, (took / 1_000).toFixed(1), String(done.fait), spreads));
    verdict(
      `${genre}, ${done.fait} lignes`,
      took < EXPORT_MAX,
      `${(took / 1_000).toFixed(1)} s (10 au plus)`,
    );
    const worst = Math.max(...PATHS.map((path) => spreads[path]?.p95 ?? 0));
    verdict(`${genre} : les autres attendent`, worst < WAIT_MAX, `p95 ${ms(worst)} ms (${WAIT_MAX} au plus)`);
  }
  const heads = PATHS.flatMap((path) => [`${path} médiane, ms`, `${path} p95, ms`]);
  table([`export (${values.engine})`, 'durée, s', 'lignes', ...heads], rows);
  client.close();
  other.close();
  await program.kill('SIGTERM');
} finally {
  installation.remove();
  await cluster?.stop();
}

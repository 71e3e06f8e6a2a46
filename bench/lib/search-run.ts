import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { DEFAULT_ROLES, systemActor, type Actor, type UserActor } from '@gec/core';
import { openKeyring, type KeyPurpose } from '@gec/crypto';
import { keyStore, migrate, openDatabase, type Database } from '@gec/db';
import { sql } from 'kysely';
import type { Trx } from '../../apps/gec/src/context.ts';
import { migrations } from '../../apps/gec/src/db/migrations/index.ts';
import type { GecTables } from '../../apps/gec/src/db/schema.ts';
import { createGenerations } from '../../apps/gec/src/modules/recherche/recherche.generations.repo.ts';
import { PLAFOND, SANS_FILTRE, type Filtres } from '../../apps/gec/src/modules/recherche/recherche.schema.ts';
import {
  createRechercheService,
  type RechercheDeps,
} from '../../apps/gec/src/modules/recherche/recherche.service.ts';
import { textesDe } from '../../apps/gec/src/modules/recherche/recherche.termes.ts';
import { fillLetters, seeded, staff, vocabulary, type Letter, type Office } from './letters.ts';
import { cpuMillis, markdown, ms, type Spread } from './measure.ts';

/** As the program has them, but no count is remembered: every request is measured as if nobody had asked before. */
const LIMITES = { plafond: PLAFOND, aLaMain: 1_000, dureeComptes: 0 };

/** A register with its yardstick: the same letters in clear under the engine's own full-text search. */
async function open(url: string) {
  const database = openDatabase<GecTables>(url, { maxConnections: 1 });
  await migrate(database, migrations);
  const keyring = await openKeyring(randomBytes(32), keyStore<KeyPurpose, GecTables>(database));
  const { moteur } = createGenerations(database, keyring, LIMITES);
  const deps: RechercheDeps = {
    database,
    keyring,
    parametres: { get: async () => ({ fuseauHoraire: 'Africa/Kinshasa' }) },
    correspondants: { suggest: async () => [] },
  };
  const service = createRechercheService(deps, LIMITES);
  return { database, keyring, moteur, service, usual: createRechercheService(deps) };
}

/** Letters in clear: columns for the filters, a text for the search, whatever the engine offers for it. */
function yardstick(database: Database<GecTables>) {
  const sqlite = database.engine === 'sqlite';
  const run = (text: string) => sql.raw(text).execute(database.kysely);
  return {
    async create(): Promise<void> {
      await run(`create table clair (ordre bigint primary key, numero text, objet text, correspondant text,
        reference text, autres text, type text, statut text, copie boolean, departement bigint, jour text${
          sqlite ? '' : ', recherche tsvector'
        })`);
      if (sqlite) {
        await run(`create virtual table clair_fts using fts5(texte, content='', detail=full,
          tokenize='unicode61 remove_diacritics 2', prefix='3 5')`);
      }
    },
    async add(letters: readonly Letter[], trx: Trx): Promise<void> {
      const rows = letters.map(({ ordre, words, ...letter }) => {
        const texte = textesDe(words).join(' ');
        const more = sqlite ? sql`` : sql`, to_tsvector('french', ${texte})`;
        return sql`(cast(${ordre} as bigint), ${words.numero}, ${words.objet}, ${words.correspondant},
          ${words.numeroReference}, ${words.autresInformations}, ${letter.typeCourrier}, ${letter.statut},
          cast(${letter.secretaireGeneralCopie} as boolean), cast(${letter.departementId} as bigint), ${letter.dateRedaction}${more})`;
      });
      await sql`insert into clair values ${sql.join(rows)}`.execute(trx);
      for (const { ordre, words } of sqlite ? letters : []) {
        const texte = textesDe(words).join(' ');
        await sql`insert into clair_fts (rowid, texte) values (${ordre}, ${texte})`.execute(trx);
      }
    },
    async finish(): Promise<void> {
      if (sqlite) await run(`insert into clair_fts(clair_fts) values ('optimize')`);
      else {
        await run(`create index clair_recherche on clair using gin (recherche) with (fastupdate = off)`);
        await run(`vacuum analyze clair`);
      }
    },
    /** The hits as a table with its conditions. */
    from(words: readonly string[], prefix: boolean, filters: Partial<Filtres>, clair: boolean) {
      const where = [
        filters.typeCourrier ? sql`and c.type = ${filters.typeCourrier}` : sql``,
        filters.statut ? sql`and c.statut = ${filters.statut}` : sql``,
        filters.sgCopie === undefined || filters.sgCopie === null
          ? sql``
          : sql`and c.copie = ${filters.sgCopie}`,
      ];
      const filtered = filters.typeCourrier || filters.statut;
      if (sqlite) {
        const match = words.map((word) => `"${word}"${prefix ? '*' : ''}`).join(' AND ');
        const join = filtered || clair ? sql`join clair c on c.ordre = f.rowid` : sql``;
        return sql`clair_fts f ${join} where f.clair_fts match ${match} ${sql.join(where, sql` `)}`;
      }
      const query = words.map((word) => `'${word}'${prefix ? ':*' : ''}`).join(' & ');
      return sql`clair c where c.recherche @@ to_tsquery('french', ${query}) ${sql.join(where, sql` `)}`;
    },
    order: sql.raw(sqlite ? 'f.rowid' : 'c.ordre'),
  };
}

interface Case {
  name: string;
  words: readonly (readonly string[])[];
  prefix?: boolean;
  filters?: Partial<Filtres>;
}

/** Words by how many letters have them; `n` letters in all. */
function cases(n: number, rounds: number): Case[] {
  const random = seeded(1);
  const words = vocabulary(random);
  const draw = seeded(7);
  const ranks = (from: number, to: number) => () => words[from + Math.floor(draw() * (to - from))] ?? '';
  const many = (word: () => string, k = 1) =>
    Array.from({ length: rounds }, () => Array.from({ length: k }, word));
  const begun = (length: number) => Array.from({ length: rounds }, () => [ranks(0, 400)().slice(0, length)]);
  const frequent = many(ranks(4, 30));
  return [
    { name: 'mot rare', words: many(ranks(15_000, 19_999)) },
    { name: 'mot moyen', words: many(ranks(150, 400)) },
    { name: 'mot fréquent', words: frequent },
    { name: 'deux mots', words: many(ranks(10, 120), 2) },
    { name: 'début de 3 lettres', words: begun(3), prefix: true },
    { name: 'début de 5 lettres', words: begun(5), prefix: true },
    { name: 'aucun résultat', words: many(() => `xq${Math.floor(draw() * 1e6).toString(36)}`) },
    {
      name: 'fréquent + type, statut',
      words: frequent,
      filters: { typeCourrier: 'ENTRANT', statut: 'URGENT' },
    },
    { name: 'fréquent + départ', words: frequent, filters: { typeCourrier: 'SORTANT', statut: 'TRAITE' } },
  ];
}

function ratio(a: Spread, b: Spread): string {
  return `**${(a.median / b.median).toFixed(2)}** / ${(a.p95 / b.p95).toFixed(2)}`;
}

function two(a: Spread): string {
  return `${ms(a.median)} / ${ms(a.p95)}`;
}

/** Fills a register on an empty database and prints what search costs in it, beside the yardstick. */
export async function compareSearch(options: {
  url: string;
  letters: number;
  rounds: number;
}): Promise<void> {
  const { url, letters, rounds } = options;
  const { database, keyring, moteur, service, usual } = await open(url);
  const plain = yardstick(database);
  const began = performance.now();
  const office = await staff(database, keyring);
  await plain.create();
  await fillLetters({
    database,
    keyring,
    moteur,
    count: letters,
    office,
    alongside: plain.add,
    told: (done) => {
      if (done % 100_000 === 0)
        console.error(`${done} letters, ${((performance.now() - began) / 1000).toFixed(0)} s`);
    },
  });
  await plain.finish();
  const filled = (performance.now() - began) / 1000;
  const backend =
    database.engine === 'sqlite'
      ? null
      : ((await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.kysely)).rows[0]?.pid ??
        null);
  process.stdout.write(`\n### ${database.engine}, ${letters} letters (filled in ${filled.toFixed(0)} s)\n\n`);

  const chef = systemActor('bench');
  const rows: string[][] = [];
  for (const { name, words, prefix = false, filters = {} } of cases(letters, rounds)) {
    const filtersOf = (one: readonly string[]): Filtres => ({
      ...SANS_FILTRE,
      ...filters,
      search: one.map((word) => (prefix ? word : `"${word}"`)).join(' '),
    });
    const termsOf = (one: readonly string[]) => ({
      termes: [
        ...one.map((word) => [prefix ? 'p' : 'w', foldWord(word)] as const),
        ...(filters.typeCourrier ? [['type', filters.typeCourrier] as const] : []),
        ...(filters.statut ? [['statut', filters.statut] as const] : []),
      ],
      plage: { min: 0, max: Number.MAX_SAFE_INTEGER },
      conditions: [],
    });
    const first = { apres: null, sens: 'desc', limite: 26, saut: 0 } as const;
    const runs = {
      index: words.map((one) => () => moteur.lire((via) => moteur.portion(via, termsOf(one), first, false))),
      plainIndex: words.map(
        (one) => () =>
          sql`select ${plain.order} as ordre from ${plain.from(one, prefix, filters, false)}
            order by ${plain.order} desc limit 26`.execute(database.kysely),
      ),
      page: words.map((one) => () => service.list(chef, filtersOf(one))),
      plainPage: words.map((one) => async () => {
        await sql`select c.* from ${plain.from(one, prefix, filters, true)}
          order by ${plain.order} desc limit 26`.execute(database.kysely);
        await sql`select count(*) from (select 1 from ${plain.from(one, prefix, filters, false)} limit 20001) t`.execute(
          database.kysely,
        );
      }),
    };
    const hits = [];
    for (const one of words.slice(0, 10))
      hits.push((await service.count(chef, filtersOf(one), { exact: true })).total);
    for (const set of Object.values(runs)) for (const run of set) await run();
    const [index, plainIndex] = [
      await cpuMillis(runs.index, backend),
      await cpuMillis(runs.plainIndex, backend),
    ];
    const [page, plainPage] = [await cpuMillis(runs.page, backend), await cpuMillis(runs.plainPage, backend)];
    rows.push([
      `${name} (${Math.min(...hits)}–${Math.max(...hits)})`,
      two(index),
      two(plainIndex),
      ratio(index, plainIndex),
      two(page),
      two(plainPage),
      ratio(page, plainPage),
    ]);
    console.error(rows.at(-1)?.join(' | '));
  }
  const head = [
    'CPU ms, median / p95',
    'sealed: 26 newest',
    'plain',
    'ratio',
    'page by the service',
    'plain page',
    'ratio',
  ];
  process.stdout.write(`${markdown(head, rows)}\n`);
  await others(database, { service, usual }, backend, office, rounds);
  await sizes(database, url);
  await database.close();
}

function foldWord(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '');
}

type Service = ReturnType<typeof createRechercheService>;

/** Lists without words, counts, deep pages and people who see a part. */
async function others(
  database: Database<GecTables>,
  { service, usual }: Readonly<Record<'service' | 'usual', Service>>,
  backend: number | null,
  office: Office,
  rounds: number,
): Promise<void> {
  const person = (role: 'user' | 'admin'): UserActor => ({
    kind: 'user',
    userId: 103,
    username: 'u103',
    role,
    departementId: office.departements[1] ?? null,
    permissions: new Set(DEFAULT_ROLES[role]),
    lang: 'fr',
    ip: '',
  });
  const { rows: deep } = await sql<{
    ordre: number;
  }>`select ordre from courrier order by ordre limit 1 offset 500`.execute(database.kysely);
  const lists: [string, Actor, Partial<Filtres>, object][] = [];
  for (const [who, actor] of [
    ['tout', systemActor('bench')],
    ['département', person('admin')],
    ['les siens', person('user')],
  ] as const) {
    lists.push(
      [`${who} : liste`, actor, {}, {}],
      [`${who} : arrivées`, actor, { typeCourrier: 'ENTRANT' }, {}],
      [`${who} : urgents arrivés`, actor, { typeCourrier: 'ENTRANT', statut: 'URGENT' }, {}],
      [`${who} : mot fréquent`, actor, { search: 'rapport' }, {}],
      [
        `${who} : mot fréquent, un mois ancien`,
        actor,
        { search: 'rapport', dateFrom: '2023-03-01', dateTo: '2023-03-31' },
        {},
      ],
      [
        `${who} : mot fréquent, rédigé en un mois`,
        actor,
        { search: 'rapport', dateRedactionFrom: '2023-03-01', dateRedactionTo: '2023-03-31' },
        {},
      ],
      [`${who} : page lointaine par repère`, actor, {}, { apres: deep[0]?.ordre ?? null }],
      [`${who} : page 700 par numéro`, actor, {}, { page: 700 }],
    );
  }
  const table: string[][] = [];
  for (const [name, actor, filters, pagination] of lists) {
    const run = (by: Service) => () => by.list(actor, { ...SANS_FILTRE, ...filters }, pagination);
    const { total, totalPlafonne } = await run(usual)();
    await run(service)();
    const warm = await cpuMillis(
      Array.from({ length: rounds }, () => run(usual)),
      backend,
    );
    const cold = await cpuMillis(
      Array.from({ length: rounds }, () => run(service)),
      backend,
    );
    table.push([name, `${totalPlafonne ? '> ' : ''}${total}`, two(warm), two(cold)]);
    console.error(table.at(-1)?.join(' | '));
  }
  process.stdout.write(
    `\n${markdown(['list by the service', 'letters', 'CPU ms, median / p95', 'count not known'], table)}\n`,
  );
}

async function sizes(database: Database<GecTables>, url: string): Promise<void> {
  if (database.engine === 'sqlite') {
    const { rows } = await sql<{
      n: number;
    }>`select sum(length(block)) as n from courrier_recherche_data`.execute(database.kysely);
    const { rows: clear } = await sql<{
      n: number;
    }>`select sum(length(block)) as n from clair_fts_data`.execute(database.kysely);
    const file = statSync(url.slice('sqlite:'.length)).size;
    process.stdout.write(
      `\nindex ${mb(rows[0]?.n)}, plain index ${mb(clear[0]?.n)}, file with both ${mb(file)}\n`,
    );
    return;
  }
  const { rows } = await sql<{ gin: number; rows: number; plain: number }>`
    select pg_relation_size('courrier_recherche_termes') as gin, pg_table_size('courrier_recherche') as rows,
      pg_relation_size('clair_recherche') as plain`.execute(database.kysely);
  const size = rows[0];
  process.stdout.write(
    `\nindex: GIN ${mb(size?.gin)} and arrays ${mb(size?.rows)}; plain GIN ${mb(size?.plain)}\n`,
  );
}

function mb(bytes: number | undefined): string {
  return `${Math.round((bytes ?? 0) / 1e6)} MB`;
}

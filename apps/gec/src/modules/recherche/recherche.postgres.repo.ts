import type { Keyring } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type RawBuilder } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import { createHachage } from './recherche.hachage.ts';
import { reste, type Demande, type Limites, type Moteur, type Plage } from './recherche.moteur.ts';
import { termesDeFiltres, type Indexable, type Terme } from './recherche.termes.ts';

/** Months of a period up to which the index is asked for them; beyond, the period hardly narrows. */
const MOIS_AU_PLUS = 12;

/** Letters up to which gathering all of them and sorting is faster than walking along the register for a page. */
const ASSEZ = 4_000;

/**
 * Share of the letters from which on a term is so frequent that a walk along the register finds a page of it at once,
 * and milliseconds for which that is believed: it moves with the register, slowly, and an error costs time only.
 */
const FREQUENT = 0.01;
const DUREE_FREQUENTS = 600_000;

/** The month of an instant in UTC, `YYYY-MM`. */
function moisDe(millisecondes: number): string {
  return new Date(millisecondes).toISOString().slice(0, 7);
}

/** The months that a part of the register touches, or `null` when they are too many. */
function moisDePlage({ min, max }: Plage): string[] | null {
  const debut = min / 1024;
  const fin = (max - 1) / 1024;
  if (fin < debut || fin - debut > MOIS_AU_PLUS * 31 * 86_400_000) return null;
  const mois = new Set<string>();
  for (let jour = debut; jour < fin; jour += 86_400_000) mois.add(moisDe(jour));
  return [...mois.add(moisDe(fin))];
}

/** `{3,2,1}` as PostgreSQL writes an array of numbers. */
function lireTableau(texte: string): number[] {
  return texte === '{}' ? [] : texte.slice(1, -1).split(',').map(Number);
}

/**
 * The index on PostgreSQL: arrays of 32-bit hashes under GIN. The planner errs when it chooses between the index and
 * a walk along the register, so the program chooses: the index first, and the walk once it is known that more than
 * the cap letters answer.
 */
export function createPostgresMoteur(
  database: Database<GecTables>,
  keyring: Keyring,
  limites: Limites,
): Moteur {
  const { plafond } = limites;
  const hachage = createHachage((tag, mot) => keyring.index.term32(tag, mot));

  const tableau = (termes: readonly Terme[]) => sql`${`{${termes.map(hachage.un).join(',')}}`}::int4[]`;
  const contenu = (doc: Indexable) =>
    hachage.deCourrier(doc.words, [
      ...termesDeFiltres(doc),
      ['mois', moisDe(Date.parse(doc.dateEnregistrement))],
    ]);
  const table = (ordres: readonly number[]): RawBuilder<{ ordre: number }> =>
    sql`(select unnest(${`{${ordres.join(',')}}`}::bigint[]) as ordre)`;

  // With the contrib module intarray a plain @> would be another operator, which the index does not serve.
  const contient = (termes: readonly Terme[]) => sql`i.termes operator(pg_catalog.@>) ${tableau(termes)}`;
  const avecUnDe = ({ unDe = [] }: Demande) =>
    unDe.length === 0 ? sql`` : sql`and i.termes operator(pg_catalog.&&) ${tableau(unDe)}`;
  const dans = (plage: Plage) => sql`i.ordre >= ${plage.min} and i.ordre < ${plage.max}`;
  const ordre = sql<number>`i.ordre`;
  const aussi = (conditions: Demande['conditions'], expression: RawBuilder<number>) =>
    sql.join(
      conditions.map((condition) => sql`and ${condition(expression)}`),
      sql` `,
    );

  /** The letters with all the terms by the index; conditions come after. */
  function parIndex(demande: Demande) {
    const { termes, plage } = demande;
    const mois = moisDePlage(plage);
    const periode = mois
      ? sql`and i.termes operator(pg_catalog.&&) ${tableau(mois.map((un) => ['mois', un] as const))}`
      : sql``;
    return sql`courrier_recherche i where ${contient(termes)} ${avecUnDe(demande)} ${periode}
      and ${dans(plage)}`;
  }

  /** Makes the planner use the index on `termes`, or walk along the register. Lasts until the transaction ends. */
  async function choisir(via: Via, chemin: 'index' | 'registre'): Promise<void> {
    const marche = chemin === 'registre' ? 'on' : 'off';
    const index = chemin === 'registre' ? 'off' : 'on';
    await sql`select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', ${marche}, true),
      set_config('enable_bitmapscan', ${index}, true), set_config('jit', 'off', true)`.execute(via);
  }

  let frequents: Promise<ReadonlySet<number>> | null = null;
  let lusA = 0;

  /** The frequent terms as the statistics of the table know them; none before it was first analysed. */
  async function lireFrequents(via: Via): Promise<ReadonlySet<number>> {
    const { rows } = await sql<{ terme: number }>`
      select e.terme from pg_stats s, unnest(s.most_common_elems::text::int4[], s.most_common_elem_freqs::float8[])
        as e(terme, part)
      where s.schemaname = current_schema() and s.tablename = 'courrier_recherche' and s.attname = 'termes'
        and e.part >= ${FREQUENT}`.execute(via);
    return new Set(rows.map((row) => row.terme));
  }

  /** Whether one term, frequent by itself, is all that is asked for. Several may exclude each other. */
  async function estFrequent(via: Via, { termes, unDe = [] }: Demande): Promise<boolean> {
    const [seul] = termes;
    if (termes.length !== 1 || seul === undefined || unDe.length > 0) return false;
    if (frequents === null || performance.now() - lusA > DUREE_FREQUENTS) {
      lusA = performance.now();
      frequents = lireFrequents(via);
      // What could not be read is asked for again.
      frequents.catch(() => (frequents = null));
    }
    return (await frequents).has(hachage.un(seul));
  }

  async function ecrireTous(trx: Trx, docs: readonly Indexable[]): Promise<void> {
    if (docs.length === 0) return;
    const lignes = docs.map((doc) => sql`(${doc.ordre}::bigint, ${`{${contenu(doc).join(',')}}`}::int4[])`);
    await sql`insert into courrier_recherche (ordre, termes) values ${sql.join(lignes)}
      on conflict (ordre) do update set termes = excluded.termes`.execute(trx);
  }

  return {
    limites,
    ecrireTous,
    table,
    ecrire: (trx, doc) => ecrireTous(trx, [doc]),
    verrou: sql`for update`,
    async effacer(trx, ordres) {
      if (ordres.length === 0) return;
      await sql`delete from courrier_recherche where ordre in (select ordre from ${table(ordres)} t)`.execute(
        trx,
      );
    },
    lire: (work) => database.transaction(work),
    async portion(via, demande, portion, compter) {
      const { termes, plage, conditions } = demande;
      const { sens, limite, saut } = portion;
      const bornes = reste(plage, portion);
      const assez = compter ? plafond : Math.min(plafond, ASSEZ);
      const fin = sql`order by ordre ${sql.raw(sens)} limit ${limite} offset ${saut}`;
      const marcher = async () => {
        await choisir(via, 'registre');
        const { rows } = await sql<{ ordre: number }>`select i.ordre from courrier_recherche i
          where ${contient(termes)} ${avecUnDe(demande)} and ${dans(bornes)} ${aussi(conditions, ordre)} ${fin}`.execute(
          via,
        );
        return rows.map((row) => row.ordre);
      };
      if (!compter && (await estFrequent(via, demande))) return { ordres: await marcher(), compte: null };
      await choisir(via, 'index');
      const { rows } = await sql<{ vus: number; n: number; ordres: string }>`
        with h as materialized (select i.ordre from ${parIndex(demande)} limit ${assez + 1}),
          v as materialized (select h.ordre from h where true ${aussi(conditions, sql`h.ordre`)})
        select (select count(*) from h) as vus, (select count(*) from v) as n,
          array(select ordre from v where v.ordre >= ${bornes.min} and v.ordre < ${bornes.max} ${fin})::text as ordres`.execute(
        via,
      );
      const { vus, n, ordres } = rows[0] ?? { vus: 0, n: 0, ordres: '{}' };
      if (vus <= assez) return { ordres: lireTableau(ordres), compte: { total: n, plafonne: false } };
      // Without counting, what was gathered is no count of all.
      const compte = compter ? { total: Math.min(n, plafond), plafonne: true } : null;
      return { ordres: await marcher(), compte };
    },
    async compterTout(via, demande) {
      await choisir(via, 'index');
      const { rows } = await sql<{ n: number }>`
        with h as materialized (select i.ordre from ${parIndex(demande)})
        select count(*) as n from h where true ${aussi(demande.conditions, sql`h.ordre`)}`.execute(via);
      return rows[0]?.n ?? 0;
    },
    async parmi(via, termes, ordres) {
      await choisir(via, 'registre');
      // Not a join, for which the planner may read the whole index.
      const { rows } = await sql<{ ordre: number }>`select i.ordre from courrier_recherche i
        where i.ordre = any(${`{${ordres.join(',')}}`}::bigint[]) and ${contient(termes)}`.execute(via);
      return rows.map((row) => row.ordre);
    },
    async incomplets(via, docs) {
      if (docs.length === 0) return [];
      const { rows } = await sql<{ ordre: number; termes: number[] }>`
        select i.ordre, i.termes from courrier_recherche i
        where i.ordre in (select ordre from ${table(docs.map((doc) => doc.ordre))} t)`.execute(via);
      const lus = new Map(rows.map((row) => [row.ordre, new Set(row.termes)]));
      return docs
        .filter((doc) => contenu(doc).some((terme) => lus.get(doc.ordre)?.has(terme) !== true))
        .map((doc) => doc.ordre);
    },
    async entrees(via, plage, limite) {
      const { rows } = await sql<{ ordre: number }>`select i.ordre from courrier_recherche i
        where ${dans(plage)} order by i.ordre limit ${limite}`.execute(via);
      return rows.map((row) => row.ordre);
    },
  };
}

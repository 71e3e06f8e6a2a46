import type { BlindIndex } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql, type RawBuilder } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import { createHachage } from './recherche.hachage.ts';
import {
  reste,
  type Demande,
  type Limites,
  type Moteur,
  type Plage,
  type Portion,
} from './recherche.moteur.ts';
import { moisDe, moisDemandes, moisDePlage, plageDeMois } from './recherche.mois.ts';
import {
  createStatistiques,
  lireTableau,
  type Statistiques,
} from './recherche.postgres.statistiques.repo.ts';
import { termesDeFiltres, type Indexable, type Terme } from './recherche.termes.ts';

/** Letters up to which gathering all of them and sorting is faster than walking along the register for a page. */
const ASSEZ = 4_000;

/** Share of the letters from which on a walk along the register finds a page of a term at once. */
const FREQUENT = 0.01;

/** Hits that may as well be gathered all at once, and how many times what is wanted a first part should hold. */
const PEU = 300;
const MARGE = 2.5;
/** How many times longer the next part is, when a part did not hold enough. */
const ELARGIR = 4;

/**
 * Who registered a letter, among the hashes: the letter's row says it in clear as well, so that migration 0004 can
 * write the same without a key. A word that has the same 32 bits costs a false hit, which reading the row drops.
 */
const auteurEn32Bits = (utilisateurId: number): number => -1 - (utilisateurId % 2 ** 31);

/**
 * One generation of the index on PostgreSQL: arrays of 32-bit hashes under GIN. It gives hits in no order, and each costs a look at its
 * row. So a page alone is looked for in the newest months first, as many as should hold it. Where all hits are
 * counted, the planner errs when it chooses between the index and a walk along the register, so the program chooses:
 * the index first, and the walk once it is known that more than the cap letters answer.
 *
 * @param index the keyed hashes of the generation
 * @param nom the table of its side
 */
export function createPostgresMoteur(
  database: Database<GecTables>,
  index: BlindIndex,
  nom: string,
  limites: Limites,
): Moteur {
  const { plafond } = limites;
  const hachage = createHachage((tag, mot) => index.term32(tag, mot));
  const lettres = sql.table(nom);
  const statistiques = createStatistiques(nom);

  const entrees = (nombres: readonly number[]) => sql`${`{${nombres.join(',')}}`}::int4[]`;
  const tableau = (termes: readonly Terme[]) => entrees(termes.map(hachage.un));
  const contenu = (doc: Indexable) => [
    ...hachage.deCourrier(doc.words, [
      ...termesDeFiltres(doc),
      ['mois', moisDe(Date.parse(doc.dateEnregistrement))],
    ]),
    auteurEn32Bits(doc.utilisateurId),
  ];
  const table = (ordres: readonly number[]): RawBuilder<{ ordre: number }> =>
    sql`(select unnest(${`{${ordres.join(',')}}`}::bigint[]) as ordre)`;

  // With the contrib module intarray a plain @> would be another operator, which the index does not serve.
  const contient = (nombres: readonly number[]) => sql`i.termes operator(pg_catalog.@>) ${entrees(nombres)}`;
  const avecUnDe = ({ unDe = [], auteur }: Demande) => {
    const un = unDe.length === 0 ? sql`` : sql`and i.termes operator(pg_catalog.&&) ${tableau(unDe)}`;
    if (!auteur || auteur.sauf.length === 0) return un;
    return sql`${un} and not (i.termes operator(pg_catalog.&&) ${tableau(auteur.sauf)})`;
  };
  /** What must be in the array, all of it. */
  const exiges = ({ termes, auteur }: Demande) => [
    ...termes.map(hachage.un),
    ...(auteur ? [auteurEn32Bits(auteur.id)] : []),
  ];
  const dans = (plage: Plage) => sql`i.ordre >= ${plage.min} and i.ordre < ${plage.max}`;
  const ordre = sql<number>`i.ordre`;
  const aussi = (conditions: Demande['conditions'], expression: RawBuilder<number>) =>
    sql.join(
      conditions.map((condition) => sql`and ${condition(expression)}`),
      sql` `,
    );

  /** The letters with all the terms by the index; conditions come after. */
  function parIndex(demande: Demande) {
    const mois = moisDemandes(demande.plage)?.map((un) => hachage.un(['mois', un]));
    const seul = mois?.length === 1 ? mois : [];
    const periode =
      mois && mois.length > 1 ? sql`and i.termes operator(pg_catalog.&&) ${entrees(mois)}` : sql``;
    return sql`${lettres} i where ${contient([...exiges(demande), ...seul])} ${avecUnDe(demande)}
      ${periode} and ${dans(demande.plage)}`;
  }

  /** Everything that is asked for, by a walk along the register. */
  async function marcher(via: Via, demande: Demande, portion: Portion): Promise<number[]> {
    // Row by row, this is a fifth faster than the operator of the index.
    const tous = exiges(demande).map((nombre) => sql`${nombre}::int4 = any(i.termes)`);
    const { rows } = await sql<{ ordre: number }>`select i.ordre from ${lettres} i
      where ${sql.join(tous, sql` and `)} ${avecUnDe(demande)} and ${dans(reste(demande.plage, portion))}
      ${aussi(demande.conditions, ordre)} order by ordre ${sql.raw(portion.sens)}
      limit ${portion.limite} offset ${portion.saut}`.execute(via);
    return rows.map((row) => row.ordre);
  }

  const dehors = ({ min, max }: Plage) =>
    max <= min ? sql`false` : sql`exists (select 1 from ${lettres} i where ${dans({ min, max })})`;

  /** All hits of a part of the register in order, `voulus` at most; `null` when they are too many to be gathered. */
  async function partie(via: Via, demande: Demande, sens: Portion['sens'], voulus: number, autour: Plage[]) {
    const { rows } = await sql<{ vus: number; dehors: boolean; ordres: string }>`
      with h as materialized (select i.ordre from ${parIndex(demande)} limit ${ASSEZ + 1})
      select (select count(*) from h) as vus, ${sql.join([sql`false`, ...autour.map(dehors)], sql` or `)} as dehors,
        array(select h.ordre from h where true ${aussi(demande.conditions, sql`h.ordre`)}
          order by h.ordre ${sql.raw(sens)} limit ${voulus})::text as ordres`.execute(via);
    const { vus, dehors: trouve, ordres } = rows[0] ?? { vus: 0, dehors: false, ordres: '{}' };
    if (trouve) statistiques.oublier();
    return trouve || vus > ASSEZ ? null : lireTableau(ordres);
  }

  /** Letters that should answer. */
  function attendus(demande: Demande, { part, lettres }: Statistiques): number {
    const { unDe = [] } = demande;
    const parts = exiges(demande).map(part);
    if (unDe.length > 0) parts.push(unDe.reduce((somme, terme) => somme + part(hachage.un(terme)), 0));
    return lettres * parts.reduce((a, b) => a * Math.min(1, b), 1);
  }

  /** A page without a count, from as much of the register as should hold it; `null` where that was wrong. */
  async function pageSeule(via: Via, demande: Demande, portion: Portion): Promise<number[] | null> {
    const stats = await statistiques.lire(via);
    if (stats === null) return null;
    const nombre = attendus(demande, stats);
    // The planner knows this term as well, and walks. Several terms may exclude each other.
    const seul = exiges(demande).length === 1 && (demande.unDe ?? []).length === 0;
    if (seul && nombre >= FREQUENT * stats.lettres) {
      return marcher(via, demande, portion);
    }
    const { sens, limite, saut } = portion;
    const voulus = limite + saut;
    const bornes = reste(demande.plage, portion);
    const { min, max } = stats.etendue;
    const autour = [
      { min: bornes.min, max: Math.min(bornes.max, min) },
      { min: Math.max(bornes.min, max), max: bornes.max },
    ];
    const tous = moisDePlage({ min: Math.max(bornes.min, min), max: Math.min(bornes.max, max) });
    if (sens === 'desc') tous.reverse();
    let longueur = nombre <= PEU ? tous.length : Math.ceil((MARGE * voulus * stats.mois) / nombre);
    const trouves: number[] = [];
    let de = 0;
    do {
      const mois = tous.slice(de, de + Math.max(1, longueur)).map(plageDeMois);
      const plage = {
        min: Math.max(bornes.min, Math.min(max, ...mois.map((un) => un.min))),
        max: Math.min(bornes.max, Math.max(min, ...mois.map((un) => un.max))),
      };
      const encore = voulus - trouves.length;
      const ici = await partie(via, { ...demande, plage }, sens, encore, de === 0 ? autour : []);
      if (ici === null) return null;
      trouves.push(...ici);
      de += Math.max(1, longueur);
      longueur *= ELARGIR;
    } while (de < tous.length && trouves.length < voulus);
    return trouves.slice(saut);
  }

  /** Settings last until the transaction ends, so there has to be one. */
  const dansTransaction = <R>(via: Via, work: (via: Via) => Promise<R>): Promise<R> =>
    via.isTransaction ? work(via) : via.transaction().execute(work);

  /** Makes the planner use the index on `termes`, or walk along the register. Lasts until the transaction ends. */
  async function choisir(via: Via, chemin: 'index' | 'registre'): Promise<void> {
    const marche = chemin === 'registre' ? 'on' : 'off';
    const index = chemin === 'registre' ? 'off' : 'on';
    await sql`select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', ${marche}, true),
      set_config('enable_bitmapscan', ${index}, true), set_config('jit', 'off', true)`.execute(via);
  }

  async function ecrireTous(trx: Trx, docs: readonly Indexable[]): Promise<void> {
    if (docs.length === 0) return;
    const lignes = docs.map((doc) => sql`(${doc.ordre}::bigint, ${`{${contenu(doc).join(',')}}`}::int4[])`);
    await sql`insert into ${lettres} (ordre, termes) values ${sql.join(lignes)}
      on conflict (ordre) do update set termes = excluded.termes`.execute(trx);
  }

  const sansEntree = (ordre: RawBuilder<number>) =>
    sql<boolean>`not exists (select 1 from ${lettres} i where i.ordre = ${ordre})`;

  return {
    limites,
    parAuteur: true,
    ecrireTous,
    table,
    ecrire: (trx, doc) => ecrireTous(trx, [doc]),
    verrou: sql`for update`,
    async effacer(trx, ordres) {
      if (ordres.length === 0) return;
      await sql`delete from ${lettres} where ordre in (select ordre from ${table(ordres)} t)`.execute(trx);
    },
    lire: (work) => database.read(work),
    async portion(via, demande, portion, compter) {
      const seule = compter ? null : await pageSeule(via, demande, portion);
      if (seule !== null) return { ordres: seule, compte: null };
      const { sens, limite, saut } = portion;
      const bornes = reste(demande.plage, portion);
      const assez = compter ? plafond : Math.min(plafond, ASSEZ);
      return dansTransaction(via, async (trx) => {
        await choisir(trx, 'index');
        const { rows } = await sql<{ vus: number; n: number; ordres: string }>`
          with h as materialized (select i.ordre from ${parIndex(demande)} limit ${assez + 1}),
            v as materialized (select h.ordre from h where true ${aussi(demande.conditions, sql`h.ordre`)})
          select (select count(*) from h) as vus, (select count(*) from v) as n,
            array(select ordre from v where v.ordre >= ${bornes.min} and v.ordre < ${bornes.max}
              order by ordre ${sql.raw(sens)} limit ${limite} offset ${saut})::text as ordres`.execute(trx);
        const { vus, n, ordres } = rows[0] ?? { vus: 0, n: 0, ordres: '{}' };
        if (vus <= assez) return { ordres: lireTableau(ordres), compte: { total: n, plafonne: false } };
        // Without counting, what was gathered is no count of all.
        const compte = compter ? { total: Math.min(n, plafond), plafonne: true } : null;
        await choisir(trx, 'registre');
        return { ordres: await marcher(trx, demande, portion), compte };
      });
    },
    compterTout: (via, demande) =>
      dansTransaction(via, async (trx) => {
        await choisir(trx, 'index');
        const { rows } = await sql<{ n: number }>`
          with h as materialized (select i.ordre from ${parIndex(demande)})
          select count(*) as n from h where true ${aussi(demande.conditions, sql`h.ordre`)}`.execute(trx);
        return rows[0]?.n ?? 0;
      }),
    parmi: (via, termes, ordres) =>
      dansTransaction(via, async (trx) => {
        await choisir(trx, 'registre');
        // Not a join, for which the planner may read the whole index.
        const { rows } = await sql<{ ordre: number }>`select i.ordre from ${lettres} i
          where i.ordre = any(${`{${ordres.join(',')}}`}::bigint[]) and ${contient(termes.map(hachage.un))}`.execute(
          trx,
        );
        return rows.map((row) => row.ordre);
      }),
    async incomplets(via, docs) {
      if (docs.length === 0) return [];
      const { rows } = await sql<{ ordre: number; termes: number[] }>`
        select i.ordre, i.termes from ${lettres} i
        where i.ordre in (select ordre from ${table(docs.map((doc) => doc.ordre))} t)`.execute(via);
      const lus = new Map(rows.map((row) => [row.ordre, new Set(row.termes)]));
      return docs
        .filter((doc) => contenu(doc).some((terme) => lus.get(doc.ordre)?.has(terme) !== true))
        .map((doc) => doc.ordre);
    },
    sansEntree,
    async manquants(via) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from courrier c
        where not c.is_deleted and ${sansEntree(sql`c.ordre`)}`.execute(via);
      return rows[0]?.n ?? 0;
    },
    async vide(via) {
      return (await sql`select 1 from ${lettres} limit 1`.execute(via)).rows.length === 0;
    },
    preparer: () => Promise.resolve(),
    async vider(trx) {
      await sql`truncate ${lettres}`.execute(trx);
    },
    async entrees(via, plage, limite) {
      const { rows } = await sql<{ ordre: number }>`select i.ordre from ${lettres} i
        where ${dans(plage)} order by i.ordre limit ${limite}`.execute(via);
      return rows.map((row) => row.ordre);
    },
  };
}

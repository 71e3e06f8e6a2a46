import type { BlindIndex } from '@gec/crypto';
import type { Database } from '@gec/db';
import { CompiledQuery, sql, type RawBuilder } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import { createHachage } from './recherche.hachage.ts';
import {
  reste,
  type Compte,
  type Demande,
  type Limites,
  type Moteur,
  type Plage,
  type Portion,
} from './recherche.moteur.ts';
import { termesDeFiltres, type Indexable, type Terme } from './recherche.termes.ts';

/**
 * One generation of the index on SQLite: an FTS5 table of hashes whose rowid is the letter's `ordre`. It keeps no text, walks from the
 * newest letter and stops at the end of the page, however frequent a word is.
 *
 * @param index the keyed hashes of the generation
 * @param nom the table of its side
 */
export function createSqliteMoteur(
  database: Database<GecTables>,
  index: BlindIndex,
  nom: string,
  limites: Limites,
): Moteur {
  const { plafond } = limites;
  const hachage = createHachage((tag, mot) => index.term64(tag, mot));
  const entrees = sql.table(nom);
  // FTS5 is asked by a column of the name of its table.
  const repond = sql.ref(`i.${nom}`);

  /**
   * All the terms. Nearly every letter is an arrival: leaving out the departures is a hundred times less to read than
   * finding rare letters again among all arrivals.
   */
  function expression(termes: readonly Terme[], unDe: readonly Terme[] = []): string {
    const mot = (terme: Terme) => `"${hachage.un(terme)}"`;
    const choix = unDe.length === 0 ? [] : [`(${unDe.map(mot).join(' OR ')})`];
    const autres = termes.filter(([tag, valeur]) => tag !== 'type' || valeur !== 'ENTRANT');
    const sansDeparts = autres.length + choix.length > 0 && autres.length < termes.length;
    const tous = [...(sansDeparts ? autres : termes).map(mot), ...choix].join(' AND ');
    return sansDeparts ? `(${tous}) NOT "${hachage.un(['type', 'SORTANT'])}"` : tous;
  }
  const contenu = (doc: Indexable) => hachage.deCourrier(doc.words, termesDeFiltres(doc)).join(' ');
  const table = (ordres: readonly number[]): RawBuilder<{ ordre: number }> =>
    sql`(select value as ordre from json_each(${JSON.stringify(ordres)}))`;

  const rowid = sql<number>`i.rowid`;
  // Words alone over the whole register are what is asked most, and found in the time that putting a statement together
  // and binding its numbers take.
  const pret = (sens: Portion['sens'], limite: number) =>
    `select rowid as ordre from "${nom}" where "${nom}" match ? order by rowid ${sens} limit ${limite}`;
  const entiere = ({ min, max }: Plage) => min <= 0 && max >= Number.MAX_SAFE_INTEGER;
  const dans = ({ min, max }: Plage) =>
    sql`${min > 0 ? sql`and i.rowid >= ${min}` : sql``} ${max < Number.MAX_SAFE_INTEGER ? sql`and i.rowid < ${max}` : sql``}`;
  const trouves = ({ termes, unDe, plage, conditions }: Demande) => sql`
    ${entrees} i where ${repond} match ${expression(termes, unDe)}
    ${dans(plage)}
    ${sql.join(
      conditions.map((condition) => sql`and ${condition(rowid)}`),
      sql` `,
    )}`;

  const toutes = (conditions: Demande['conditions']) =>
    sql.join(
      conditions.map((condition) => condition(sql`h.ordre`)),
      sql` and `,
    );

  async function ecrire(trx: Trx, doc: Indexable): Promise<void> {
    await sql`insert or replace into ${entrees} (rowid, termes) values (${doc.ordre}, ${contenu(doc)})`.execute(
      trx,
    );
  }

  /** The newest hits are looked at, not more: a condition on each of a million would hold everybody up. */
  async function compter(via: Via, demande: Demande): Promise<Compte> {
    const { conditions } = demande;
    if (conditions.length === 0) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from (select 1
        from ${trouves(demande)} limit ${plafond + 1}) h`.execute(via);
      const n = rows[0]?.n ?? 0;
      return { total: Math.min(n, plafond), plafonne: n > plafond };
    }
    const { rows } = await sql<{ vus: number; n: number }>`select count(*) as vus,
        coalesce(sum(${toutes(conditions)}), 0) as n
      from (select ${rowid} as ordre from ${trouves({ ...demande, conditions: [] })}
        order by i.rowid desc limit ${plafond + 1}) h`.execute(via);
    const compte = rows[0] ?? { vus: 0, n: 0 };
    return { total: Math.min(compte.n, plafond), plafonne: compte.vus > plafond };
  }

  const sansEntree = (ordre: RawBuilder<number>) =>
    sql<boolean>`not exists (select 1 from ${entrees} i where i.rowid = ${ordre})`;

  return {
    limites,
    // Walking along the hits in order, it tries each of them soon enough.
    parAuteur: false,
    ecrire,
    table,
    verrou: sql``,
    async ecrireTous(trx, docs) {
      for (const doc of docs) await ecrire(trx, doc);
    },
    async effacer(trx, ordres) {
      for (const ordre of ordres) {
        await sql`delete from ${entrees} where rowid = ${ordre}`.execute(trx);
      }
    },
    // A transaction would take the lock of the one writer.
    lire: (work) => work(database.kysely),
    async portion(via, demande, portion, avecCompte) {
      const plage = reste(demande.plage, portion);
      const { sens, limite, saut } = portion;
      const { rows } =
        saut === 0 && demande.conditions.length === 0 && entiere(plage)
          ? await via.executeQuery<{ ordre: number }>(
              CompiledQuery.raw(pret(sens, limite), [expression(demande.termes, demande.unDe)]),
            )
          : await sql<{ ordre: number }>`
              select ${rowid} as ordre from ${trouves({ ...demande, plage })}
              order by i.rowid ${sql.raw(sens)} limit ${limite} offset ${saut}`.execute(via);
      return {
        ordres: rows.map((row) => row.ordre),
        compte: avecCompte ? await compter(via, demande) : null,
      };
    },
    async compterTout(via, demande) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${trouves(demande)}`.execute(via);
      return rows[0]?.n ?? 0;
    },
    async parmi(via, termes, ordres) {
      const { rows } = await sql<{ ordre: number }>`
        select i.rowid as ordre from ${table(ordres)} t cross join ${entrees} i
        where i.rowid = t.ordre and ${repond} match ${expression(termes)}`.execute(via);
      return rows.map((row) => row.ordre);
    },
    async incomplets(via, docs) {
      const manquants: number[] = [];
      for (const doc of docs) {
        const tous = contenu(doc)
          .split(' ')
          .map((terme) => `"${terme}"`)
          .join(' AND ');
        const { rows } = await sql`select 1 from ${entrees} i
          where ${repond} match ${tous} and i.rowid = ${doc.ordre}`.execute(via);
        if (rows.length === 0) manquants.push(doc.ordre);
      }
      return manquants;
    },
    sansEntree,
    async manquants(via) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from courrier c
        where not c.is_deleted and ${sansEntree(sql`c.ordre`)}`.execute(via);
      return rows[0]?.n ?? 0;
    },
    async vide(via) {
      return (await sql`select 1 from ${entrees} limit 1`.execute(via)).rows.length === 0;
    },
    async preparer(trx) {
      // While it was empty, statistics may have been gathered. By them FTS5's own deletions, of a range of rows, would
      // read the whole of a table that is thought to have two rows: at each merge, hundreds of megabytes.
      const { rows } = await sql`select 1 from sqlite_schema where name = 'sqlite_stat1'`.execute(trx);
      if (rows.length === 0) return;
      await sql`delete from sqlite_stat1 where tbl in (${`${nom}_data`}, ${`${nom}_idx`}, ${`${nom}_docsize`})`.execute(
        trx,
      );
      await sql`analyze sqlite_schema`.execute(trx);
    },
    async vider(trx) {
      await sql`insert into ${entrees} (${sql.ref(nom)}) values ('delete-all')`.execute(trx);
    },
    async entrees(via, plage, limite) {
      const { rows } = await sql<{ ordre: number }>`select rowid as ordre from ${entrees}
        where rowid >= ${plage.min} and rowid < ${plage.max} order by rowid limit ${limite}`.execute(via);
      return rows.map((row) => row.ordre);
    },
  };
}

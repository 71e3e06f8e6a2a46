import { sql, type RawBuilder } from 'kysely';
import type { Via } from '../../cache.ts';
import { estDepartement, idDepartement } from '../courriers/courriers.policy.ts';
import {
  reste,
  type Compte,
  type Moteur,
  type Plage,
  type Portion,
  type Trouves,
} from './recherche.moteur.ts';
import type { OrdreTri, Tri } from './recherche.schema.ts';
import type { Terme } from './recherche.termes.ts';

/** Where in a list: `suite` goes on in its order, `retour` goes back; `apres` is the `ordre` of a letter of the list. */
export interface Demarche {
  readonly apres: number | null;
  readonly sens: 'suite' | 'retour';
  readonly limite: number;
  readonly saut: number;
}

/** A list of letters in one order, that can be read in portions and counted. */
export interface Source {
  portion(via: Via, demarche: Demarche, compter: boolean): Promise<Trouves>;
  compterTout(via: Via): Promise<number>;
}

/** Days of the letter itself, both ends included. */
export interface Redaction {
  readonly from: string | null;
  readonly to: string | null;
}

/** The direction along `ordre` in which a list sorted by date is walked. */
export function portionDe(demarche: Demarche, tri: OrdreTri): Portion {
  const retourne = tri === 'asc' ? 'desc' : 'asc';
  const { apres, limite, saut } = demarche;
  return { apres, limite, saut, sens: demarche.sens === 'suite' ? tri : retourne };
}

/** Both ends as a condition on a column of days. */
export function entreLesJours({ from, to }: Redaction, colonne: RawBuilder<unknown>): RawBuilder<boolean> {
  const debut = from === null ? sql`` : sql`and ${colonne} >= ${from}`;
  const fin = to === null ? sql`` : sql`and ${colonne} <= ${to}`;
  return sql<boolean>`(${colonne} is not null ${debut} ${fin})`;
}

/** Whether the letter of an `ordre` was written in a period. */
export function redigeEntre(redaction: Redaction): (ordre: RawBuilder<number>) => RawBuilder<boolean> {
  return (ordre) => sql<boolean>`exists (select 1 from courrier r where r.ordre = ${ordre}
    and ${entreLesJours(redaction, sql`r.date_redaction`)})`;
}

/** Departments up to which each is looked up in `courrier_acces`; beyond, the letter is asked for its one. */
const DEPARTEMENTS_UN_A_UN = 2;

/** Whether the letter of an `ordre` stands under one of the principals. */
export function sousPrincipal(
  cles: readonly string[],
  dedans = true,
): (ordre: RawBuilder<number>) => RawBuilder<boolean> {
  const departements = cles.filter(estDepartement);
  const autres =
    departements.length > DEPARTEMENTS_UN_A_UN ? cles.filter((cle) => !estDepartement(cle)) : cles;
  return (ordre) => {
    const moyens: RawBuilder<boolean>[] = [];
    if (autres.length > 0) {
      moyens.push(sql<boolean>`exists (select 1 from courrier_acces p
        where p.ordre = ${ordre} and p.principal in (${sql.join(autres)}))`);
    }
    if (autres !== cles) {
      moyens.push(sql<boolean>`exists (select 1 from courrier k
        where k.ordre = ${ordre} and k.departement_id in (${sql.join(departements.map(idDepartement))}))`);
    }
    return sql<boolean>`${sql.raw(dedans ? '' : 'not')} (${sql.join(moyens, sql` or `)})`;
  };
}

/** Queries one after the other, however many: SQLite joins at most 500 at once. */
function enchainer(
  requetes: readonly RawBuilder<unknown>[],
  mot: 'union' | 'union all',
): RawBuilder<unknown> {
  const PAR_GROUPE = 100;
  const et = sql` ${sql.raw(mot)} `;
  if (requetes.length <= PAR_GROUPE) return sql.join(requetes, et);
  const groupes: RawBuilder<unknown>[] = [];
  for (let i = 0; i < requetes.length; i += PAR_GROUPE) {
    const groupe = sql.join(requetes.slice(i, i + PAR_GROUPE), et);
    groupes.push(sql`select ordre from (${groupe}) g${sql.raw(String(i))}`);
  }
  return sql.join(groupes, et);
}

async function nombre(via: Via, requete: RawBuilder<{ n: number }>): Promise<number> {
  return (await requete.execute(via)).rows[0]?.n ?? 0;
}

function plafonner(n: number, plafond: number): Compte {
  return { total: Math.min(n, plafond), plafonne: n > plafond };
}

const COLONNES: Partial<Record<Terme[0], string>> = {
  type: 'c.type_courrier',
  statut: 'c.statut',
  ts: 'c.type_courrier_sortant_id',
  urg: 'c.urgence_id',
  sg: 'c.secretaire_general_copie',
};

/** A filter on its own column. */
function surColonne([tag, mot]: Terme): RawBuilder<boolean> {
  const colonne = COLONNES[tag];
  if (colonne === undefined) throw new Error(`no column holds ${tag}`);
  const valeur = tag === 'ts' || tag === 'urg' ? Number(mot) : tag === 'sg' ? mot === 'oui' : mot;
  return sql<boolean>`${sql.ref(colonne)} = ${valeur}`;
}

interface DemandeRegistre {
  readonly plage: Plage;
  readonly filtre: Terme | null;
  readonly redaction: Redaction | null;
  /** Where counting stops. */
  readonly plafond: number;
}

function duRegistre({ plage, filtre, redaction }: DemandeRegistre): RawBuilder<unknown> {
  return sql`courrier c where not c.is_deleted and c.ordre >= ${plage.min} and c.ordre < ${plage.max}
    ${filtre === null ? sql`` : sql`and ${surColonne(filtre)}`}
    ${
      // Hidden from the planner, which would rather sort all letters of the period than walk along the register.
      redaction === null
        ? sql``
        : sql`and ${entreLesJours(redaction, sql`nullif(c.date_redaction, '0001-01-01')`)}`
    }`;
}

async function compterRegistre(via: Via, demande: DemandeRegistre, exact: boolean): Promise<number> {
  return nombre(
    via,
    sql<{ n: number }>`select count(*) as n from (select 1 from ${duRegistre(demande)}
      ${exact ? sql`` : sql`limit ${demande.plafond + 1}`}) t`,
  );
}

/** The register itself for those who may read all of it, with at most one filter: its own indexes serve. */
export function sourceRegistre(demande: DemandeRegistre, tri: OrdreTri): Source {
  return {
    async portion(via, demarche, compter) {
      const portion = portionDe(demarche, tri);
      const suite = duRegistre({ ...demande, plage: reste(demande.plage, portion) });
      const { rows } = await sql<{ ordre: number }>`select c.ordre from ${suite}
        order by c.ordre ${sql.raw(portion.sens)}
        limit ${portion.limite} offset ${portion.saut}`.execute(via);
      const compte = compter ? plafonner(await compterRegistre(via, demande, false), demande.plafond) : null;
      return { ordres: rows.map((row) => row.ordre), compte };
    },
    compterTout: (via) => compterRegistre(via, demande, true),
  };
}

/** The same in the order of a column that is not sealed. */
export function sourceTriee(
  demande: DemandeRegistre,
  tri: Extract<Tri, 'numero_accuse_reception' | 'statut'>,
  ordreTri: OrdreTri,
): Source {
  const cle = tri === 'statut' ? sql`(c.statut, c.ordre)` : sql`(c.numero_accuse_reception, c.ordre)`;
  const colonnes = tri === 'statut' ? ['c.statut', 'c.ordre'] : ['c.numero_accuse_reception', 'c.ordre'];
  return {
    async portion(via, demarche, compter) {
      const portion = portionDe(demarche, ordreTri);
      const sens = sql.raw(portion.sens);
      const suite =
        portion.apres === null
          ? sql``
          : sql`and ${cle} ${sql.raw(portion.sens === 'desc' ? '<' : '>')}
              (select ${sql.raw(colonnes.join(', ').replaceAll('c.', 'k.'))} from courrier k where k.ordre = ${portion.apres})`;
      const { rows } = await sql<{ ordre: number }>`select c.ordre from ${duRegistre(demande)} ${suite}
        order by ${sql.raw(colonnes[0] ?? '')} ${sens}, c.ordre ${sens}
        limit ${portion.limite} offset ${portion.saut}`.execute(via);
      const compte = compter ? plafonner(await compterRegistre(via, demande, false), demande.plafond) : null;
      return { ordres: rows.map((row) => row.ordre), compte };
    },
    compterTout: (via) => compterRegistre(via, demande, true),
  };
}

/**
 * Everything that stands under some principals, without a word or filter: one range scan for each principal.
 *
 * @param cles the principal with most letters first
 */
export function sourceAcces(
  cles: readonly string[],
  plage: Plage,
  redaction: Redaction | null,
  tri: OrdreTri,
  plafond: number,
): Source {
  const dans = (bornes: Plage) => sql`a.ordre >= ${bornes.min} and a.ordre < ${bornes.max}`;
  const lisible = sql`exists (select 1 from courrier c where c.ordre = a.ordre and not c.is_deleted
    ${redaction === null ? sql`` : sql`and ${entreLesJours(redaction, sql`c.date_redaction`)}`})`;

  /** Letters counted once: a principal's that do not stand under one before it. */
  const disjoints = (limite: RawBuilder<unknown>, filtre: RawBuilder<unknown>) =>
    sql`${enchainer(
      cles.map((cle, i) => {
        // No letter is of two departments.
        const avant = estDepartement(cle)
          ? cles.slice(0, i).filter((autre) => !estDepartement(autre))
          : cles.slice(0, i);
        const sauf = avant.length === 0 ? sql`` : sql`and ${sousPrincipal(avant, false)(sql`a.ordre`)}`;
        return sql`select ordre from (select a.ordre from courrier_acces a
          where a.principal = ${cle} and ${dans(plage)} ${sauf} ${filtre} ${limite}) d${sql.raw(String(i))}`;
      }),
      'union all',
    )} ${limite}`;

  async function compter(via: Via, exact: boolean): Promise<number> {
    if (redaction !== null) {
      const limite = exact ? sql`` : sql`limit ${plafond + 1}`;
      return nombre(
        via,
        sql<{ n: number }>`select count(*) as n from (${disjoints(limite, sql`and ${lisible}`)}) t`,
      );
    }
    // The corbeille is small: taken off afterwards, it spares a look at every letter.
    const supprimes = await nombre(
      via,
      sql<{ n: number }>`select count(*) as n from courrier c where c.is_deleted and c.ordre >= ${plage.min}
        and c.ordre < ${plage.max} and ${sousPrincipal(cles)(sql`c.ordre`)}`,
    );
    const limite = exact ? sql`` : sql`limit ${plafond + 1 + supprimes}`;
    const n = await nombre(
      via,
      sql<{ n: number }>`select count(*) as n from (${disjoints(limite, sql``)}) t`,
    );
    return n - supprimes;
  }

  return {
    async portion(via, demarche, avecCompte) {
      const portion = portionDe(demarche, tri);
      const sens = sql.raw(portion.sens);
      const parCle = cles.map(
        (cle, i) => sql`select ordre from (select a.ordre from courrier_acces a where a.principal = ${cle}
          and ${dans(reste(plage, portion))} and ${lisible}
          order by a.ordre ${sens} limit ${portion.limite + portion.saut}) d${sql.raw(String(i))}`,
      );
      const { rows } = await sql<{ ordre: number }>`select ordre from (${enchainer(parCle, 'union')}) t
        order by ordre ${sens} limit ${portion.limite} offset ${portion.saut}`.execute(via);
      const compte = avecCompte ? plafonner(await compter(via, false), plafond) : null;
      return { ordres: rows.map((row) => row.ordre), compte };
    },
    compterTout: (via) => compter(via, true),
  };
}

/** A list that is known whole, in its order. */
export function sourceConnue(ordres: readonly number[]): Source {
  return {
    async portion(_via, { apres, sens, limite, saut }) {
      const liste = sens === 'suite' ? ordres : [...ordres].reverse();
      const debut = apres === null ? 0 : liste.indexOf(apres) + 1;
      const compte = { total: ordres.length, plafonne: false };
      // A letter that left the list meanwhile has no place in it to go on from.
      if (apres !== null && debut === 0) return { ordres: [], compte };
      return { ordres: liste.slice(debut + saut, debut + saut + limite), compte };
    },
    compterTout: async () => ordres.length,
  };
}

/** The part of the register in which the letters of a period were entered, when it is short enough to tell. */
export async function plageDeRedaction(via: Via, redaction: Redaction): Promise<Plage | null> {
  const COURTE = 30_000;
  const { rows } = await sql<{ n: number; min: number | null; max: number | null }>`
    select count(*) as n, min(ordre) as min, max(ordre) as max from (select c.ordre from courrier c
      where not c.is_deleted and ${entreLesJours(redaction, sql`c.date_redaction`)} limit ${COURTE + 1}) t`.execute(
    via,
  );
  const trouve = rows[0];
  if (!trouve || trouve.n > COURTE) return null;
  if (trouve.min === null || trouve.max === null) return { min: 0, max: 0 };
  return { min: trouve.min, max: trouve.max + 1 };
}

/** Sorts letters by a column that is not sealed. */
export async function trierParColonne(
  via: Via,
  moteur: Moteur,
  ordres: readonly number[],
  tri: Extract<Tri, 'numero_accuse_reception' | 'statut'>,
  ordreTri: OrdreTri,
): Promise<number[]> {
  const colonne = sql.ref(`c.${tri}`);
  const sens = sql.raw(ordreTri);
  const { rows } = await sql<{ ordre: number }>`select c.ordre from ${moteur.table(ordres)} t
    join courrier c on c.ordre = t.ordre order by ${colonne} ${sens}, c.ordre ${sens}`.execute(via);
  return rows.map((row) => row.ordre);
}

import { sql } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Plage } from './recherche.moteur.ts';
import { moisDe, moisDePlage, plageDeMois } from './recherche.mois.ts';

/** What PostgreSQL knows of its index: enough to guess how far one has to look for a page. */
export interface Statistiques {
  /** Share of the letters that have a term; 0 for one that is too rare to be known. */
  part(terme: number): number;
  readonly lettres: number;
  /** The months in which there are letters, whole, and how many they are. */
  readonly etendue: Plage;
  readonly mois: number;
}

/** Milliseconds for which statistics are believed: they move slowly, and an error costs time only. */
const DUREE = 600_000;

interface Ligne {
  lettres: number;
  premier: number | null;
  dernier: number | null;
  termes: string | null;
  parts: string | null;
}

/** `{3,2,1}` as PostgreSQL writes an array of numbers. */
export function lireTableau(texte: string): number[] {
  return texte === '{}' ? [] : texte.slice(1, -1).split(',').map(Number);
}

async function lire(via: Via, nom: string): Promise<Statistiques | null> {
  // Whatever the transaction was told before: both ends of the register come from its key at once.
  await sql`select set_config('enable_indexscan', 'on', true)`.execute(via);
  const { rows } = await sql<Ligne>`select
      (select c.reltuples::int8 from pg_class c where c.oid = ${nom}::regclass) as lettres,
      (select min(ordre) from ${sql.table(nom)}) as premier,
      (select max(ordre) from ${sql.table(nom)}) as dernier,
      s.most_common_elems::text as termes, s.most_common_elem_freqs::text as parts
    from (select 1) un left join pg_stats s on s.schemaname = current_schema()
      and s.tablename = ${nom} and s.attname = 'termes'`.execute(via);
  const ligne = rows[0];
  if (!ligne || ligne.premier === null || ligne.dernier === null) return null;
  const etendue = {
    min: plageDeMois(moisDe(ligne.premier / 1024)).min,
    max: plageDeMois(moisDe(ligne.dernier / 1024)).max,
  };
  const termes = lireTableau(ligne.termes ?? '{}');
  // Behind the share of each term come the least, the greatest and that of the empty array.
  const parts = lireTableau(ligne.parts ?? '{}').slice(0, termes.length);
  const connus = new Map(termes.map((terme, i) => [terme, parts[i] ?? 0]));
  return {
    part: (terme) => connus.get(terme) ?? 0,
    lettres: Math.max(0, ligne.lettres),
    etendue,
    mois: moisDePlage(etendue).length,
  };
}

/** Reads the statistics of an index table now and then. `null` while there is no letter. */
export function createStatistiques(nom: string, elapsed: () => number = () => performance.now()) {
  let gardees: Promise<Statistiques | null> | null = null;
  let luesA = 0;
  return {
    lire(via: Via): Promise<Statistiques | null> {
      if (gardees !== null && elapsed() - luesA < DUREE) return gardees;
      luesA = elapsed();
      const lues = lire(via, nom);
      gardees = lues;
      // What could not be read, or was not there yet, is asked for again.
      lues.then(
        (une) => une === null && (gardees = null),
        () => (gardees = null),
      );
      return lues;
    },
    /** The register has outgrown them. */
    oublier(): void {
      gardees = null;
    },
  };
}

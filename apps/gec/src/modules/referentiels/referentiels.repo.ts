import { sql } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import {
  INSTRUCTIONS_PAR_DEFAUT,
  STATUTS_PAR_DEFAUT,
  TYPES_SORTANTS_PAR_DEFAUT,
  URGENCES_PAR_DEFAUT,
  type Liste,
  type Referentiels,
} from './referentiels.schema.ts';

/** Where a list is stored, by which column it is ordered, and what tells that an entry (`e`) is in use. */
const STOCK = {
  statuts: {
    table: 'statut_courrier',
    ordre: 'ordre',
    // In two parts, each with an index of its own.
    utilise: `exists (select 1 from courrier c where c.statut = e.nom and not c.is_deleted)
      or exists (select 1 from courrier c where c.statut = e.nom and c.is_deleted)`,
  },
  types: {
    table: 'type_courrier_sortant',
    ordre: 'ordre_affichage',
    utilise: `exists (select 1 from courrier c where c.type_courrier_sortant_id = e.id)`,
  },
  urgences: {
    table: 'urgence',
    ordre: 'ordre',
    utilise: `exists (select 1 from courrier c where c.urgence_id = e.id)`,
  },
  instructions: {
    table: 'instruction',
    ordre: 'ordre',
    utilise: `exists (select 1 from courrier_forward f where f.instruction = e.code)`,
  },
} as const satisfies Record<Liste, { table: string; ordre: string; utilise: string }>;

/** Columns of a row with their values. */
export type Colonnes = Readonly<Record<string, string | number | boolean | null>>;

/** Distance between the places of two entries that follow each other. */
const PAS = 10;

/** The SQL of the lists that letters choose from. */
export const referentielsRepo = {
  /** Every list, in the order in which it is shown. */
  async all(via: Via): Promise<Referentiels> {
    const statuts = await via
      .selectFrom('statut_courrier')
      .selectAll()
      .orderBy('ordre')
      .orderBy('id')
      .execute();
    const suites = await via.selectFrom('statut_suivant').selectAll().execute();
    const noms = new Map(statuts.map(({ id, nom }) => [id, nom]));
    const types = await via
      .selectFrom('type_courrier_sortant')
      .select(['id', 'nom', 'description', 'actif', 'ordre_affichage as ordre', 'version'])
      .orderBy('ordre_affichage')
      .orderBy('id')
      .execute();
    const urgences = await via.selectFrom('urgence').selectAll().orderBy('ordre').orderBy('id').execute();
    const instructions = await via
      .selectFrom('instruction')
      .select(['id', 'code', 'libelle', 'libelle_en as libelleEn', 'actif', 'ordre', 'version'])
      .orderBy('ordre')
      .orderBy('id')
      .execute();
    return {
      statuts: statuts.map((statut) => ({
        ...statut,
        suivants: suites
          .filter(({ statut_id }) => statut_id === statut.id)
          .flatMap(({ suivant_id }) => noms.get(suivant_id) ?? []),
      })),
      types,
      urgences,
      instructions,
    };
  },

  /** Ids of the entries of a list that letters or transmissions bear. */
  async utilises(via: Via, liste: Liste): Promise<Set<number>> {
    const { table, utilise } = STOCK[liste];
    const { rows } = await sql<{ id: number }>`select e.id from ${sql.table(table)} e
      where ${sql.raw(utilise)}`.execute(via);
    return new Set(rows.map(({ id }) => id));
  },

  /** Adds an entry at the end of its list. @returns its id */
  async insert(trx: Trx, liste: Liste, colonnes: Colonnes): Promise<number> {
    const { table, ordre } = STOCK[liste];
    const names = [...Object.keys(colonnes), 'actif', ordre].map((name) => sql.ref(name));
    const { rows } = await sql<{ id: number }>`insert into ${sql.table(table)} (${sql.join(names)})
      values (${sql.join([...Object.values(colonnes), true])},
        (select coalesce(max(${sql.ref(ordre)}), 0) + ${sql.lit(PAS)} from ${sql.table(table)}))
      returning id`.execute(trx);
    const id = rows[0]?.id;
    if (id === undefined) throw new Error(`nothing was added to ${table}`);
    return id;
  },

  /** Changes an entry that still has the version. @returns false when somebody was faster */
  async update(
    trx: Trx,
    liste: Liste,
    { id, version }: { id: number; version: number },
    colonnes: Colonnes,
  ): Promise<boolean> {
    const sets = Object.entries(colonnes).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
    const { numAffectedRows } = await sql`update ${sql.table(STOCK[liste].table)}
      set ${sql.join([...sets, sql`version = version + 1`])}
      where id = ${id} and version = ${version}`.execute(trx);
    return numAffectedRows === 1n;
  },

  /** Says which statuts may follow one. */
  async setSuivants(trx: Trx, statutId: number, suivants: readonly number[]): Promise<void> {
    await trx.deleteFrom('statut_suivant').where('statut_id', '=', statutId).execute();
    if (suivants.length === 0) return;
    await trx
      .insertInto('statut_suivant')
      .values(suivants.map((suivant_id) => ({ statut_id: statutId, suivant_id })))
      .execute();
  },

  /** Removes an entry that still has the version. @returns false when somebody was faster */
  async remove(trx: Trx, liste: Liste, { id, version }: { id: number; version: number }): Promise<boolean> {
    if (liste === 'statuts') {
      await trx
        .deleteFrom('statut_suivant')
        .where((eb) => eb.or([eb('statut_id', '=', id), eb('suivant_id', '=', id)]))
        .execute();
    }
    const { numAffectedRows } = await sql`delete from ${sql.table(STOCK[liste].table)}
      where id = ${id} and version = ${version}`.execute(trx);
    return numAffectedRows === 1n;
  },

  /** Puts a list into an order. */
  async order(trx: Trx, liste: Liste, ids: readonly number[]): Promise<void> {
    const { table, ordre } = STOCK[liste];
    for (const [index, id] of ids.entries()) {
      await sql`update ${sql.table(table)} set ${sql.ref(ordre)} = ${(index + 1) * PAS}
        where id = ${id}`.execute(trx);
    }
  },

  /**
   * Writes what a new installation begins with into lists that are empty: what an office took out of a list does not
   * come back.
   *
   * @returns whether anything was written
   */
  async seed(trx: Trx): Promise<boolean> {
    const known = await referentielsRepo.all(trx);
    if (known.statuts.length === 0) {
      for (const [index, { nom, libelle, couleur, final }] of STATUTS_PAR_DEFAUT.entries()) {
        await sql`insert into statut_courrier (nom, libelle, description, couleur, final, actif, ordre)
          values (${nom}, ${libelle}, null, ${couleur}, ${final}, ${true}, ${(index + 1) * PAS})
          on conflict (nom) do nothing`.execute(trx);
      }
    }
    if (known.types.length === 0) {
      for (const [index, nom] of TYPES_SORTANTS_PAR_DEFAUT.entries()) {
        await sql`insert into type_courrier_sortant (nom, description, actif, ordre_affichage)
          values (${nom}, null, ${true}, ${(index + 1) * PAS}) on conflict (nom) do nothing`.execute(trx);
      }
    }
    if (known.urgences.length === 0) {
      for (const [index, { nom, couleur, delai, unite }] of URGENCES_PAR_DEFAUT.entries()) {
        await sql`insert into urgence (nom, description, couleur, delai, unite, actif, ordre)
          values (${nom}, null, ${couleur}, ${delai}, ${unite}, ${true}, ${(index + 1) * PAS})
          on conflict (nom) do nothing`.execute(trx);
      }
    }
    if (known.instructions.length === 0) {
      for (const [index, { code, libelle, libelleEn }] of INSTRUCTIONS_PAR_DEFAUT.entries()) {
        await sql`insert into instruction (code, libelle, libelle_en, actif, ordre)
          values (${code}, ${libelle}, ${libelleEn}, ${true}, ${(index + 1) * PAS})
          on conflict (code) do nothing`.execute(trx);
      }
    }
    return [known.statuts, known.types, known.urgences, known.instructions].some((list) => list.length === 0);
  },
};

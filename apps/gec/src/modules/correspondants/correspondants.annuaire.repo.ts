import type { Keyring, Sealed } from '@gec/crypto';
import type { Database } from '@gec/db';
import { sql } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { GecTables } from '../../db/schema.ts';
import type { Coordonnees, Ecriture, SaisieCorrespondant } from './correspondants.schema.ts';

const TABLE = 'correspondant';
const COLONNES = ['adresse', 'telephone', 'email', 'notes'] as const;

/** A row of the directory with its name opened. */
export interface LigneAnnuaire {
  id: number;
  nom: string;
  actif: boolean;
  version: number;
  usages: number;
  dernierUsage: string;
}

/** Letters of a correspondant that somebody may read. */
export interface Usage {
  courriers: number;
  dernier: string | null;
}

/** Opened names that are remembered. */
const NOMS_GARDES = 50_000;

/** The SQL of the directory. */
export function createAnnuaireRepo({ kysely, dialect }: Database<GecTables>, keyring: Keyring) {
  const { fields } = keyring;
  const context = (column: string, id: number) => ({ table: TABLE, column, id });
  const aliasContext = (id: number) => ({ table: 'correspondant_alias', column: 'nom', id });
  const noms = new Map<number, { scelle: Sealed; nom: string }>();

  /** The name of a row; opened once as long as it stays the same, whichever process changes it. */
  function nomDe(id: number, scelle: Sealed): string {
    const known = noms.get(id);
    if (known?.scelle === scelle) return known.nom;
    if (noms.size >= NOMS_GARDES) noms.clear();
    const nom = fields.open(context('nom', id), scelle);
    noms.set(id, { scelle, nom });
    return nom;
  }

  function sealed(id: number, saisie: Coordonnees) {
    const columns = COLONNES.map((column) => [
      column,
      fields.sealOrNull(context(column, id), saisie[column] || null),
    ]);
    return Object.fromEntries(columns) as Record<(typeof COLONNES)[number], Sealed | null>;
  }

  async function insertTerms(trx: Trx, id: number, termes: readonly string[]): Promise<void> {
    if (termes.length === 0) return;
    await trx
      .insertInto('correspondant_terme')
      .values(termes.map((terme) => ({ terme, correspondant_id: id })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  return {
    /**
     * Every correspondant that principals have letters of, or one of them; those being merged into another are left out.
     */
    async toutes(principals: readonly string[] | 'all', id?: number): Promise<LigneAnnuaire[]> {
      let query = kysely
        .selectFrom(TABLE)
        .select(['id', 'nom', 'actif', 'version', 'usages', 'dernier_usage'])
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('correspondant_fusion')
                .select('correspondant_fusion.id')
                .whereRef('correspondant_fusion.fondu_id', '=', 'correspondant.id'),
            ),
          ),
        );
      if (id !== undefined) query = query.where('id', '=', id);
      if (principals !== 'all') {
        query = query.where('id', 'in', ({ selectFrom }) =>
          selectFrom('correspondant_acces').select('correspondant_id').where('principal', 'in', principals),
        );
      }
      const rows = await query.execute();
      return rows.map(({ nom, dernier_usage, ...row }) => ({
        ...row,
        nom: nomDe(row.id, nom),
        dernierUsage: dernier_usage,
      }));
    },

    /** The name of a row; null when it is gone. */
    async nom(via: Via, id: number): Promise<string | null> {
      const row = await via.selectFrom(TABLE).select('nom').where('id', '=', id).executeTakeFirst();
      return row ? nomDe(id, row.nom) : null;
    },

    /** The row of a correspondant; null when it is gone. */
    async ligne(via: Via, id: number): Promise<Pick<LigneAnnuaire, 'id' | 'nom' | 'version'> | null> {
      const row = await via
        .selectFrom(TABLE)
        .select(['id', 'nom', 'version'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row ? { ...row, nom: nomDe(id, row.nom) } : null;
    },

    /** How many letters that principals may read each correspondant has; of some, or of all. */
    async usages(
      principals: readonly string[] | 'all',
      ids: readonly number[] | null,
    ): Promise<Map<number, Usage>> {
      if (ids?.length === 0) return new Map();
      const { rows } = await sql<{ id: number; n: number; dernier: string }>`
        select c.correspondant_id as id, count(*) as n, max(c.date_enregistrement) as dernier from courrier c
        where c.correspondant_id is not null and not c.is_deleted
          ${ids === null ? sql`` : sql`and c.correspondant_id in (${sql.join(ids)})`}
          ${
            principals === 'all'
              ? sql``
              : sql`and c.id in (select a.courrier_id from courrier_acces a
                  where a.principal in (${sql.join(principals)}))`
          }
        group by c.correspondant_id`.execute(kysely);
      return new Map(rows.map(({ id, n, dernier }) => [id, { courriers: Number(n), dernier }]));
    },

    /** What is known of some correspondants besides the name. */
    async coordonnees(via: Via, ids: readonly number[]): Promise<Map<number, Coordonnees>> {
      const found = new Map<number, Coordonnees>();
      for (let at = 0; at < ids.length; at += 500) {
        const rows = await via
          .selectFrom(TABLE)
          .select(['id', ...COLONNES])
          .where('id', 'in', ids.slice(at, at + 500))
          .execute();
        for (const { id, ...row } of rows) {
          const opened = COLONNES.map((column) => [
            column,
            fields.openOrNull(context(column, id), row[column]) ?? '',
          ]);
          found.set(id, Object.fromEntries(opened) as unknown as Coordonnees);
        }
      }
      return found;
    },

    /** The row of a name by its blind keys, or of another spelling of it. */
    async parCles(via: Via, cles: readonly string[]): Promise<number | null> {
      const row = await via.selectFrom(TABLE).select('id').where('nom_cle', 'in', cles).executeTakeFirst();
      if (row) return row.id;
      const alias = await via
        .selectFrom('correspondant_alias')
        .select('correspondant_id')
        .where('nom_cle', 'in', cles)
        .executeTakeFirst();
      return alias?.correspondant_id ?? null;
    },

    /** Adds a correspondant that no letter has yet. @returns its id */
    async insert(
      trx: Trx,
      saisie: SaisieCorrespondant,
      { cle, termes, date }: { cle: string; termes: readonly string[]; date: string },
    ): Promise<number> {
      const id = await dialect.nextId(trx, TABLE);
      await trx
        .insertInto(TABLE)
        .values({
          id,
          nom: fields.seal(context('nom', id), saisie.nom),
          nom_cle: cle,
          usages: 0,
          dernier_usage: date,
          actif: true,
          ...sealed(id, saisie),
        })
        .execute();
      await insertTerms(trx, id, termes);
      return id;
    },

    /** Changes a correspondant that still has the version. @returns false when somebody was faster */
    async update(
      trx: Trx,
      { id, version }: { id: number; version: number },
      saisie: SaisieCorrespondant,
      { cle, termes }: { cle: string; termes: readonly string[] },
    ): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable(TABLE)
        .set({
          nom: fields.seal(context('nom', id), saisie.nom),
          nom_cle: cle,
          version: version + 1,
          ...sealed(id, saisie),
        })
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      await trx.deleteFrom('correspondant_terme').where('correspondant_id', '=', id).execute();
      await insertTerms(trx, id, termes);
      return true;
    },

    /** Offers a correspondant or no longer does. @returns false when somebody was faster */
    async setActif(
      trx: Trx,
      { id, version }: { id: number; version: number },
      actif: boolean,
    ): Promise<boolean> {
      const { numUpdatedRows } = await trx
        .updateTable(TABLE)
        .set({ actif, version: version + 1 })
        .where('id', '=', id)
        .where('version', '=', version)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** Other spellings of a correspondant. */
    async ecritures(via: Via, id: number): Promise<Ecriture[]> {
      const rows = await via
        .selectFrom('correspondant_alias')
        .select(['id', 'nom'])
        .where('correspondant_id', '=', id)
        .orderBy('id')
        .execute();
      return rows.map((row) => ({ id: row.id, nom: fields.open(aliasContext(row.id), row.nom) }));
    },

    /** Keeps another spelling. One that led elsewhere leads here from now on. */
    async ajouterEcriture(
      trx: Trx,
      correspondantId: number,
      nom: string,
      cles: readonly string[],
    ): Promise<void> {
      await trx.deleteFrom('correspondant_alias').where('nom_cle', 'in', cles).execute();
      const id = await dialect.nextId(trx, 'correspondant_alias');
      await trx
        .insertInto('correspondant_alias')
        .values({
          id,
          correspondant_id: correspondantId,
          nom: fields.seal(aliasContext(id), nom),
          nom_cle: cles[0]!,
        })
        .execute();
    },

    /** Forgets another spelling. @returns whether it was there */
    async retirerEcriture(trx: Trx, correspondantId: number, aliasId: number): Promise<boolean> {
      const { numDeletedRows } = await trx
        .deleteFrom('correspondant_alias')
        .where('id', '=', aliasId)
        .where('correspondant_id', '=', correspondantId)
        .executeTakeFirst();
      return numDeletedRows === 1n;
    },

    /** Forgets another spelling by its blind keys, because it became a name. */
    async oublierEcriture(trx: Trx, cles: readonly string[]): Promise<void> {
      await trx.deleteFrom('correspondant_alias').where('nom_cle', 'in', cles).execute();
    },

    /** Pairs that somebody found to be two, as `a b` with the smaller id first. */
    async distincts(): Promise<Set<string>> {
      const rows = await kysely.selectFrom('correspondant_distinct').selectAll().execute();
      return new Set(rows.map(({ premier_id, second_id }) => `${premier_id} ${second_id}`));
    },

    /** Keeps that two correspondants are two. */
    async distinguer(trx: Trx, a: number, b: number): Promise<void> {
      await trx
        .insertInto('correspondant_distinct')
        .values({ premier_id: Math.min(a, b), second_id: Math.max(a, b) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
  };
}

import type { Keyring } from '@gec/crypto';
import { sql } from 'kysely';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { Departement, SaisieDepartement, UsageDepartement } from './departements.schema.ts';

/** A head, as a page names it. */
export interface Chef {
  readonly id: number;
  readonly username: string;
  readonly nomComplet: string;
  readonly actif: boolean;
}

/** The SQL of departments. */
export const departementsRepo = {
  /** Every department, by name. */
  async all(via: Via): Promise<Departement[]> {
    return via
      .selectFrom('departement')
      .select([
        'id',
        'code',
        'nom',
        'description',
        'parent_id as parentId',
        'chef_departement_id as chefId',
        'actif',
        'version',
      ])
      .orderBy('nom')
      .orderBy('id')
      .execute();
  },

  /** Accounts in each department, deactivated ones too. */
  async personnes(via: Via): Promise<Map<number, number>> {
    const rows = await via
      .selectFrom('user')
      .select(['departement_id', (eb) => eb.fn.countAll<number>().as('n')])
      .where('departement_id', 'is not', null)
      .groupBy('departement_id')
      .execute();
    return new Map(rows.map((row) => [row.departement_id ?? 0, Number(row.n)]));
  },

  /** Some accounts, as heads. */
  async chefs(via: Via, keyring: Keyring, ids: readonly number[]): Promise<Map<number, Chef>> {
    if (ids.length === 0) return new Map();
    const rows = await via
      .selectFrom('user')
      .select(['id', 'username', 'nom_complet', 'actif'])
      .where('id', 'in', [...new Set(ids)])
      .execute();
    return new Map(
      rows.map(({ id, username, nom_complet, actif }) => {
        const context = { table: 'user', column: 'nom_complet', id };
        return [id, { id, username, nomComplet: keyring.fields.open(context, nom_complet), actif }];
      }),
    );
  },

  /** What a department is used for. */
  async usage(via: Via, id: number): Promise<UsageDepartement> {
    const { rows } = await sql<{ personnes: number; sous: number; courriers: number }>`select
      (select count(*) from "user" where departement_id = ${id}) as personnes,
      (select count(*) from departement where parent_id = ${id}) as sous,
      (select count(*) from (select 1 from courrier where departement_id = ${id} limit 1) t) as courriers`.execute(
      via,
    );
    const row = rows[0];
    return {
      personnes: Number(row?.personnes ?? 0),
      sousDepartements: Number(row?.sous ?? 0),
      courriers: Number(row?.courriers ?? 0) > 0,
    };
  },

  /** Adds a department that is in use. @returns its id */
  async insert(trx: Trx, id: number, saisie: SaisieDepartement, now: string): Promise<void> {
    await trx
      .insertInto('departement')
      .values({
        id,
        code: saisie.code,
        nom: saisie.nom,
        description: saisie.description,
        parent_id: saisie.parentId,
        chef_departement_id: saisie.chefId,
        actif: true,
        date_creation: now,
      })
      .execute();
  },

  /** Changes a department and its version. */
  async update(
    trx: Trx,
    id: number,
    change: Partial<SaisieDepartement> & { actif?: boolean },
  ): Promise<void> {
    const { parentId, chefId, ...rest } = change;
    await trx
      .updateTable('departement')
      .set((eb) => ({
        ...rest,
        ...(parentId === undefined ? {} : { parent_id: parentId }),
        ...(chefId === undefined ? {} : { chef_departement_id: chefId }),
        version: eb('version', '+', 1),
      }))
      .where('id', '=', id)
      .execute();
  },

  /** Takes a department out for good. */
  async delete(trx: Trx, id: number): Promise<void> {
    await trx.deleteFrom('departement').where('id', '=', id).execute();
  },
};

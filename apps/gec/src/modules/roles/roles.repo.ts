import { isPermission, type Permission } from '@gec/core';
import type { Keyring } from '@gec/crypto';
import type { Via } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import type { Role, Titulaire } from './roles.schema.ts';

/** Columns of a role that change. */
export interface ColonnesRole {
  libelle: string;
  description: string | null;
  couleur: string | null;
}

/** The SQL of roles. */
export const rolesRepo = {
  /** Every role with its permissions; permissions that this version does not know are left out. */
  async all(via: Via): Promise<Role[]> {
    const roles = await via.selectFrom('role').selectAll().orderBy('nom_affichage').execute();
    const granted = await via.selectFrom('role_permission').selectAll().execute();
    const permissions = new Map<string, Set<Permission>>(roles.map((role) => [role.nom, new Set()]));
    for (const { role_nom, permission_nom } of granted) {
      if (isPermission(permission_nom)) permissions.get(role_nom)?.add(permission_nom);
    }
    return roles.map((role) => ({
      nom: role.nom,
      libelle: role.nom_affichage,
      description: role.description,
      couleur: role.couleur,
      actif: role.actif,
      modifiable: role.modifiable,
      permissions: permissions.get(role.nom) ?? new Set(),
      version: role.version,
    }));
  },

  /** Accounts of each role, deactivated ones too. */
  async personnes(via: Via): Promise<Map<string, number>> {
    const rows = await via
      .selectFrom('user')
      .select(['role', (eb) => eb.fn.countAll<number>().as('n')])
      .groupBy('role')
      .execute();
    return new Map(rows.map(({ role, n }) => [role, Number(n)]));
  },

  /** Who has a role, active accounts first, at most `limite`. */
  async titulaires(via: Via, keyring: Keyring, nom: string, limite: number): Promise<Titulaire[]> {
    const rows = await via
      .selectFrom('user')
      .select(['id', 'nom_complet', 'actif'])
      .where('role', '=', nom)
      .orderBy('actif', 'desc')
      .orderBy('id')
      .limit(limite)
      .execute();
    return rows.map(({ id, nom_complet, actif }) => ({
      id,
      nomComplet: keyring.fields.open({ table: 'user', column: 'nom_complet', id }, nom_complet),
      actif,
    }));
  },

  /** Adds a role that is in use and may be changed. */
  async insert(
    trx: Trx,
    nom: string,
    { libelle, description, couleur }: ColonnesRole,
    permissions: ReadonlySet<Permission>,
  ): Promise<void> {
    await trx
      .insertInto('role')
      .values({ nom, nom_affichage: libelle, description, couleur, actif: true, modifiable: true })
      .execute();
    await this.grant(trx, nom, permissions);
  },

  /** Changes a role and its version. */
  async update(trx: Trx, nom: string, change: Partial<ColonnesRole> & { actif?: boolean }): Promise<void> {
    const { libelle, ...rest } = change;
    await trx
      .updateTable('role')
      .set((eb) => ({
        ...rest,
        ...(libelle === undefined ? {} : { nom_affichage: libelle }),
        version: eb('version', '+', 1),
      }))
      .where('nom', '=', nom)
      .execute();
  },

  /** Gives a role permissions that it has not. */
  async grant(trx: Trx, nom: string, permissions: Iterable<Permission>): Promise<void> {
    const rows = [...permissions].map((permission_nom) => ({ role_nom: nom, permission_nom }));
    if (rows.length > 0) await trx.insertInto('role_permission').values(rows).execute();
  },

  /** Takes permissions from a role. */
  async revoke(trx: Trx, nom: string, permissions: readonly Permission[]): Promise<void> {
    if (permissions.length === 0) return;
    await trx
      .deleteFrom('role_permission')
      .where('role_nom', '=', nom)
      .where('permission_nom', 'in', permissions)
      .execute();
  },

  /** Takes a role out for good. */
  async delete(trx: Trx, nom: string): Promise<void> {
    await trx.deleteFrom('role_permission').where('role_nom', '=', nom).execute();
    await trx.deleteFrom('role').where('nom', '=', nom).execute();
  },
};

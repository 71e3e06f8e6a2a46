import { isPermission, type Permission } from '@gec/core';
import type { Via } from '../../cache.ts';
import type { Role } from './roles.schema.ts';

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
      actif: role.actif,
      modifiable: role.modifiable,
      permissions: permissions.get(role.nom) ?? new Set(),
    }));
  },
};

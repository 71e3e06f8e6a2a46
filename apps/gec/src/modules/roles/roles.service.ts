import type { Permission } from '@gec/core';
import { createVersionedCache } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import { rolesRepo } from './roles.repo.ts';
import type { Role } from './roles.schema.ts';

/** The roles and their permissions, cached for at most a second. */
export function createRolesService({ database }: Pick<Base, 'database'>) {
  const cache = createVersionedCache({ database, name: 'roles', load: rolesRepo.all });

  return {
    /**
     * Every role, by its name for people.
     *
     * @param trx must be given inside a transaction
     */
    list: (trx?: Trx): Promise<readonly Role[]> => cache.get(trx),

    /** The role of a name such as `admin`, or `null`. */
    async find(nom: string, trx?: Trx): Promise<Role | null> {
      return (await cache.get(trx)).find((role) => role.nom === nom) ?? null;
    },

    /** What the holders of a role may do; nothing when there is no such role or it is out of use. */
    async permissionsOf(nom: string, trx?: Trx): Promise<ReadonlySet<Permission>> {
      const role = await this.find(nom, trx);
      return role?.actif ? role.permissions : new Set();
    },
  };
}

export type RolesService = ReturnType<typeof createRolesService>;

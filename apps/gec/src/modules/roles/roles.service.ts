import { forbidden, notFound, type Actor, type Permission } from '@gec/core';
import { createVersionedCache } from '../../cache.ts';
import type { Trx } from '../../context.ts';
import { createGestionRoles, type GestionRolesDeps } from './roles.gestion.ts';
import { mayEditRole, mayManageRoles } from './roles.policy.ts';
import { rolesRepo } from './roles.repo.ts';
import type { Role, RoleGere, Titulaire } from './roles.schema.ts';
import { rolesTexts } from './roles.texts.ts';

/** What the module of roles needs. */
export type RolesDeps = Omit<GestionRolesDeps, 'cache'>;

/** Holders that are named; the rest is counted. */
const TITULAIRES_MONTRES = 50;

/** The roles and their permissions, cached for at most a second. */
export function createRolesService(deps: RolesDeps) {
  const { database, keyring } = deps;
  const cache = createVersionedCache<readonly Role[]>({ database, name: 'roles', load: rolesRepo.all });

  /** Every role as the administration sees it, by its name for people. */
  async function geres(actor: Actor): Promise<RoleGere[]> {
    if (!mayManageRoles(actor)) throw forbidden(rolesTexts(actor.lang).refuse);
    const [roles, personnes] = await Promise.all([cache.get(), rolesRepo.personnes(database.kysely)]);
    return roles.map((role) => ({
      ...role,
      personnes: personnes.get(role.nom) ?? 0,
      gerable: mayEditRole(actor, role),
    }));
  }

  return {
    ...createGestionRoles({ ...deps, cache }),

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

    /** The roles for the administration. @throws AppError forbidden */
    geres,

    /** One role for the administration, with who has it (fifty at most). @throws AppError forbidden, not-found */
    async gere(actor: Actor, nom: string): Promise<RoleGere & { titulaires: Titulaire[] }> {
      const role = (await geres(actor)).find((connu) => connu.nom === nom);
      if (!role) throw notFound(rolesTexts(actor.lang).introuvable);
      const titulaires = await rolesRepo.titulaires(database.kysely, keyring, nom, TITULAIRES_MONTRES);
      return { ...role, titulaires };
    },
  };
}

export type RolesService = ReturnType<typeof createRolesService>;

import {
  conflict,
  fill,
  forbidden,
  invalid,
  notFound,
  PERMISSIONS,
  plural,
  type Actor,
  type Permission,
} from '@gec/core';
import type { VersionedCache } from '../../cache.ts';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { hasAll, mayEditRole, mayManageRoles } from './roles.policy.ts';
import { rolesRepo as repo } from './roles.repo.ts';
import { checkRole, problemeDuNom, slugDe } from './roles.saisie.ts';
import { ROLES_D_ORIGINE, type Role, type SaisieRole } from './roles.schema.ts';
import { rolesTexts } from './roles.texts.ts';

/** What changing roles needs. */
export interface GestionRolesDeps extends Pick<Base, 'database' | 'keyring'> {
  journal: Pick<JournalService, 'record'>;
  cache: VersionedCache<readonly Role[]>;
}

/** Permissions in the order of the table, for the journal. */
const enOrdre = (permissions: ReadonlySet<Permission>): Permission[] =>
  PERMISSIONS.filter((permission) => permissions.has(permission));

/** Making, changing, closing and deleting roles. Every change is in the journal and counts from the next request on. */
export function createGestionRoles({ database, journal, cache }: GestionRolesDeps) {
  function mayEnter(actor: Actor): void {
    if (!mayManageRoles(actor)) throw forbidden(rolesTexts(actor.lang).refuse);
  }

  /** Runs a change in a transaction. The counter of the cache is raised first, so that those who change roles take turns. */
  async function change<R>(
    actor: Actor,
    work: (trx: Trx, connus: readonly Role[]) => Promise<R>,
  ): Promise<R> {
    mayEnter(actor);
    try {
      return await database.transaction(async (trx) => {
        await cache.bump(trx);
        return work(trx, await repo.all(trx));
      });
    } finally {
      cache.invalidate();
    }
  }

  /**
   * The role that is to be changed, as the one who changes it saw it.
   *
   * @param version `null` for whoever changes one thing of it, whatever the rest
   * @throws AppError not-found, forbidden, conflict
   */
  function attendu(actor: Actor, connus: readonly Role[], nom: string, version: number | null): Role {
    const t = rolesTexts(actor.lang);
    const role = connus.find((connu) => connu.nom === nom);
    if (!role) throw notFound(t.introuvable);
    if (!role.modifiable) throw forbidden(t.fixe);
    if (!mayEditRole(actor, role)) throw forbidden(t.horsPortee);
    if (version !== null && role.version !== version) throw conflict('VERSION_CONFLICT', t.versionPerimee);
    return role;
  }

  function notMore(actor: Actor, permissions: Iterable<Permission>): void {
    if (hasAll(actor, permissions)) return;
    throw invalid([{ field: 'permissions', message: rolesTexts(actor.lang).tropFort }]);
  }

  async function apply(
    trx: Trx,
    actor: Actor,
    avant: Role,
    input: SaisieRole,
    connus: readonly Role[],
  ): Promise<string[]> {
    const { role, errors } = checkRole(actor.lang, input, connus, avant.nom);
    if (errors.length > 0) throw invalid(errors);
    notMore(actor, role.permissions);
    const ajoutees = enOrdre(role.permissions).filter((un) => !avant.permissions.has(un));
    const retirees = enOrdre(avant.permissions).filter((un) => !role.permissions.has(un));
    const champs: string[] = (['libelle', 'description', 'couleur'] as const).filter(
      (champ) => role[champ] !== avant[champ],
    );
    if (ajoutees.length + retirees.length > 0) champs.push('permissions');
    if (champs.length === 0) return [];
    const { libelle, description, couleur } = role;
    await repo.update(trx, avant.nom, { libelle, description, couleur });
    await repo.revoke(trx, avant.nom, retirees);
    await repo.grant(trx, avant.nom, ajoutees);
    await journal.record(trx, actor, {
      action: 'role.modification',
      details: {
        role: avant.nom,
        champs: champs.join(', '),
        ...(ajoutees.length > 0 ? { ajoutees: ajoutees.join(', ') } : {}),
        ...(retirees.length > 0 ? { retirees: retirees.join(', ') } : {}),
      },
    });
    return champs;
  }

  return {
    /**
     * Makes a role.
     *
     * @param input `nom` is made out of `libelle` when it is empty; `copie`: name of the role that it was copied from
     * @returns its name
     * @throws AppError forbidden; invalid (`nom`, `libelle`, `description`, `couleur`, `permissions`)
     */
    async add(actor: Actor, input: SaisieRole & { nom?: string; copie?: string }): Promise<string> {
      return change(actor, async (trx, connus) => {
        const { role, errors } = checkRole(actor.lang, input, connus, null);
        const nom = input.nom?.trim().toLowerCase() || slugDe(role.libelle);
        const probleme = problemeDuNom(actor.lang, nom, connus);
        if (probleme) errors.push(probleme);
        if (errors.length > 0) throw invalid(errors);
        notMore(actor, role.permissions);
        const { permissions, ...colonnes } = role;
        await repo.insert(trx, nom, colonnes, permissions);
        const copie = connus.find((connu) => connu.nom === input.copie)?.nom;
        await journal.record(trx, actor, {
          action: 'role.ajout',
          details: {
            role: nom,
            permissions: enOrdre(permissions).join(', '),
            ...(copie === undefined ? {} : { copie }),
          },
        });
        return nom;
      });
    },

    /**
     * Changes a role. Its holders are bound by the change from their next request on.
     *
     * @param version the one that the person saw
     * @returns the fields that changed
     * @throws AppError forbidden (also for `super_admin`, and for a role that holds more than the actor), not-found;
     *   invalid as for `add`; conflict `VERSION_CONFLICT`
     */
    edit: (actor: Actor, nom: string, input: SaisieRole, version: number): Promise<string[]> =>
      change(actor, (trx, connus) => apply(trx, actor, attendu(actor, connus, nom, version), input, connus)),

    /**
     * Gives a role some permissions and takes others from it, whatever else was changed of it meanwhile.
     *
     * @throws as `edit`
     */
    adjust: (
      actor: Actor,
      nom: string,
      { grant = [], revoke = [] }: { grant?: readonly string[]; revoke?: readonly string[] },
    ): Promise<string[]> =>
      change(actor, (trx, connus) => {
        const avant = attendu(actor, connus, nom, null);
        const inconnues = revoke.filter((un) => !PERMISSIONS.some((connue) => connue === un));
        const gardees = enOrdre(avant.permissions).filter((un) => !revoke.includes(un));
        const permissions = [...gardees, ...grant, ...inconnues];
        return apply(trx, actor, avant, { ...avant, permissions }, connus);
      }),

    /** Closes a role, whose holders can then do nothing, or opens it again. @throws as `edit` */
    async setActive(actor: Actor, nom: string, actif: boolean, version: number | null): Promise<void> {
      await change(actor, async (trx, connus) => {
        const avant = attendu(actor, connus, nom, version);
        if (!actif && actor.kind === 'user' && actor.role === nom) {
          throw forbidden(rolesTexts(actor.lang).sonRole);
        }
        if (avant.actif === actif) return;
        await repo.update(trx, nom, { actif });
        await journal.record(trx, actor, { action: 'role.activation', details: { role: nom, actif } });
      });
    },

    /**
     * Deletes a role that nobody has.
     *
     * @throws AppError forbidden (also for the roles of the start), not-found; conflict `VERSION_CONFLICT`, or `IN_USE`
     */
    async remove(actor: Actor, nom: string, version: number | null): Promise<void> {
      const t = rolesTexts(actor.lang);
      const utilise = (n: number) =>
        conflict('IN_USE', plural(actor.lang, Math.max(1, n), t.utilise_un, t.utilise_autre));
      try {
        await change(actor, async (trx, connus) => {
          attendu(actor, connus, nom, version);
          if (ROLES_D_ORIGINE.includes(nom)) throw forbidden(fill(t.dOrigine, { nom }));
          const n = (await repo.personnes(trx)).get(nom) ?? 0;
          if (n > 0) throw utilise(n);
          await repo.delete(trx, nom);
          await journal.record(trx, actor, { action: 'role.suppression', details: { role: nom } });
        });
      } catch (error) {
        // Somebody was given it meanwhile.
        if (database.dialect.isForeignKeyViolation(error)) throw utilise(1);
        throw error;
      }
    },
  };
}

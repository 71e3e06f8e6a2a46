import { conflict, forbidden, invalid, notFound, timestamp, type Actor, type FieldError } from '@gec/core';
import { hashPassword, randomPassword } from '@gec/crypto';
import type { Trx } from '../../context.ts';
import { SUPER_ADMIN } from '../roles/roles.schema.ts';
import { passwordProblem } from './mot-de-passe.policy.ts';
import { checkNewUser } from './utilisateurs.input.ts';
import {
  guardName,
  isOwnAccount,
  managedScope,
  mayGrant,
  mayManage,
  mayManageDepartment,
} from './utilisateurs.policy.ts';
import type { UtilisateursRepo } from './utilisateurs.repo.ts';
import type { AjoutUtilisateur, Utilisateur } from './utilisateurs.schema.ts';
import type { UtilisateursDeps } from './utilisateurs.service.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What the management of accounts needs. */
export interface ManagementDeps extends UtilisateursDeps {
  repo: UtilisateursRepo;
  /** Called after what is cached of people has changed. */
  forget: () => void;
}

/** Adding accounts and changing them, by those who may. Every change is in the journal. */
export function createManagement(deps: ManagementDeps) {
  const { config, database, repo, clock, journal, roles, departements, sessions, guard, forget } = deps;
  const hash = (password: string) => hashPassword(password, config.passwordPepper, config.bcryptCost);

  function mayEnter(actor: Actor): void {
    if (managedScope(actor) === null) throw forbidden(utilisateursTexts(actor.lang).refuse);
  }

  /** The account, if the actor may change it. @throws AppError not-found, forbidden */
  async function managed(actor: Actor, id: number, trx?: Trx): Promise<Utilisateur> {
    const texts = utilisateursTexts(actor.lang);
    mayEnter(actor);
    const user = await repo.find(id, trx);
    if (!user || !mayManageDepartment(actor, user.departementId)) throw notFound(texts.introuvable);
    const role = await roles.find(user.role, trx);
    const { departementId } = user;
    if (!mayManage(actor, { id, departementId, permissions: role?.permissions ?? new Set() })) {
      throw forbidden(texts.horsPortee);
    }
    return user;
  }

  function notOneself(actor: Actor, id: number): void {
    if (isOwnAccount(actor, id)) throw forbidden(utilisateursTexts(actor.lang).soiMeme);
  }

  async function roleProblem(actor: Actor, nom: string): Promise<FieldError | null> {
    const texts = utilisateursTexts(actor.lang);
    const role = await roles.find(nom);
    if (!role?.actif) return { field: 'role', message: texts.roleInconnu };
    return mayGrant(actor, role.permissions) ? null : { field: 'role', message: texts.roleTropFort };
  }

  async function departementProblem(actor: Actor, id: number | null): Promise<FieldError | null> {
    const texts = utilisateursTexts(actor.lang);
    if (!mayManageDepartment(actor, id)) return { field: 'departementId', message: texts.departementAutre };
    if (id === null || (await departements.byId(id))?.actif) return null;
    return { field: 'departementId', message: texts.departementInconnu };
  }

  /** The last one who may do everything must stay able to. Whoever changes this takes turns on the role's row. */
  async function keepOneSuperAdmin(trx: Trx, actor: Actor, user: Utilisateur): Promise<void> {
    if (user.role !== SUPER_ADMIN || !user.actif) return;
    if ((await repo.othersActive(trx, SUPER_ADMIN, user.id)) === 0) {
      throw conflict('LAST_SUPER_ADMIN', utilisateursTexts(actor.lang).dernierSuperAdmin);
    }
  }

  /** Runs a change of one account in a transaction, with the account as it stands in it. */
  async function change<R>(
    actor: Actor,
    id: number,
    work: (trx: Trx, user: Utilisateur) => Promise<R>,
  ): Promise<R> {
    const result = await database.transaction(async (trx) => {
      await repo.takeTurn(trx, SUPER_ADMIN);
      return work(trx, await managed(actor, id, trx));
    });
    forget();
    return result;
  }

  return {
    /**
     * Adds an account.
     *
     * @returns its id, and the one-time password when none was given: it is shown once and kept nowhere
     * @throws AppError forbidden; invalid with a message for each field (`username`, `email`, `nomComplet`, `role`,
     *   `departementId`, `motDePasse`, `matricule`, `fonction`, `telephone`)
     */
    async add(actor: Actor, input: AjoutUtilisateur): Promise<{ id: number; motDePasse?: string }> {
      mayEnter(actor);
      const texts = utilisateursTexts(actor.lang);
      const { user, errors } = checkNewUser(actor.lang, input);
      for (const problem of [
        await roleProblem(actor, user.role),
        await departementProblem(actor, user.departementId),
      ]) {
        if (problem) errors.push(problem);
      }
      if (errors.length > 0) throw invalid(errors);
      const motDePasse = user.motDePasse ?? randomPassword();
      const passwordHash = await hash(motDePasse);
      try {
        const id = await database.transaction(async (trx) => {
          const doitChangerMotDePasse = user.doitChangerMotDePasse ?? true;
          const made = await repo.insert(
            trx,
            { ...user, doitChangerMotDePasse, passwordHash },
            timestamp(clock),
          );
          await journal.record(trx, actor, {
            action: 'utilisateur.ajout',
            details: { compte: user.username, role: user.role, departement: user.departementId },
          });
          return made;
        });
        forget();
        return user.motDePasse === undefined ? { id, motDePasse } : { id };
      } catch (error) {
        if (!database.dialect.isUniqueViolation(error)) throw error;
        const taken = await repo.taken(user);
        if (taken.username) errors.push({ field: 'username', message: texts.identifiantPris });
        if (taken.email) errors.push({ field: 'email', message: texts.emailPris });
        if (errors.length > 0) throw invalid(errors);
        throw error;
      }
    },

    /**
     * Replaces somebody's password, closes their sessions and lifts their locks.
     *
     * @param options without `motDePasse`, a one-time password is made and returned. It must be changed at the next
     *   sign-in unless `doitChanger` is false.
     * @throws AppError forbidden, not-found, invalid (`motDePasse`)
     */
    async setPassword(
      actor: Actor,
      id: number,
      options: { motDePasse?: string; doitChanger?: boolean } = {},
    ): Promise<{ motDePasse?: string }> {
      notOneself(actor, id);
      const before = await managed(actor, id);
      if (options.motDePasse !== undefined) {
        const message = passwordProblem(actor.lang, options.motDePasse, before);
        if (message !== null) throw invalid([{ field: 'motDePasse', message }]);
      }
      const motDePasse = options.motDePasse ?? randomPassword();
      const passwordHash = await hash(motDePasse);
      await change(actor, id, async (trx, user) => {
        await repo.update(trx, id, {
          password_hash: passwordHash,
          doit_changer_mot_de_passe: options.doitChanger ?? true,
          mot_de_passe_change_le: timestamp(clock),
        });
        await sessions.revokeAll(id, { trx });
        await journal.record(trx, actor, {
          action: 'utilisateur.mot_de_passe',
          details: { compte: user.username },
        });
      });
      await guard.unlock(guardName(id));
      return options.motDePasse === undefined ? { motDePasse } : {};
    },

    /** Gives somebody another role; it counts from their next request on. @throws AppError forbidden, not-found, invalid, conflict */
    async setRole(actor: Actor, id: number, role: string): Promise<void> {
      notOneself(actor, id);
      mayEnter(actor);
      const problem = await roleProblem(actor, role);
      if (problem) throw invalid([problem]);
      await change(actor, id, async (trx, user) => {
        if (user.role === role) return;
        if (role !== SUPER_ADMIN) await keepOneSuperAdmin(trx, actor, user);
        await repo.update(trx, id, { role });
        await journal.record(trx, actor, {
          action: 'utilisateur.role',
          details: { compte: user.username, avant: user.role, apres: role },
        });
      });
    },

    /** Opens or closes an account; closing ends its sessions at once. @throws AppError forbidden, not-found, conflict */
    async setActive(actor: Actor, id: number, actif: boolean): Promise<void> {
      notOneself(actor, id);
      await change(actor, id, async (trx, user) => {
        if (user.actif === actif) return;
        if (!actif) await keepOneSuperAdmin(trx, actor, user);
        await repo.update(trx, id, { actif });
        if (!actif) await sessions.revokeAll(id, { trx });
        await journal.record(trx, actor, {
          action: 'utilisateur.activation',
          details: { compte: user.username, actif },
        });
      });
    },

    /** Moves somebody to another department, or to none. @throws AppError forbidden, not-found, invalid (`departementId`) */
    async setDepartement(actor: Actor, id: number, departementId: number | null): Promise<void> {
      mayEnter(actor);
      const problem = await departementProblem(actor, departementId);
      if (problem) throw invalid([problem]);
      await change(actor, id, async (trx, user) => {
        if (user.departementId === departementId) return;
        await repo.update(trx, id, { departement_id: departementId });
        await journal.record(trx, actor, {
          action: 'utilisateur.modification',
          details: {
            compte: user.username,
            departement_avant: user.departementId,
            departement_apres: departementId,
          },
        });
      });
    },

    /** Lifts the locks of an account after failed sign-ins. @returns how many there were @throws AppError forbidden, not-found */
    async unlock(actor: Actor, id: number): Promise<number> {
      const user = await managed(actor, id);
      const lifted = await guard.unlock(guardName(id));
      if (lifted > 0) {
        await journal.recordAlone(actor, {
          action: 'utilisateur.modification',
          details: { compte: user.username, deblocage: true },
        });
      }
      return lifted;
    },
  };
}

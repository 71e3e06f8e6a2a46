import { conflict, forbidden, notFound, type Actor, type FieldError } from '@gec/core';
import type { Trx } from '../../context.ts';
import { SUPER_ADMIN } from '../roles/roles.schema.ts';
import {
  isOwnAccount,
  managedScope,
  mayGrant,
  mayManage,
  mayManageDepartment,
} from './utilisateurs.policy.ts';
import type { UtilisateursRepo } from './utilisateurs.repo.ts';
import type { Utilisateur } from './utilisateurs.schema.ts';
import type { UtilisateursDeps } from './utilisateurs.service.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What the rules need. */
export interface ReglesDeps extends Pick<UtilisateursDeps, 'database' | 'roles' | 'departements'> {
  repo: UtilisateursRepo;
  /** Called after what is cached of people has changed. */
  forget: () => void;
}

/** The rules of changing accounts, as every use case applies them. */
export function createRegles({ database, repo, roles, departements, forget }: ReglesDeps) {
  /** @throws AppError forbidden for whoever manages nobody */
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

  /** The actor as it stands now: rights may have been taken away since the request began. @throws AppError forbidden */
  async function current(actor: Actor, trx: Trx): Promise<Actor> {
    if (actor.kind === 'system') return actor;
    const now = await repo.loadPersonne(actor.userId, actor.ip, trx);
    if (!now) throw forbidden(utilisateursTexts(actor.lang).refuse);
    return { ...now, lang: actor.lang };
  }

  /**
   * Runs changes of accounts in a transaction, one after the other over all processes, with the actor as it stands
   * in it: of two administrators who demote each other at once, one does.
   */
  async function inTurn<R>(actor: Actor, work: (trx: Trx, actor: Actor) => Promise<R>): Promise<R> {
    const result = await database.transaction(async (trx) => {
      await repo.takeTurn(trx, SUPER_ADMIN);
      return work(trx, await current(actor, trx));
    });
    forget();
    return result;
  }

  return {
    mayEnter,
    managed,

    /** @throws AppError forbidden for the actor's own account */
    notOneself(actor: Actor, id: number): void {
      if (isOwnAccount(actor, id)) throw forbidden(utilisateursTexts(actor.lang).soiMeme);
    },

    /** What is wrong with a role that the actor wants to give; `null` when nothing is. */
    async roleProblem(actor: Actor, nom: string, trx?: Trx): Promise<FieldError | null> {
      const texts = utilisateursTexts(actor.lang);
      const role = await roles.find(nom, trx);
      if (!role?.actif) return { field: 'role', message: texts.roleInconnu };
      return mayGrant(actor, role.permissions) ? null : { field: 'role', message: texts.roleTropFort };
    },

    /** What is wrong with a department into which the actor wants to put somebody; `null` when nothing is. */
    async departementProblem(actor: Actor, id: number | null, trx?: Trx): Promise<FieldError | null> {
      const texts = utilisateursTexts(actor.lang);
      if (!mayManageDepartment(actor, id)) return { field: 'departementId', message: texts.departementAutre };
      if (id === null || (await departements.byId(id, trx))?.actif) return null;
      return { field: 'departementId', message: texts.departementInconnu };
    },

    /** The last one who may do everything must stay able to. Whoever changes this takes turns on the role's row. */
    async keepOneSuperAdmin(trx: Trx, actor: Actor, user: Utilisateur): Promise<void> {
      if (user.role !== SUPER_ADMIN || !user.actif) return;
      if ((await repo.othersActive(trx, SUPER_ADMIN, user.id)) === 0) {
        throw conflict('LAST_SUPER_ADMIN', utilisateursTexts(actor.lang).dernierSuperAdmin);
      }
    },

    inTurn,

    /** Runs a change of one account, with the account as it stands. @throws AppError not-found, forbidden */
    change<R>(
      actor: Actor,
      id: number,
      work: (trx: Trx, user: Utilisateur, actor: Actor) => Promise<R>,
    ): Promise<R> {
      return inTurn(actor, async (trx, now) => work(trx, await managed(now, id, trx), now));
    },
  };
}

export type Regles = ReturnType<typeof createRegles>;

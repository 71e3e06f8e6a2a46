import {
  AppError,
  conflict,
  invalid,
  notFound,
  type Actor,
  type FieldError,
  type UserActor,
} from '@gec/core';
import { deviceOf } from '../../http/device.ts';
import type { SessionPropre } from '../auth/auth.schema.ts';
import type { JournalLine } from '../journal/journal.schema.ts';
import { SUPER_ADMIN } from '../roles/roles.schema.ts';
import { checkFacts } from './utilisateurs.input.ts';
import { maySee } from './utilisateurs.policy.ts';
import type { Regles } from './utilisateurs.regles.ts';
import type { UtilisateursRepo } from './utilisateurs.repo.ts';
import type { Coordonnees, SaisieCompte, Utilisateur } from './utilisateurs.schema.ts';
import type { UtilisateursDeps } from './utilisateurs.service.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What changing one account needs. */
export interface ModificationDeps extends Pick<UtilisateursDeps, 'database' | 'journal' | 'sessions'> {
  repo: UtilisateursRepo;
  regles: Regles;
  forget: () => void;
}

/** Sessions are named by the beginning of their digest, which opens nothing. */
const HANDLE = 16;
/** Entries of the history of an account. */
const HISTORIQUE = 100;

const FIELDS = [
  'username',
  'email',
  'nomComplet',
  'matricule',
  'fonction',
  'telephone',
  'role',
  'departementId',
  'langue',
] as const satisfies readonly (keyof SaisieCompte)[];

/** What can be typed of an account, as it stands. */
export function saisieDe(user: Utilisateur): SaisieCompte {
  const { username, email, nomComplet, matricule, fonction, telephone, role, departementId, langue } = user;
  return { username, email, nomComplet, matricule, fonction, telephone, role, departementId, langue };
}

/** Changing the facts of one account, its sessions and its history. */
export function createModification(deps: ModificationDeps) {
  const { database, repo, journal, sessions, regles, forget } = deps;

  /** An account that the actor sees in the administration. @throws AppError forbidden, not-found */
  async function visible(actor: Actor, id: number): Promise<Utilisateur> {
    regles.mayEnter(actor);
    const user = await repo.find(id);
    if (!user || !maySee(actor, user)) throw notFound(utilisateursTexts(actor.lang).introuvable);
    return user;
  }

  function checkVersion(actor: Actor, user: Utilisateur, version: number | undefined): void {
    if (version === undefined || version === user.version) return;
    throw conflict('VERSION_CONFLICT', utilisateursTexts(actor.lang).versionDepassee);
  }

  /** A name or an address that is taken, beside its field. */
  async function taken(actor: Actor, id: number, error: unknown, facts: SaisieCompte): Promise<unknown> {
    if (!database.dialect.isUniqueViolation(error)) return error;
    const texts = utilisateursTexts(actor.lang);
    const found = await repo.taken(facts, id);
    const errors: FieldError[] = [];
    if (found.username) errors.push({ field: 'username', message: texts.identifiantPris });
    if (found.email) errors.push({ field: 'email', message: texts.emailPris });
    return errors.length > 0 ? invalid(errors) : error;
  }

  /**
   * Changes what was typed of an account. Role and department count from the person's next request on.
   *
   * @param patch what is to change; the rest stays
   * @param version the version over which it was typed; without one, whatever is stored is written over
   * @throws AppError forbidden; not-found; invalid with a message for each field; conflict `VERSION_CONFLICT`,
   *   `LAST_SUPER_ADMIN`
   */
  async function modifier(
    actor: Actor,
    id: number,
    patch: Partial<SaisieCompte>,
    version?: number,
  ): Promise<void> {
    let wanted: SaisieCompte | undefined;
    try {
      await regles.change(actor, id, async (trx, user, by) => {
        checkVersion(actor, user, version);
        const before = saisieDe(user);
        const { facts, errors } = checkFacts(actor.lang, { ...before, ...patch });
        wanted = facts;
        if (facts.role !== before.role) {
          regles.notOneself(actor, id);
          const problem = await regles.roleProblem(by, facts.role, trx);
          if (problem) errors.push(problem);
        }
        if (facts.departementId !== before.departementId) {
          const problem = await regles.departementProblem(by, facts.departementId, trx);
          if (problem) errors.push(problem);
        }
        if (errors.length > 0) throw invalid(errors);
        if (facts.role !== before.role && facts.role !== SUPER_ADMIN) {
          await regles.keepOneSuperAdmin(trx, actor, user);
        }
        const changed = FIELDS.filter((field) => facts[field] !== before[field]);
        if (changed.length === 0) return;
        await repo.updateFacts(trx, id, facts);
        if (facts.role !== before.role) {
          await journal.record(trx, actor, {
            action: 'utilisateur.role',
            compteId: id,
            details: { compte: facts.username, avant: before.role, apres: facts.role },
          });
        }
        const champs = changed.filter((field) => field !== 'role');
        if (champs.length === 0) return;
        await journal.record(trx, actor, {
          action: 'utilisateur.modification',
          compteId: id,
          details: {
            compte: facts.username,
            ...(facts.username === before.username ? {} : { identifiant_avant: before.username }),
            ...(facts.departementId === before.departementId
              ? {}
              : { departement_avant: before.departementId, departement_apres: facts.departementId }),
            champs: champs.join(', '),
          },
        });
      });
    } catch (error) {
      throw error instanceof AppError || !wanted ? error : await taken(actor, id, error, wanted);
    }
  }

  return {
    modifier,

    /** Gives somebody another role. @throws AppError as {@link modifier} */
    async setRole(actor: Actor, id: number, role: string): Promise<void> {
      regles.notOneself(actor, id);
      await modifier(actor, id, { role });
    },

    /** Moves somebody to another department, or to none. @throws AppError as {@link modifier} */
    setDepartement: (actor: Actor, id: number, departementId: number | null): Promise<void> =>
      modifier(actor, id, { departementId }),

    /**
     * Changes what people keep up to date of themselves.
     *
     * @param version as for {@link modifier}
     * @throws AppError invalid (`fonction`, `telephone`), conflict `VERSION_CONFLICT`
     */
    async modifierSoi(actor: UserActor, patch: Coordonnees, version?: number): Promise<void> {
      const id = actor.userId;
      await database.transaction(async (trx) => {
        await repo.takeTurn(trx, SUPER_ADMIN);
        const user = await repo.find(id, trx);
        if (!user?.actif) throw notFound(utilisateursTexts(actor.lang).introuvable);
        checkVersion(actor, user, version);
        const before = saisieDe(user);
        const { facts, errors } = checkFacts(actor.lang, { ...before, ...patch });
        const own = errors.filter(({ field }) => field === 'fonction' || field === 'telephone');
        if (own.length > 0) throw invalid(own);
        const next = { ...before, fonction: facts.fonction, telephone: facts.telephone };
        const champs = (['fonction', 'telephone'] as const).filter((field) => next[field] !== before[field]);
        if (champs.length === 0) return;
        await repo.updateFacts(trx, id, next);
        await journal.record(trx, actor, {
          action: 'utilisateur.modification',
          compteId: id,
          details: { compte: user.username, champs: champs.join(', ') },
        });
      });
      forget();
    },

    /** The live sessions of an account, the latest used first. @throws AppError forbidden, not-found */
    async sessionsDe(actor: Actor, id: number): Promise<SessionPropre[]> {
      await visible(actor, id);
      return (await sessions.list(id)).map((session) => ({
        id: session.id.slice(0, HANDLE),
        ip: session.ip,
        ...deviceOf(session.userAgent),
        debut: session.createdAt,
        derniereActivite: session.lastSeenAt,
        courante: false,
      }));
    },

    /**
     * Ends sessions of an account at once.
     *
     * @param handle one session, as {@link sessionsDe} names it; all of them without it
     * @returns how many there were
     * @throws AppError forbidden (also for the own account, whose profile does this), not-found
     */
    async fermerSessions(actor: Actor, id: number, handle?: string): Promise<number> {
      regles.notOneself(actor, id);
      const user = await regles.managed(actor, id);
      const live = await sessions.list(id);
      const ending = live.filter((session) => handle === undefined || session.id.slice(0, HANDLE) === handle);
      if (handle !== undefined && ending.length === 0) {
        throw notFound(utilisateursTexts(actor.lang).sessionIntrouvable);
      }
      return database.transaction(async (trx) => {
        let nombre = ending.length;
        if (handle === undefined) nombre = await sessions.revokeAll(id, { trx });
        else for (const session of ending) await sessions.revoke(session.id, trx);
        if (nombre > 0) {
          await journal.record(trx, actor, {
            action: 'utilisateur.sessions',
            compteId: id,
            details: { compte: user.username, nombre },
          });
        }
        return nombre;
      });
    },

    /** What was done to an account, the newest first, as the journal has it. @throws AppError forbidden, not-found */
    async historique(actor: Actor, id: number): Promise<JournalLine[]> {
      await visible(actor, id);
      return journal.ofCompte(id, HISTORIQUE);
    },
  };
}

import { fold, forbidden, notFound, type Actor, type UserActor } from '@gec/core';
import type { LoginGuard, SessionService } from '@gec/http';
import type { Base } from '../../context.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import { journalScope } from '../journal/journal.policy.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { RolesService } from '../roles/roles.service.ts';
import { createAccounts } from './utilisateurs.accounts.ts';
import { createFirstAdmin } from './utilisateurs.first-admin.ts';
import { createManagement } from './utilisateurs.management.ts';
import { guardName, isOwnAccount, managedScope, mayManage, maySee } from './utilisateurs.policy.ts';
import { createUtilisateursRepo } from './utilisateurs.repo.ts';
import type {
  Destinataire,
  FiltresUtilisateurs,
  Utilisateur,
  UtilisateurGere,
} from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What the module of people needs. */
export interface UtilisateursDeps extends Pick<Base, 'config' | 'database' | 'clock' | 'keyring'> {
  journal: Pick<JournalService, 'record' | 'recordAlone'>;
  roles: RolesService;
  departements: DepartementsService;
  sessions: Pick<SessionService, 'revokeAll'>;
  guard: Pick<LoginGuard, 'list' | 'unlock' | 'accountKey'>;
}

/** Names change rarely: they are kept for this long, and this many. */
const NAMES_MS = 3_000;
const NAMES_KEPT = 5_000;

/** A page of accounts. */
export interface PageUtilisateurs {
  readonly utilisateurs: UtilisateurGere[];
  /** Accounts that the filters let through. */
  readonly total: number;
  /** Over all accounts that the actor deals with. */
  readonly comptes: { tous: number; actifs: number; inactifs: number; bloques: number };
}

/** Words of a search must all occur, at any place and in any case, with or without accents. */
function matches(user: Utilisateur, words: readonly string[]): boolean {
  const text = fold([user.nomComplet, user.username, user.email, user.matricule ?? ''].join(' '));
  return words.every((word) => text.includes(word));
}

/** People: who there is, who manages them, and what sign-in needs to know of them. */
export function createUtilisateursService(deps: UtilisateursDeps) {
  const { database, keyring, roles, guard, clock } = deps;
  const repo = createUtilisateursRepo(database, keyring);
  const names = new Map<number, { nom: string; until: number }>();
  let destinataires: { list: Destinataire[]; until: number } | null = null;

  const forget = (): void => {
    names.clear();
    destinataires = null;
  };

  async function lockedIds(users: readonly Utilisateur[]): Promise<Set<number>> {
    const locked = new Set((await guard.list()).map((pair) => pair.account));
    if (locked.size === 0) return new Set();
    return new Set(users.filter(({ id }) => locked.has(guard.accountKey(guardName(id)))).map(({ id }) => id));
  }

  async function asManaged(
    actor: Actor,
    users: readonly Utilisateur[],
    locked: ReadonlySet<number>,
  ): Promise<UtilisateurGere[]> {
    const known = new Map((await roles.list()).map((role) => [role.nom, role]));
    return users.map((user) => {
      const role = known.get(user.role);
      const permissions = role?.permissions ?? new Set();
      const { id, departementId } = user;
      return {
        ...user,
        roleLibelle: role?.libelle ?? user.role,
        bloque: locked.has(id),
        gerable: mayManage(actor, { id, departementId, permissions }),
        soiMeme: isOwnAccount(actor, id),
      };
    });
  }

  return {
    ...createManagement({ ...deps, repo, forget }),
    ...createAccounts({ ...deps, repo, forget }),
    ...createFirstAdmin({ ...deps, repo }),

    /**
     * Accounts that the actor deals with, by user name.
     *
     * @param page from 1, with `size` accounts
     * @throws AppError forbidden without `manage_users`
     */
    async list(
      actor: Actor,
      filters: FiltresUtilisateurs = {},
      page: { page: number; size: number } = { page: 1, size: Number.MAX_SAFE_INTEGER },
    ): Promise<PageUtilisateurs> {
      const scope = managedScope(actor);
      if (scope === null) throw forbidden(utilisateursTexts(actor.lang).refuse);
      const all = await repo.list(scope === 'tous' ? {} : { departementId: scope });
      const locked = await lockedIds(all);
      const words = fold(filters.q ?? '')
        .split(/\s+/)
        .filter((word) => word !== '');
      const found = all.filter(
        (user) =>
          (filters.role === undefined || user.role === filters.role) &&
          (filters.departementId === undefined || user.departementId === filters.departementId) &&
          (filters.actif === undefined || user.actif === filters.actif) &&
          matches(user, words),
      );
      const actifs = all.filter((user) => user.actif).length;
      const from = (page.page - 1) * page.size;
      return {
        utilisateurs: await asManaged(actor, found.slice(from, from + page.size), locked),
        total: found.length,
        comptes: { tous: all.length, actifs, inactifs: all.length - actifs, bloques: locked.size },
      };
    },

    /** One account that the actor deals with. @throws AppError forbidden, not-found */
    async find(actor: Actor, id: number): Promise<UtilisateurGere> {
      const texts = utilisateursTexts(actor.lang);
      if (managedScope(actor) === null) throw forbidden(texts.refuse);
      const user = await repo.find(id);
      if (!user || !maySee(actor, user)) throw notFound(texts.introuvable);
      const [managed] = await asManaged(actor, [user], await lockedIds([user]));
      if (!managed) throw notFound(texts.introuvable);
      return managed;
    },

    /** The people whose entries of the journal the actor may see, by name. Nobody without `view_logs`. */
    async journalises(actor: Actor): Promise<{ id: number; username: string; nomComplet: string }[]> {
      const scope = journalScope(actor);
      if (scope === null) return [];
      const users = await repo.list();
      const seen =
        scope === 'tous'
          ? users
          : users.filter(
              ({ id, departementId }) =>
                id === scope.userId || (departementId !== null && departementId === scope.departementId),
            );
      return seen
        .map(({ id, username, nomComplet }) => ({ id, username, nomComplet }))
        .sort((a, b) => a.nomComplet.localeCompare(b.nomComplet, 'fr') || a.id - b.id);
    },

    /** Full names by id, for showing who did something. Unknown ids are left out; a name may be three seconds old. */
    async names(ids: readonly number[]): Promise<Map<number, string>> {
      const now = clock.now().getTime();
      const result = new Map<number, string>();
      const missing: number[] = [];
      for (const id of new Set(ids)) {
        const known = names.get(id);
        if (known && known.until > now) result.set(id, known.nom);
        else missing.push(id);
      }
      for (const [id, nom] of await repo.names(missing)) {
        if (names.size >= NAMES_KEPT) names.clear();
        names.set(id, { nom, until: now + NAMES_MS });
        result.set(id, nom);
      }
      return result;
    },

    /** The active people to whom the actor may send a letter, by name: everybody else. Three seconds old at most. */
    async transmissible(actor: UserActor): Promise<Destinataire[]> {
      const now = clock.now().getTime();
      if (!destinataires || destinataires.until <= now) {
        const list = await repo.destinataires();
        list.sort((a, b) => a.nomComplet.localeCompare(b.nomComplet, 'fr') || a.id - b.id);
        destinataires = { list, until: now + NAMES_MS };
      }
      return destinataires.list.filter(({ id }) => id !== actor.userId);
    },
  };
}

export type UtilisateursService = ReturnType<typeof createUtilisateursService>;

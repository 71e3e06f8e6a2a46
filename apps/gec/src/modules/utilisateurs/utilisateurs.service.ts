import { forbidden, notFound, type Actor, type UserActor } from '@gec/core';
import type { LoginGuard, SessionService } from '@gec/http';
import type { Base } from '../../context.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import { journalScope } from '../journal/journal.policy.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { RolesService } from '../roles/roles.service.ts';
import type { Atelier } from '../../workers/atelier.ts';
import type { CourrielsService } from '../courriels/courriels.service.ts';
import { createAccounts } from './utilisateurs.accounts.ts';
import { createExport } from './utilisateurs.export.ts';
import { createFirstAdmin } from './utilisateurs.first-admin.ts';
import { createImport } from './utilisateurs.import.ts';
import { createListeRepo } from './utilisateurs.liste.repo.ts';
import { createManagement } from './utilisateurs.management.ts';
import { createModification } from './utilisateurs.modification.ts';
import { createPhotos } from './utilisateurs.photos.ts';
import { guardName, isOwnAccount, managedScope, mayManage, maySee } from './utilisateurs.policy.ts';
import { createRegles } from './utilisateurs.regles.ts';
import { createUtilisateursRepo } from './utilisateurs.repo.ts';
import type {
  Destinataire,
  FiltresUtilisateurs,
  PageDemandee,
  Utilisateur,
  UtilisateurGere,
} from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What the module of people needs. */
export interface UtilisateursDeps extends Pick<Base, 'config' | 'database' | 'clock' | 'keyring'> {
  journal: Pick<JournalService, 'record' | 'recordAlone' | 'ofCompte'>;
  roles: RolesService;
  departements: DepartementsService;
  parametres: Pick<ParametresService, 'get'>;
  /** What reads lists and makes photographs, in processes of its own. */
  atelier: Pick<Atelier, 'portrait' | 'table'>;
  /** Mails passwords where there is a mail server. */
  courriels?: Pick<CourrielsService, 'disponible' | 'envoyerMotDePasse'>;
  sessions: Pick<SessionService, 'list' | 'revoke' | 'revokeAll'>;
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
  /** Too many accounts to open their names: words were looked for in user names and whole addresses alone. */
  readonly reduit: boolean;
  /** Over all accounts that the actor deals with. */
  readonly comptes: { tous: number; actifs: number; inactifs: number; bloques: number };
}

/** People: who there is, who manages them, and what sign-in needs to know of them. */
export function createUtilisateursService(deps: UtilisateursDeps) {
  const { database, keyring, roles, guard, clock } = deps;
  const repo = createUtilisateursRepo(database, keyring);
  const liste = createListeRepo(database, keyring);
  const names = new Map<number, { nom: string; until: number }>();
  let destinataires: { list: Destinataire[]; until: number } | null = null;

  const forget = (): void => {
    names.clear();
    destinataires = null;
  };

  const regles = createRegles({ ...deps, repo, forget });

  async function lockedIds(ids: () => Promise<readonly number[]>): Promise<Set<number>> {
    const locked = new Set((await guard.list()).map((pair) => pair.account));
    if (locked.size === 0) return new Set();
    return new Set((await ids()).filter((id) => locked.has(guard.accountKey(guardName(id)))));
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

  /**
   * Accounts that the actor deals with, by name unless another order is asked for.
   *
   * @param page from 1, with `size` accounts
   * @throws AppError forbidden without `manage_users`
   */
  async function list(
    actor: Actor,
    filters: FiltresUtilisateurs = {},
    page: PageDemandee = { page: 1, size: Number.MAX_SAFE_INTEGER },
  ): Promise<PageUtilisateurs> {
    const scope = managedScope(actor);
    if (scope === null) throw forbidden(utilisateursTexts(actor.lang).refuse);
    const perimetre = scope === 'tous' ? {} : { perimetre: scope };
    const locked = await lockedIds(() => liste.idsOf(perimetre));
    const { bloque, ...rest } = filters;
    const only = bloque === undefined ? {} : { [bloque ? 'ids' : 'saufIds']: [...locked] };
    const found = await liste.page({ ...rest, ...perimetre, ...only }, page);
    const { actifs, inactifs } = await liste.comptes(perimetre);
    return {
      utilisateurs: await asManaged(actor, await repo.byIds(found.ids), locked),
      total: found.total,
      reduit: found.reduit,
      comptes: { tous: actifs + inactifs, actifs, inactifs, bloques: locked.size },
    };
  }

  return {
    ...createManagement({ ...deps, repo, regles }),
    ...createModification({ ...deps, repo, regles, forget }),
    ...createPhotos({ ...deps, repo, regles }),
    ...createImport({ ...deps, repo, regles }),
    ...createExport({ ...deps, list }),
    ...createAccounts({ ...deps, repo, forget }),
    ...createFirstAdmin({ ...deps, repo }),

    list,

    /** One account that the actor deals with. @throws AppError forbidden, not-found */
    async find(actor: Actor, id: number): Promise<UtilisateurGere> {
      const texts = utilisateursTexts(actor.lang);
      if (managedScope(actor) === null) throw forbidden(texts.refuse);
      const user = await repo.find(id);
      if (!user || !maySee(actor, user)) throw notFound(texts.introuvable);
      const [managed] = await asManaged(actor, [user], await lockedIds(async () => [id]));
      if (!managed) throw notFound(texts.introuvable);
      return managed;
    },

    /** The people whose entries of the journal the actor may see, by name. Nobody without `view_logs`. */
    async journalises(actor: Actor): Promise<{ id: number; username: string; nomComplet: string }[]> {
      const scope = journalScope(actor);
      if (scope === null) return [];
      const users = await repo.annuaire();
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

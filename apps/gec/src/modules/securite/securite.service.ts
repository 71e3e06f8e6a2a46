import {
  addDays,
  can,
  conflict,
  dayOf,
  forbidden,
  notFound,
  startOfDay,
  systemActor,
  type Actor,
  type Permission,
  type UserActor,
} from '@gec/core';
import type { LoginGuard, SessionService } from '@gec/http';
import type { Base } from '../../context.ts';
import { deviceOf } from '../../http/device.ts';
import { journalScope } from '../journal/journal.policy.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { RolesService } from '../roles/roles.service.ts';
import { guardName } from '../utilisateurs/utilisateurs.policy.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { alertesDe } from './securite.alertes.ts';
import { createSecuriteRepo } from './securite.repo.ts';
import type { Alerte, Blocage, EchecsConnexion, SessionOuverte } from './securite.schema.ts';
import { securiteTexts } from './securite.texts.ts';
import { createVerificationJournal } from './securite.verification.ts';

/** What the security of the installation is looked after with. */
export interface SecuriteDeps extends Pick<Base, 'database' | 'clock' | 'logger'> {
  journal: JournalService;
  parametres: Pick<ParametresService, 'get' | 'update' | 'versioned'>;
  utilisateurs: Pick<UtilisateursService, 'list' | 'names' | 'journalises'>;
  roles: Pick<RolesService, 'list'>;
  sessions: Pick<SessionService, 'listAll' | 'revoke'>;
  guard: Pick<LoginGuard, 'list' | 'unlockPair' | 'accountKey'>;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HEURES = 24;
const JOURS = 30;
/** Failures of a day that alerts are derived from, at most: beyond, there is an alert anyway. */
const ECHECS_LUS = 5_000;
const RETRAITS_LUS = 200;
/** Days for which a removed factor or a new address is told, and days before that know an address. */
const JOURS_RECENTS = 7;
const JOURS_CONNUS = 180;
/** Sessions shown at most. */
const SESSIONS_MAX = 5_000;
/** Characters by which a session is named to whoever ends it. */
const POIGNEE = 16;

/** Whoever holds one of these administers: a sign-in of theirs from elsewhere is worth a look. */
const ADMINISTRER: readonly Permission[] = ['manage_system_settings', 'manage_users', 'manage_roles'];

/** The security of the installation: what happens at the door, who is inside, whether the journal is whole. */
export function createSecuriteService(deps: SecuriteDeps) {
  const { database, clock, journal, parametres, utilisateurs, roles, sessions, guard } = deps;
  const repo = createSecuriteRepo(database);
  const reason = systemActor('securite');

  function mayManage(actor: Actor): void {
    if (!can(actor, 'manage_system_settings')) throw forbidden(securiteTexts(actor.lang).refus);
  }

  async function administrateurs(): Promise<number[]> {
    const strong = (await roles.list()).filter(({ permissions }) =>
      ADMINISTRER.some((one) => permissions.has(one)),
    );
    const ids: number[] = [];
    for (const { nom } of strong) {
      const { utilisateurs: found } = await utilisateurs.list(reason, { role: nom });
      ids.push(...found.map(({ id }) => id));
    }
    return ids;
  }

  return {
    ...createVerificationJournal({ ...deps, repo }),

    /**
     * What of the screen somebody may see: the journal's part, and the part that changes things.
     *
     * @throws AppError forbidden for whoever may see neither
     */
    vue(actor: Actor): { journal: boolean; gestion: boolean } {
      const gestion = can(actor, 'manage_system_settings');
      const entier = journalScope(actor) === 'tous';
      if (!gestion && !entier) throw forbidden(securiteTexts(actor.lang).refus);
      return { journal: entier, gestion };
    },

    /** Failed sign-ins of the last 24 hours and 30 days. @throws AppError forbidden unless all of the journal may be seen */
    async echecs(actor: Actor): Promise<EchecsConnexion> {
      const now = clock.now();
      const { fuseauHoraire } = await parametres.get();
      const hour = Math.floor(now.getTime() / HOUR) * HOUR;
      const heures = Array.from({ length: HEURES + 1 }, (_, at) =>
        new Date(hour + (at - HEURES + 1) * HOUR).toISOString(),
      );
      const today = dayOf(now, fuseauHoraire);
      const jours = Array.from({ length: JOURS + 1 }, (_, at) =>
        startOfDay(addDays(today, at - JOURS + 1), fuseauHoraire),
      );
      const count = async (bornes: readonly string[]) => {
        const nombres = await journal.parTranche(actor, 'auth.echec', bornes);
        return nombres.map((nombre, at) => ({ debut: bornes[at] ?? '', nombre }));
      };
      return { heures: await count(heures), jours: await count(jours) };
    },

    /** What is worth a look. @throws AppError forbidden unless all of the journal may be seen */
    async alertes(actor: Actor): Promise<Alerte[]> {
      const now = clock.now().getTime();
      const ago = (ms: number) => new Date(now - ms).toISOString();
      const nouveauDepuis = ago(JOURS_RECENTS * DAY);
      const echecs = await journal.recentes(actor, ['auth.echec'], ago(DAY), ECHECS_LUS);
      const retraits = await journal.recentes(
        actor,
        ['facteur.retrait', 'facteur.reinitialisation'],
        nouveauDepuis,
        RETRAITS_LUS,
      );
      const adresses = await journal.adressesDe(actor, await administrateurs(), ago(JOURS_CONNUS * DAY));
      const ids = [
        ...adresses.map(({ utilisateurId }) => utilisateurId),
        ...retraits.flatMap(({ utilisateurId }) => utilisateurId ?? []),
      ];
      const noms = await utilisateurs.names(ids);
      const verification = await repo.last(clock.now(), { finished: true });
      return alertesDe({ echecs, retraits, adresses, nouveauDepuis, verification, noms });
    },

    /** The accounts that are locked now, at which addresses. @throws AppError forbidden */
    async blocages(actor: Actor): Promise<Blocage[]> {
      mayManage(actor);
      const pairs = await guard.list();
      if (pairs.length === 0) return [];
      const people = await utilisateurs.journalises(reason);
      const byKey = new Map(people.map((one) => [guard.accountKey(guardName(one.id)), one]));
      return pairs.map(({ account, address, failures, locks, lockedUntil }) => {
        const person = byKey.get(account);
        return {
          cle: account,
          adresse: address,
          personne: person?.nomComplet ?? null,
          compte: person?.username ?? null,
          echecs: failures,
          fois: locks,
          jusqua: lockedUntil,
        };
      });
    },

    /** Lifts the lock of one account at one address. @throws AppError forbidden, not-found */
    async debloquer(actor: Actor, { cle, adresse }: { cle: string; adresse: string }): Promise<void> {
      const locked = (await this.blocages(actor)).find((one) => one.cle === cle && one.adresse === adresse);
      if (!locked) throw notFound(securiteTexts(actor.lang).dejaDebloque);
      await database.transaction(async (trx) => {
        await guard.unlockPair(cle, adresse, trx);
        await journal.record(trx, actor, {
          action: 'utilisateur.modification',
          details: {
            ...(locked.compte === null ? { empreinte: cle.slice(0, 12) } : { compte: locked.compte }),
            adresse,
            deblocage: true,
          },
        });
      });
    },

    /** The live sessions of everybody, the latest used first. @param courante id of the session that asks @throws AppError forbidden */
    async sessions(actor: Actor, courante: string | null): Promise<SessionOuverte[]> {
      mayManage(actor);
      const open = await sessions.listAll(SESSIONS_MAX);
      const noms = await utilisateurs.names(open.map(({ userId }) => userId));
      return open.map((session) => ({
        id: session.id.slice(0, POIGNEE),
        utilisateurId: session.userId,
        personne: noms.get(session.userId) ?? String(session.userId),
        ip: session.ip,
        ...deviceOf(session.userAgent),
        debut: session.createdAt,
        derniereActivite: session.lastSeenAt,
        courante: session.id === courante,
      }));
    },

    /** Ends somebody's session at once; one's own is ended by signing out. @throws AppError forbidden, not-found */
    async terminer(actor: UserActor, id: string, courante: string | null): Promise<void> {
      mayManage(actor);
      const found = (await sessions.listAll(SESSIONS_MAX)).find(
        (one) => one.id.slice(0, POIGNEE) === id && one.id !== courante,
      );
      if (!found) throw notFound(securiteTexts(actor.lang).dejaFermee);
      const noms = await utilisateurs.journalises(reason);
      const compte = noms.find((one) => one.id === found.userId)?.username ?? String(found.userId);
      await database.transaction(async (trx) => {
        await sessions.revoke(found.id, trx);
        await journal.record(trx, actor, {
          action: 'session.fermeture',
          details: { compte, adresse: found.ip },
        });
      });
    },

    /** The roles, and which of them need a second factor. @throws AppError forbidden */
    async rolesProteges(actor: Actor): Promise<{ nom: string; libelle: string; exige: boolean }[]> {
      mayManage(actor);
      const { secondFacteurRoles } = await parametres.get();
      return (await roles.list()).map(({ nom, libelle }) => ({
        nom,
        libelle,
        exige: secondFacteurRoles.includes(nom),
      }));
    },

    /**
     * Says which roles need a second factor; who has none adds one at the next request.
     *
     * @param avant what the person saw; another choice meanwhile is a conflict
     * @throws AppError forbidden; conflict `VERSION_CONFLICT`
     */
    async protegerRoles(actor: Actor, noms: readonly string[], avant?: readonly string[]): Promise<void> {
      mayManage(actor);
      const known = new Set((await roles.list()).map(({ nom }) => nom));
      const { valeurs, version } = await parametres.versioned(actor);
      const same = (list: readonly string[]) => [...list].sort().join(',');
      if (avant !== undefined && same(avant) !== same(valeurs.secondFacteurRoles)) {
        throw conflict('VERSION_CONFLICT', securiteTexts(actor.lang).rolesChanges);
      }
      await parametres.update(
        actor,
        { secondFacteurRoles: noms.filter((nom) => known.has(nom)) },
        { expectedVersion: version },
      );
    },
  };
}

export type SecuriteService = ReturnType<typeof createSecuriteService>;

import { invalid, notFound, type FieldError, type Lang, type UserActor } from '@gec/core';
import type { LoginGuard, SessionService } from '@gec/http';
import type { Base } from '../../context.ts';
import { deviceOf } from '../../http/device.ts';
import type { FacteursService } from '../facteurs/facteurs.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { guardName } from '../utilisateurs/utilisateurs.policy.ts';
import type { Identifiants, Personne, Utilisateur } from '../utilisateurs/utilisateurs.schema.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import type { Confirmation } from './auth.confirmation.ts';
import { digestInconnu, lockedOut, unknownName, wrong } from './auth.refus.ts';
import type { ConnexionASuivre, ConnexionOuverte, DemandeConnexion, SessionPropre } from './auth.schema.ts';
import { createSecondeEtape } from './auth.second.ts';
import { authTexts } from './auth.texts.ts';

/** What sign-in needs. */
export interface AuthDeps extends Pick<Base, 'database' | 'keyring'> {
  journal: Pick<JournalService, 'record' | 'recordAlone'>;
  utilisateurs: Pick<
    UtilisateursService,
    | 'identifiants'
    | 'identifiantsOf'
    | 'personne'
    | 'compte'
    | 'noteSignIn'
    | 'keepPassword'
    | 'motDePasseRefuse'
    | 'setLangue'
  >;
  sessions: SessionService;
  guard: LoginGuard;
  facteurs: FacteursService;
  confirmation: Confirmation;
}

/** Sessions are named to their owner by the beginning of their digest. */
const HANDLE = 16;

/** Signing in and out, one's own password and one's own sessions. */
export function createAuthService(deps: AuthDeps) {
  const { database, keyring, journal, utilisateurs, sessions, guard, facteurs } = deps;
  const { passwords, echec, confirmer } = deps.confirmation;

  function named(compte: Identifiants | null, identifiant: string): Record<string, string> {
    return compte ? { compte: compte.username } : { empreinte: digestInconnu(keyring, identifiant) };
  }

  async function own(userId: number): Promise<Utilisateur> {
    const compte = await utilisateurs.compte(userId);
    if (!compte) throw new Error(`user ${userId} is signed in and does not exist`);
    return compte;
  }

  return {
    ...createSecondeEtape(deps),

    /**
     * Signs a person in. With a second factor the password opens no session: it begins the second step, see `finir`.
     *
     * Whether the account does not exist, is closed, or the password is wrong: message, code and time are the same.
     *
     * @throws AppError unauthenticated `WRONG_CREDENTIALS`; locked-out `LOCKED_OUT` with `retryAfter`
     */
    async login(demande: DemandeConnexion): Promise<ConnexionOuverte | ConnexionASuivre> {
      const { identifiant, motDePasse, ip, lang, userAgent } = demande;
      const compte = await utilisateurs.identifiants(identifiant);
      const name = compte ? guardName(compte.id) : unknownName(identifiant);
      const refusal = await guard.check(name, ip);
      if (refusal) throw lockedOut(lang, refusal);

      const hash = compte?.actif ? compte.passwordHash : null;
      const right = await passwords.matches(motDePasse, hash);
      const personne = right && compte ? await utilisateurs.personne(compte.id, ip) : null;
      if (!right || hash === null || !personne) {
        await echec(name, demande, named(compte, identifiant));
        throw wrong(lang);
      }
      const renewed = await passwords.renewed(motDePasse, hash);
      const methodes = await facteurs.methodes(personne.userId);
      if (methodes) {
        // The failures of the pair stay counted until the second step is taken too.
        const attente = await database.transaction((trx) =>
          facteurs.attendre(trx, {
            userId: personne.userId,
            verifie: hash,
            renouvele: renewed,
            next: demande.next ?? '/',
          }),
        );
        return { etape: 'second-facteur', attente, methodes };
      }
      const token = await database.transaction(async (trx) => {
        const still = await utilisateurs.noteSignIn(trx, personne.userId, { verified: hash, renewed });
        if (!still) return null;
        if (demande.ancienneSession) await sessions.revoke(demande.ancienneSession, trx);
        const made = await sessions.create(trx, personne.userId, { ip, userAgent });
        await journal.record(trx, personne, { action: 'auth.connexion' });
        return made.token;
      });
      // Closed, or its password replaced, while this one was being compared.
      if (token === null) throw wrong(lang);
      await guard.succeeded(name, ip);
      const { userId, doitChangerMotDePasse } = personne;
      return { etape: 'ouverte', token, userId, doitChangerMotDePasse };
    },

    /** The person of a session, or `null` when the account is no longer active. */
    async authenticate(userId: number, ip: string): Promise<Personne | null> {
      const personne = await utilisateurs.personne(userId, ip);
      if (!personne || !(await facteurs.manque(personne))) return personne;
      return { ...personne, doitAjouterFacteur: true };
    },

    /** Ends the session that asks, for every copy of its cookie. */
    async logout(actor: UserActor, sessionId: string): Promise<void> {
      await database.transaction(async (trx) => {
        await sessions.revoke(sessionId, trx);
        await journal.record(trx, actor, { action: 'auth.deconnexion' });
      });
    },

    /**
     * Changes the actor's own password. All their sessions end; a new one takes the place of the one that asks.
     *
     * @returns the token of the new session
     * @throws AppError invalid (fields `ancien`, `nouveau`); locked-out when the current one was guessed at too often
     */
    async changePassword(
      actor: UserActor,
      { ancien, nouveau }: { ancien: string; nouveau: string },
      from: { userAgent: string | undefined },
    ): Promise<{ token: string }> {
      const texts = authTexts(actor.lang);
      const errors: FieldError[] = [];
      if (ancien === '') errors.push({ field: 'ancien', message: texts.obligatoire });
      const problem =
        ancien === nouveau && nouveau !== ''
          ? texts.nouveauIdentique
          : await utilisateurs.motDePasseRefuse(actor.lang, nouveau, await own(actor.userId));
      if (problem !== null) errors.push({ field: 'nouveau', message: problem });
      if (errors.length > 0) throw invalid(errors);

      await confirmer(actor, ancien, { champ: 'ancien', motif: 'changement' });
      const hash = await passwords.hash(nouveau);
      const made = await database.transaction(async (trx) => {
        await utilisateurs.keepPassword(trx, actor.userId, hash);
        const closed = await sessions.revokeAll(actor.userId, { trx });
        const fresh = await sessions.create(trx, actor.userId, { ip: actor.ip, ...from });
        await journal.record(trx, actor, {
          action: 'auth.mot_de_passe',
          details: { sessions_fermees: Math.max(0, closed - 1) },
        });
        return fresh;
      });
      return { token: made.token };
    },

    /** Whether the actor has a second factor. */
    protege: async (actor: UserActor): Promise<boolean> => (await facteurs.methodes(actor.userId)) !== null,

    /** The actor's own account. */
    compte: (actor: UserActor): Promise<Utilisateur> => own(actor.userId),

    /** The actor's own live sessions, the latest used first. @param currentId the session that asks */
    async sessions(actor: UserActor, currentId: string): Promise<SessionPropre[]> {
      return (await sessions.list(actor.userId)).map((session) => ({
        id: session.id.slice(0, HANDLE),
        ip: session.ip,
        ...deviceOf(session.userAgent),
        debut: session.createdAt,
        derniereActivite: session.lastSeenAt,
        courante: session.id === currentId,
      }));
    },

    /** Closes one of the actor's other sessions. @throws AppError not-found */
    async closeSession(actor: UserActor, handle: string, currentId: string): Promise<void> {
      const session = (await sessions.list(actor.userId)).find(
        ({ id }) => id.slice(0, HANDLE) === handle && id !== currentId,
      );
      if (!session) throw notFound(authTexts(actor.lang).sessionIntrouvable);
      await database.transaction(async (trx) => {
        await sessions.revoke(session.id, trx);
        await journal.record(trx, actor, { action: 'auth.sessions_fermees', details: { nombre: 1 } });
      });
    },

    /** Closes the actor's sessions but for the one that asks. @returns how many there were */
    async closeOthers(actor: UserActor, currentId: string): Promise<number> {
      return database.transaction(async (trx) => {
        const nombre = await sessions.revokeAll(actor.userId, { except: currentId, trx });
        if (nombre > 0) {
          await journal.record(trx, actor, { action: 'auth.sessions_fermees', details: { nombre } });
        }
        return nombre;
      });
    },

    /** Keeps the language in which the actor reads the program. */
    setLangue: (actor: UserActor, langue: Lang): Promise<void> =>
      database.transaction((trx) => utilisateurs.setLangue(trx, actor, actor.userId, langue)),
  };
}

export type AuthService = ReturnType<typeof createAuthService>;

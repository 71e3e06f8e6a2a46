import { timestamp, type Actor, type Clock, type Lang } from '@gec/core';
import type { Trx } from '../../context.ts';
import type { DepartementsService } from '../departements/departements.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import { passwordProblem, type Porteur } from './mot-de-passe.policy.ts';
import type { UtilisateursRepo } from './utilisateurs.repo.ts';
import type { Identifiants, Personne, Utilisateur } from './utilisateurs.schema.ts';

/** Longest name or address that is looked up; whatever is longer belongs to nobody. */
const LOGIN_MAX = 320;

/** What the accounts need. */
export interface AccountsDeps {
  repo: UtilisateursRepo;
  clock: Clock;
  journal: Pick<JournalService, 'record'>;
  departements: Pick<DepartementsService, 'diriges'>;
  parametres: Pick<ParametresService, 'get'>;
  /** Called after what is cached of people has changed. */
  forget: () => void;
}

/** What sign-in and the profile need of an account, its password hash included. For the module `auth`. */
export function createAccounts({ repo, clock, journal, departements, parametres }: AccountsDeps) {
  return {
    /** What to compare at sign-in, by user name or e-mail address; `null` for what can belong to nobody. */
    async identifiants(login: string): Promise<Identifiants | null> {
      if (login.trim() === '' || login.length > LOGIN_MAX) return null;
      // PostgreSQL refuses NUL in a text, and nobody has a control character in their name.
      if (/\p{Cc}/u.test(login.trim()) || !login.isWellFormed()) return null;
      return repo.findByLogin(login);
    },

    /** What to compare when a person who is signed in gives their password again. */
    identifiantsOf: (id: number): Promise<Identifiants | null> => repo.identifiants(id),

    /** The person of a session with everything that decides what they may do; `null` when not active. */
    async personne(id: number, ip: string): Promise<Personne | null> {
      const [personne, departementsDiriges] = await Promise.all([
        repo.loadPersonne(id, ip),
        departements.diriges(id),
      ]);
      // Whose role was put out of use may do nothing, heads too.
      if (!personne || personne.permissions.size === 0) return personne;
      return { ...personne, departementsDiriges };
    },

    /** An account as its owner sees it. */
    compte: (id: number): Promise<Utilisateur | null> => repo.find(id),

    /**
     * Notes a sign-in, in the transaction that makes the session. A password that has outlived what the settings allow
     * is to be changed before anything else.
     *
     * @param hash `verified`: what the password was compared with; `renewed`: what replaces it, if need be
     * @returns false when the account was closed or its password changed meanwhile: there must be no session then
     */
    async noteSignIn(
      trx: Trx,
      id: number,
      hash: { verified: string; renewed: string | null },
    ): Promise<boolean> {
      const { motDePasseValiditeJours: days } = await parametres.get(trx);
      if (days > 0) {
        const limit = new Date(clock.now().getTime() - days * 86_400_000).toISOString();
        await repo.expirePassword(trx, id, limit);
      }
      return repo.noteSignIn(trx, id, timestamp(clock), hash);
    },

    /** What is wrong with a password that its owner wants, under the rules of the settings; `null` when nothing is. */
    motDePasseRefuse: async (lang: Lang, motDePasse: string, porteur: Porteur): Promise<string | null> =>
      passwordProblem(lang, motDePasse, porteur, (await parametres.get()).motDePasseLongueurMin),

    /** Keeps the password that its owner chose. */
    keepPassword: (trx: Trx, id: number, passwordHash: string): Promise<void> =>
      repo.update(trx, id, {
        password_hash: passwordHash,
        doit_changer_mot_de_passe: false,
        mot_de_passe_change_le: timestamp(clock),
      }),

    /** Keeps the language that the owner chose. */
    async setLangue(trx: Trx, actor: Actor, id: number, langue: Lang): Promise<void> {
      await repo.update(trx, id, { langue });
      await journal.record(trx, actor, { action: 'utilisateur.modification', details: { langue } });
    },
  };
}

import { invalid, type Lang, type UserActor } from '@gec/core';
import type { LoginGuard } from '@gec/http';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { guardName } from '../utilisateurs/utilisateurs.policy.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { createPasswords, type PasswordFunctions } from './auth.password.ts';
import { lockedOut, visitor } from './auth.refus.ts';
import { authTexts } from './auth.texts.ts';

/** What comparing passwords needs. */
export interface ConfirmationDeps extends Pick<Base, 'config' | 'database'> {
  journal: Pick<JournalService, 'record'>;
  utilisateurs: Pick<UtilisateursService, 'identifiantsOf'>;
  guard: LoginGuard;
  /** Given by tests only. */
  passwordFunctions?: PasswordFunctions | undefined;
}

/** Compares passwords, and counts what was wrong: at the door, and where a person who is signed in gives theirs again. */
export function createConfirmation(deps: ConfirmationDeps) {
  const { database, journal, utilisateurs, guard } = deps;
  const passwords = createPasswords(deps.config, deps.passwordFunctions);

  /** Counts and records a failure, and the lock that it led to. @param name what the guard calls the account */
  async function echec(
    name: string,
    { lang, ip }: { lang: Lang; ip: string },
    details: Record<string, string>,
  ): Promise<void> {
    const lock = await guard.failed(name, ip);
    const actor = visitor(lang, ip);
    await database.transaction(async (trx) => {
      await journal.record(trx, actor, { action: 'auth.echec', details });
      if (!lock) return;
      const minutes = Math.ceil(lock.retryAfter / 60);
      await journal.record(trx, actor, { action: 'auth.blocage', details: { ...details, minutes } });
    });
  }

  return {
    passwords,
    echec,

    /**
     * Makes sure that the person in front of a session knows its password: whoever found an open session must not be
     * able to guess it there.
     *
     * @param demande `champ`: the field that is refused, `motif`: what the journal says that it was for
     * @throws AppError invalid; locked-out when it was guessed at too often
     */
    async confirmer(
      actor: UserActor,
      motDePasse: string,
      demande: { champ: string; motif: string },
    ): Promise<void> {
      const texts = authTexts(actor.lang);
      const { champ: field, motif } = demande;
      if (motDePasse === '') throw invalid([{ field, message: texts.obligatoire }]);
      const name = guardName(actor.userId);
      const refusal = await guard.check(name, actor.ip);
      if (refusal) throw lockedOut(actor.lang, refusal);
      const compte = await utilisateurs.identifiantsOf(actor.userId);
      if (!compte || !(await passwords.matches(motDePasse, compte.passwordHash))) {
        await echec(name, actor, { compte: actor.username, motif });
        throw invalid([{ field, message: texts.ancienFaux }]);
      }
      await guard.succeeded(name, actor.ip);
    },
  };
}

export type Confirmation = ReturnType<typeof createConfirmation>;

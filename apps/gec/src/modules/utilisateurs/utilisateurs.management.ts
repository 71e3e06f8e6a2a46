import { conflict, invalid, timestamp, type Actor } from '@gec/core';
import { hashPassword, randomPassword } from '@gec/crypto';
import type { CourrielsService } from '../courriels/courriels.service.ts';
import { passwordProblem } from './mot-de-passe.policy.ts';
import { checkNewUser } from './utilisateurs.input.ts';
import { guardName } from './utilisateurs.policy.ts';
import type { Regles } from './utilisateurs.regles.ts';
import type { UtilisateursRepo } from './utilisateurs.repo.ts';
import type { AjoutUtilisateur } from './utilisateurs.schema.ts';
import type { UtilisateursDeps } from './utilisateurs.service.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What the management of accounts needs. */
export interface ManagementDeps extends UtilisateursDeps {
  repo: UtilisateursRepo;
  regles: Regles;
}

/** Adding accounts and changing them, by those who may. Every change is in the journal. */
export function createManagement(deps: ManagementDeps) {
  const { config, database, repo, clock, journal, sessions, guard, regles } = deps;
  const { mayEnter, managed, notOneself, roleProblem, departementProblem, keepOneSuperAdmin } = regles;
  const hash = (password: string) => hashPassword(password, config.passwordPepper, config.bcryptCost);

  /** Has a one-time password mailed; fails where there is nothing to mail it with. */
  const mail: CourrielsService['envoyerMotDePasse'] = async (trx, by, mot) => {
    if (!deps.courriels) throw conflict('SMTP_ABSENT', utilisateursTexts(by.lang).courrielAbsent);
    await deps.courriels.envoyerMotDePasse(trx, by, mot);
  };

  const motDePasseMin = async () => (await deps.parametres.get()).motDePasseLongueurMin;

  return {
    /** Whether one-time passwords can be mailed. */
    courrielDisponible: async (): Promise<boolean> => (await deps.courriels?.disponible()) ?? false,

    /**
     * Adds an account.
     *
     * @param options `parCourriel`: the one-time password is mailed to its owner instead of being returned
     * @returns its id, and the one-time password when none was given: it is shown once and kept nowhere
     * @throws AppError forbidden; conflict `SMTP_ABSENT`; invalid with a message for each field (`username`, `email`, `nomComplet`, `role`,
     *   `departementId`, `motDePasse`, `matricule`, `fonction`, `telephone`)
     */
    async add(
      actor: Actor,
      input: AjoutUtilisateur,
      options: { parCourriel?: boolean } = {},
    ): Promise<{ id: number; motDePasse?: string }> {
      mayEnter(actor);
      const texts = utilisateursTexts(actor.lang);
      const { user, errors } = checkNewUser(actor.lang, input, await motDePasseMin());
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
        const id = await regles.inTurn(actor, async (trx, by) => {
          // What was found right before the password was hashed must still be.
          const late = [
            await roleProblem(by, user.role, trx),
            await departementProblem(by, user.departementId, trx),
          ].filter((problem) => problem !== null);
          if (late.length > 0) throw invalid(late);
          const doitChangerMotDePasse = user.doitChangerMotDePasse ?? true;
          const made = await repo.insert(
            trx,
            { ...user, doitChangerMotDePasse, passwordHash },
            timestamp(clock),
          );
          await journal.record(trx, actor, {
            action: 'utilisateur.ajout',
            compteId: made,
            details: { compte: user.username, role: user.role, departement: user.departementId },
          });
          if (options.parCourriel) {
            const utilisateur = { ...user, langue: user.langue ?? 'fr' };
            await mail(trx, actor, { genre: 'premier', utilisateur, motDePasse });
          }
          return made;
        });
        return user.motDePasse === undefined && !options.parCourriel ? { id, motDePasse } : { id };
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
     *   sign-in unless `doitChanger` is false. With `parCourriel` it is mailed to its owner instead, and not returned.
     * @throws AppError forbidden, not-found, invalid (`motDePasse`), conflict `SMTP_ABSENT`
     */
    async setPassword(
      actor: Actor,
      id: number,
      options: { motDePasse?: string; doitChanger?: boolean; parCourriel?: boolean } = {},
    ): Promise<{ motDePasse?: string }> {
      notOneself(actor, id);
      const before = await managed(actor, id);
      if (options.motDePasse !== undefined) {
        const message = passwordProblem(actor.lang, options.motDePasse, before, await motDePasseMin());
        if (message !== null) throw invalid([{ field: 'motDePasse', message }]);
      }
      const motDePasse = options.motDePasse ?? randomPassword();
      const passwordHash = await hash(motDePasse);
      await regles.change(actor, id, async (trx, user) => {
        await repo.update(trx, id, {
          password_hash: passwordHash,
          doit_changer_mot_de_passe: options.doitChanger ?? true,
          mot_de_passe_change_le: timestamp(clock),
        });
        await sessions.revokeAll(id, { trx });
        await journal.record(trx, actor, {
          action: 'utilisateur.mot_de_passe',
          compteId: id,
          details: { compte: user.username, ...(options.parCourriel ? { par_courriel: true } : {}) },
        });
        if (options.parCourriel) {
          const mot = { genre: 'reinitialisation', utilisateur: user, motDePasse } as const;
          await mail(trx, actor, mot);
        }
      });
      await guard.unlock(guardName(id));
      return options.motDePasse === undefined && !options.parCourriel ? { motDePasse } : {};
    },

    /** Opens or closes an account; closing ends its sessions at once. @throws AppError forbidden, not-found, conflict */
    async setActive(actor: Actor, id: number, actif: boolean): Promise<void> {
      notOneself(actor, id);
      await regles.change(actor, id, async (trx, user) => {
        if (user.actif === actif) return;
        if (!actif) await keepOneSuperAdmin(trx, actor, user);
        await repo.update(trx, id, { actif });
        if (!actif) await sessions.revokeAll(id, { trx });
        await journal.record(trx, actor, {
          action: 'utilisateur.activation',
          compteId: id,
          details: { compte: user.username, actif },
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
          compteId: id,
          details: { compte: user.username, deblocage: true },
        });
      }
      return lifted;
    },
  };
}

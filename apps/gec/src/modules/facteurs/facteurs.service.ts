import {
  conflict,
  fill,
  forbidden,
  invalid,
  notFound,
  timestamp,
  type Actor,
  type UserActor,
} from '@gec/core';
import { randomToken, sha256Hex } from '@gec/crypto';
import type { SessionService } from '@gec/http';
import type { Base, Trx } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import { createFacteursRepo } from './facteurs.repo.ts';
import {
  FACTEURS_MAX,
  lireAjout,
  NOM_MAX,
  type EnrolementTotp,
  type EtatFacteurs,
  type Facteur,
  type Site,
} from './facteurs.schema.ts';
import { codeNormalise, nouveauxCodes } from './facteurs.secours.ts';
import { facteursTexts } from './facteurs.texts.ts';
import { adresseTotp, nouveauSecret, pasDuCode } from './facteurs.totp.ts';
import { createVerification } from './facteurs.verification.ts';
import { defiDe, DELAI_CLE_MS, optionsAjout, verifierAjout } from './facteurs.webauthn.ts';

/** What second factors need. */
export interface FacteursDeps extends Pick<Base, 'database' | 'keyring' | 'clock'> {
  journal: Pick<JournalService, 'record'>;
  parametres: Pick<ParametresService, 'get'>;
  utilisateurs: Pick<UtilisateursService, 'find' | 'compte'>;
  sessions: Pick<SessionService, 'revokeAll'>;
  /**
   * Makes sure that the person in front of the session knows its password.
   * @throws AppError invalid (field `mot_de_passe`), locked-out
   */
  confirmer(actor: UserActor, motDePasse: string): Promise<void>;
}

/** How long (ms) a secret waits for its first code. */
const ENROLEMENT_MS = 15 * 60_000;

/** What a new factor led to: the recovery codes when it is the first one. They are shown once and kept as hashes. */
export interface AjoutFacteur {
  readonly id: number;
  readonly codes: readonly string[] | null;
}

/** Second factors: adding and removing one's own, and what sign-in asks of them. */
export function createFacteursService(deps: FacteursDeps) {
  const { database, keyring, clock, journal, parametres, utilisateurs, sessions, confirmer } = deps;
  const repo = createFacteursRepo(database, keyring);
  const now = () => timestamp(clock);
  const later = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();

  function nomDe(actor: UserActor, nom: string, usual: string): string {
    const clean = nom.trim();
    if ([...clean].length > NOM_MAX || /\p{Cc}/u.test(clean) || !clean.isWellFormed()) {
      const message = fill(facteursTexts(actor.lang).nomTropLong, { n: NOM_MAX });
      throw invalid([{ field: 'nom', message }]);
    }
    return clean === '' ? usual : clean;
  }

  async function place(actor: UserActor): Promise<void> {
    if ((await repo.list(actor.userId)).length < FACTEURS_MAX) return;
    throw conflict('TOO_MANY_FACTORS', fill(facteursTexts(actor.lang).tropDeFacteurs, { n: FACTEURS_MAX }));
  }

  /** Codes of a person who has none, in the transaction that gives them their first factor. */
  async function premiersCodes(trx: Trx, userId: number): Promise<string[] | null> {
    if ((await repo.countCodes(userId, trx)) > 0) return null;
    if ((await repo.list(userId, trx)).length > 1) return null;
    const codes = nouveauxCodes();
    await repo.putCodes(
      trx,
      userId,
      codes.map((code) => codeNormalise(code) ?? code),
    );
    return codes;
  }

  async function exige(role: string): Promise<boolean> {
    return (await parametres.get()).secondFacteurRoles.includes(role);
  }

  async function enrolement(actor: UserActor): Promise<{ id: string; totp: EnrolementTotp } | null> {
    const found = await repo.findDefi({ genre: 'totp', userId: actor.userId }, now());
    if (!found) return null;
    const { secret } = JSON.parse(found.contenu) as { secret: string };
    const { nomLogiciel } = await parametres.get();
    return { id: found.id, totp: { secret, uri: adresseTotp(secret, nomLogiciel, actor.username) } };
  }

  return {
    ...createVerification({ repo, clock }),

    /** Whether a person must add a factor before anything else: their role asks for one and they have none. */
    async manque(person: Pick<UserActor, 'role' | 'userId'>): Promise<boolean> {
      if (!(await exige(person.role))) return false;
      return (await repo.kinds(person.userId)).size === 0;
    },

    /** Which of these people have a second factor. */
    proteges: (userIds: readonly number[]): Promise<Set<number>> => repo.withFactor(userIds),

    /** One's own factors. */
    async etat(actor: UserActor): Promise<EtatFacteurs> {
      return {
        facteurs: await repo.list(actor.userId),
        secours: await repo.countCodes(actor.userId),
        exige: await exige(actor.role),
      };
    },

    /** One of one's own factors. @throws AppError not-found */
    async find(actor: UserActor, id: number): Promise<Facteur> {
      const found = (await repo.list(actor.userId)).find((one) => one.id === id);
      if (!found) throw notFound(facteursTexts(actor.lang).introuvable);
      return found;
    },

    /**
     * Makes a secret for an authenticator app; it counts once a code of it was given to {@link confirmerTotp}.
     *
     * @throws AppError invalid (`mot_de_passe`), locked-out, conflict with too many factors
     */
    async commencerTotp(actor: UserActor, motDePasse: string): Promise<EnrolementTotp> {
      await confirmer(actor, motDePasse);
      await place(actor);
      await database.transaction(async (trx) => {
        await repo.dropDefis(trx, actor.userId, 'totp');
        await repo.putDefi(trx, {
          id: randomToken(),
          userId: actor.userId,
          genre: 'totp',
          contenu: JSON.stringify({ secret: nouveauSecret() }),
          expireLe: later(ENROLEMENT_MS),
        });
      });
      const made = await enrolement(actor);
      if (!made) throw new Error('the secret that was just kept is gone');
      return made.totp;
    },

    /** The secret that waits for its first code; `null` when there is none. */
    totpEnCours: async (actor: UserActor): Promise<EnrolementTotp | null> =>
      (await enrolement(actor))?.totp ?? null,

    /** Adds the authenticator app whose secret waits. @throws AppError invalid (`code`, `nom`); conflict when none waits */
    async confirmerTotp(actor: UserActor, given: { code: string; nom: string }): Promise<AjoutFacteur> {
      const t = facteursTexts(actor.lang);
      const nom = nomDe(actor, given.nom, t.application);
      const waiting = await enrolement(actor);
      if (!waiting) throw conflict('ENROLMENT_EXPIRED', t.enrolementExpire);
      const code = given.code.replace(/\s/g, '');
      if (code === '') throw invalid([{ field: 'code', message: t.codeRequis }]);
      const { secret } = waiting.totp;
      const pas = pasDuCode(secret, code, clock.now(), null);
      if (pas === null) throw invalid([{ field: 'code', message: t.codeFaux }]);
      return database.transaction(async (trx) => {
        if (!(await repo.takeDefi(trx, waiting.id, 'totp', now()))) {
          throw conflict('ENROLMENT_EXPIRED', t.enrolementExpire);
        }
        const { userId } = actor;
        const id = await repo.insert(trx, { genre: 'totp', userId, nom, secret, pas, date: now() });
        await journal.record(trx, actor, { action: 'facteur.ajout', details: { facteur: 'totp' } });
        return { id, codes: await premiersCodes(trx, userId) };
      });
    },

    /**
     * What the browser is asked to make for a new passkey.
     *
     * @throws AppError invalid (`mot_de_passe`), locked-out, conflict with too many factors
     */
    async optionsCle(actor: UserActor, site: Site, motDePasse: string) {
      await confirmer(actor, motDePasse);
      await place(actor);
      const handle = Buffer.from(
        keyring.identity.digest('facteur.handle', String(actor.userId)),
        'base64url',
      );
      const nom = (await utilisateurs.compte(actor.userId))?.nomComplet ?? actor.username;
      const connues = (await repo.cles(actor.userId)).filter(({ rpId }) => rpId === site.rpId);
      const { nomLogiciel } = await parametres.get();
      const options = await optionsAjout(
        site,
        { handle, username: actor.username, nom },
        nomLogiciel,
        connues,
      );
      await repo.putDefi(null, {
        id: sha256Hex(options.challenge),
        userId: actor.userId,
        genre: 'cle-ajout',
        contenu: '{}',
        expireLe: later(DELAI_CLE_MS),
      });
      return options;
    },

    /** Adds a passkey that the browser made. @param reponse its answer, as JSON or the text of it @throws AppError invalid */
    async ajouterCle(
      actor: UserActor,
      site: Site,
      given: { reponse: unknown; nom: string },
    ): Promise<AjoutFacteur> {
      const t = facteursTexts(actor.lang);
      const refused = invalid([{ field: 'reponse', message: t.cleRefusee }]);
      const nom = nomDe(actor, given.nom, t.cle);
      const reponse = lireAjout(given.reponse);
      const defi = reponse && defiDe(reponse);
      if (!reponse || defi === null) throw refused;
      const waiting = await repo.takeDefi(null, sha256Hex(defi), 'cle-ajout', now());
      if (waiting?.userId !== actor.userId) throw refused;
      const cle = await verifierAjout(site, defi, reponse);
      if (!cle) throw refused;
      try {
        return await database.transaction(async (trx) => {
          const { userId } = actor;
          const { rpId } = site;
          const id = await repo.insert(trx, { genre: 'cle', userId, nom, rpId, cle, date: now() });
          await journal.record(trx, actor, { action: 'facteur.ajout', details: { facteur: 'passkey' } });
          return { id, codes: await premiersCodes(trx, userId) };
        });
      } catch (error) {
        if (!database.dialect.isUniqueViolation(error)) throw error;
        throw invalid([{ field: 'reponse', message: t.cleConnue }]);
      }
    },

    /**
     * Removes one of one's own factors; with the last one the recovery codes go too.
     *
     * @throws AppError not-found; invalid (`mot_de_passe`); locked-out; conflict for the last one of a role that asks
     *   for one
     */
    async retirer(actor: UserActor, id: number, motDePasse: string): Promise<void> {
      const t = facteursTexts(actor.lang);
      const { genre } = await this.find(actor, id);
      await confirmer(actor, motDePasse);
      const asked = await exige(actor.role);
      await database.transaction(async (trx) => {
        if (!(await repo.remove(trx, actor.userId, id))) throw notFound(t.introuvable);
        if ((await repo.list(actor.userId, trx)).length === 0) {
          if (asked) throw conflict('FACTOR_REQUIRED', t.dernierExige);
          await repo.putCodes(trx, actor.userId, []);
        }
        await journal.record(trx, actor, {
          action: 'facteur.retrait',
          details: { facteur: genre === 'totp' ? 'totp' : 'passkey' },
        });
      });
    },

    /** Replaces one's recovery codes. @throws AppError invalid (`mot_de_passe`), locked-out, conflict without a factor */
    async nouveauxSecours(actor: UserActor, motDePasse: string): Promise<readonly string[]> {
      await confirmer(actor, motDePasse);
      const codes = nouveauxCodes();
      await database.transaction(async (trx) => {
        if ((await repo.list(actor.userId, trx)).length === 0) {
          throw conflict('NO_FACTOR', facteursTexts(actor.lang).secoursSansFacteur);
        }
        await repo.putCodes(
          trx,
          actor.userId,
          codes.map((code) => codeNormalise(code) ?? code),
        );
        await journal.record(trx, actor, { action: 'facteur.secours' });
      });
      return codes;
    },

    /** Somebody's factors, for an administrator. @throws AppError forbidden without `manage_users`, not-found */
    async etatDe(actor: Actor, userId: number) {
      const compte = await utilisateurs.find(actor, userId);
      return { compte, facteurs: await repo.list(userId), secours: await repo.countCodes(userId) };
    },

    /**
     * Removes all factors and recovery codes of somebody who lost their telephone or key, and closes their sessions.
     *
     * @returns how many factors there were
     * @throws AppError forbidden without `manage_users`, for oneself or for somebody who may do more; not-found
     */
    async reinitialiser(actor: Actor, userId: number): Promise<number> {
      const t = facteursTexts(actor.lang);
      const compte = await utilisateurs.find(actor, userId);
      if (compte.soiMeme) throw forbidden(t.soiMeme);
      if (!compte.gerable) throw forbidden(t.refusAdmin);
      return database.transaction(async (trx) => {
        const n = await repo.removeAll(trx, userId);
        if (n === 0) return 0;
        await sessions.revokeAll(userId, { trx });
        await journal.record(trx, actor, {
          action: 'facteur.reinitialisation',
          details: { compte: compte.username, nombre: n },
        });
        return n;
      });
    },

    /** Removes what waited too long; to be called now and then. */
    sweep: (): Promise<number> => repo.sweepDefis(now()),
  };
}

export type FacteursService = ReturnType<typeof createFacteursService>;

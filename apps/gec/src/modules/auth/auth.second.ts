import { AppError } from '@gec/core';
import type { LoginGuard, SessionService } from '@gec/http';
import type { Base, Trx } from '../../context.ts';
import type { Methodes, Preuve, Site } from '../facteurs/facteurs.schema.ts';
import type { FacteursService } from '../facteurs/facteurs.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { guardName } from '../utilisateurs/utilisateurs.policy.ts';
import type { Personne } from '../utilisateurs/utilisateurs.schema.ts';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import type { Confirmation } from './auth.confirmation.ts';
import { digestInconnu, lockedOut, unknownName } from './auth.refus.ts';
import type { ConnexionOuverte, DepuisOu } from './auth.schema.ts';
import { authTexts } from './auth.texts.ts';

/** What the second step needs. */
export interface SecondeEtapeDeps extends Pick<Base, 'database' | 'keyring'> {
  journal: Pick<JournalService, 'record'>;
  utilisateurs: Pick<UtilisateursService, 'personne' | 'compte' | 'identifiantsOf' | 'noteSignIn'>;
  sessions: SessionService;
  guard: LoginGuard;
  facteurs: Pick<
    FacteursService,
    | 'enAttente'
    | 'methodes'
    | 'codesRestants'
    | 'finirAttente'
    | 'utiliserCode'
    | 'optionsSecond'
    | 'optionsSeule'
    | 'verifierSecond'
    | 'cleNommee'
    | 'verifierSeule'
  >;
  confirmation: Pick<Confirmation, 'echec'>;
}

/**
 * Second steps are also counted over all addresses, under this one: whoever has the password and many addresses must
 * not be able to go through the codes. Only somebody with the password can make it lock.
 */
const PARTOUT = '0.0.0.0';

/** What a person answers at the second step: a typed code, or the signature of a passkey as JSON or its text. */
export type Reponse = { readonly code: string } | { readonly cle: unknown; readonly site: Site };

/** A second step that was taken. */
export interface SecondeOuverte extends ConnexionOuverte {
  /** Where the person wanted to go. */
  readonly next: string;
  /** Recovery codes that are left, when one of them was used. */
  readonly secours: number | null;
}

/** Raised inside a transaction so that nothing of a refused second step stays. */
class Refuse extends Error {}

/** The second step of a sign-in, and entering by a passkey alone. */
export function createSecondeEtape(deps: SecondeEtapeDeps) {
  const { database, keyring, journal, utilisateurs, sessions, guard, facteurs, confirmation } = deps;

  async function ouvrir(
    trx: Trx,
    personne: Personne,
    depuis: DepuisOu,
    how: { verifie: string; renouvele: string | null; preuve: Preuve },
  ): Promise<string> {
    const { verifie, renouvele, preuve } = how;
    const still = await utilisateurs.noteSignIn(trx, personne.userId, {
      verified: verifie,
      renewed: renouvele,
    });
    // Closed, or its password replaced, between the two steps.
    if (!still) throw new Refuse();
    if (depuis.ancienneSession) await sessions.revoke(depuis.ancienneSession, trx);
    const { token } = await sessions.create(trx, personne.userId, depuis);
    const facteur = preuve === 'cle' ? 'passkey' : preuve;
    await journal.record(trx, personne, { action: 'auth.connexion', details: { facteur } });
    return token;
  }

  function perdue(lang: DepuisOu['lang']): AppError {
    return new AppError('unauthenticated', 'SECOND_FACTOR_EXPIRED', authTexts(lang).secondExpire);
  }

  function faux(lang: DepuisOu['lang'], code: 'WRONG_SECOND_FACTOR' | 'WRONG_PASSKEY'): AppError {
    const texts = authTexts(lang);
    const message = code === 'WRONG_PASSKEY' ? texts.cleFausse : texts.secondFaux;
    return new AppError('unauthenticated', code, message);
  }

  return {
    /** By what the sign-in that waits under a token can go on, and where to; `null` when none waits. */
    async seconde(token: string): Promise<{ methodes: Methodes; next: string } | null> {
      const attente = await facteurs.enAttente(token);
      const methodes = attente && (await facteurs.methodes(attente.userId));
      return attente && methodes ? { methodes, next: attente.next } : null;
    },

    /** What the browser is asked to sign at the second step. @throws AppError unauthenticated when none waits */
    async optionsSeconde(token: string, site: Site, lang: DepuisOu['lang']) {
      const attente = await facteurs.enAttente(token);
      if (!attente) throw perdue(lang);
      return facteurs.optionsSecond(site, attente.userId);
    },

    /** What the browser is asked to sign to enter by a passkey alone. */
    optionsCle: (site: Site) => facteurs.optionsSeule(site),

    /**
     * Takes the second step: a code or a passkey opens the session that the password alone did not.
     *
     * @throws AppError unauthenticated `SECOND_FACTOR_EXPIRED` or `WRONG_SECOND_FACTOR`; locked-out
     */
    async finir(token: string, reponse: Reponse, depuis: DepuisOu): Promise<SecondeOuverte> {
      const { lang, ip } = depuis;
      const attente = await facteurs.enAttente(token);
      if (!attente) throw perdue(lang);
      const { userId, verifie, renouvele, next } = attente;
      const name = guardName(userId);
      for (const address of [ip, PARTOUT]) {
        const refusal = await guard.check(name, address);
        if (refusal) throw lockedOut(lang, refusal);
      }
      const personne = await utilisateurs.personne(userId, ip);
      if (!personne) throw perdue(lang);
      // Signatures are checked before the transaction, which waits for nothing but the database.
      const cle = 'code' in reponse ? null : await facteurs.verifierSecond(reponse.site, userId, reponse.cle);
      let opened: { token: string; preuve: Preuve };
      try {
        opened = await database.transaction(async (trx) => {
          let preuve: Preuve | null = cle && (await cle.utiliser(trx)) ? 'cle' : null;
          if ('code' in reponse) preuve = await facteurs.utiliserCode(trx, userId, reponse.code);
          if (preuve === null || !(await facteurs.finirAttente(trx, token))) throw new Refuse();
          return { token: await ouvrir(trx, personne, depuis, { verifie, renouvele, preuve }), preuve };
        });
      } catch (error) {
        if (!(error instanceof Refuse)) throw error;
        await confirmation.echec(name, depuis, { compte: personne.username, motif: 'second facteur' });
        throw faux(lang, 'WRONG_SECOND_FACTOR');
      }
      for (const address of [ip, PARTOUT]) await guard.succeeded(name, address);
      const { doitChangerMotDePasse } = personne;
      const secours = opened.preuve === 'secours' ? await facteurs.codesRestants(userId) : null;
      return { etape: 'ouverte', token: opened.token, userId, doitChangerMotDePasse, next, secours };
    },

    /**
     * Enters by a passkey that checked who holds it: possession and person at once, so that no password is asked.
     *
     * A refused one counts as a wrong password does, for the account that it belongs to. One that nobody has counts in
     * the same way for its own id: neither the message nor the lock tells which of them exists.
     *
     * @throws AppError unauthenticated `WRONG_PASSKEY`; locked-out `LOCKED_OUT` with `retryAfter`
     */
    async entrerParCle(site: Site, reponse: unknown, depuis: DepuisOu): Promise<ConnexionOuverte> {
      const { ip, lang } = depuis;
      const nommee = await facteurs.cleNommee(reponse);
      const name = nommee.userId === null ? unknownName(`cle ${nommee.id}`) : guardName(nommee.userId);
      const refusal = await guard.check(name, ip);
      if (refusal) throw lockedOut(lang, refusal);
      const cle = await facteurs.verifierSeule(site, reponse);
      const personne = cle && (await utilisateurs.personne(cle.userId, ip));
      const compte = personne && (await utilisateurs.identifiantsOf(personne.userId));
      try {
        if (!cle || !personne || !compte) throw new Refuse();
        const token = await database.transaction(async (trx) => {
          if (!(await cle.utiliser(trx))) throw new Refuse();
          const how = { verifie: compte.passwordHash, renouvele: null, preuve: 'cle' } as const;
          return ouvrir(trx, personne, depuis, how);
        });
        await guard.succeeded(name, ip);
        const { userId, doitChangerMotDePasse } = personne;
        return { etape: 'ouverte', token, userId, doitChangerMotDePasse };
      } catch (error) {
        if (!(error instanceof Refuse)) throw error;
        const connu = nommee.userId === null ? null : await utilisateurs.compte(nommee.userId);
        const qui: Record<string, string> = connu
          ? { compte: connu.username }
          : { empreinte: digestInconnu(keyring, nommee.id) };
        await confirmation.echec(name, depuis, { ...qui, motif: 'clé d’accès' });
        throw faux(lang, 'WRONG_PASSKEY');
      }
    },
  };
}

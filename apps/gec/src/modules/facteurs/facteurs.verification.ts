import type { Clock } from '@gec/core';
import { randomToken, sha256Hex } from '@gec/crypto';
import type { Trx } from '../../context.ts';
import type { ClePersonne, FacteursRepo } from './facteurs.repo.ts';
import {
  lireSignature,
  type ConnexionEnAttente,
  type Methodes,
  type Preuve,
  type Site,
} from './facteurs.schema.ts';
import { codeNormalise } from './facteurs.secours.ts';
import { pasDuCode } from './facteurs.totp.ts';
import { defiDe, DELAI_CLE_MS, optionsSignature, verifierSignature } from './facteurs.webauthn.ts';

/** How long (ms) the second step may take. */
const ATTENTE_MS = 10 * 60_000;

/** A passkey whose signature was right; `utiliser` notes it in the transaction that opens the session. */
export interface CleVerifiee {
  readonly userId: number;
  /** @returns false when the passkey is gone meanwhile, or was used by a copy */
  utiliser(trx: Trx): Promise<boolean>;
}

/** What sign-in asks of second factors. */
export function createVerification({ repo, clock }: { repo: FacteursRepo; clock: Clock }) {
  const now = () => clock.now().toISOString();
  const later = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();

  async function options(
    site: Site,
    genre: 'cle-second' | 'cle-seule',
    userId: number | null,
    cles: readonly ClePersonne[],
  ) {
    const made = await optionsSignature(
      site,
      cles.filter((cle) => cle.rpId === site.rpId),
    );
    await repo.putDefi(null, {
      id: sha256Hex(made.challenge),
      userId,
      genre,
      contenu: '{}',
      expireLe: later(DELAI_CLE_MS),
    });
    return made;
  }

  /** Checks a signature against the challenge that it was made for, which is then used up. */
  async function signature(
    site: Site,
    genre: 'cle-second' | 'cle-seule',
    value: unknown,
    of: number | null,
  ): Promise<CleVerifiee | null> {
    const response = lireSignature(value);
    const defi = response && defiDe(response);
    if (!response || defi === null) return null;
    const waiting = await repo.takeDefi(null, sha256Hex(defi), genre, now());
    if (!waiting || waiting.userId !== of) return null;
    const cle = await repo.cle(response.id);
    if (!cle || cle.rpId !== site.rpId || (of !== null && cle.userId !== of)) return null;
    const after = await verifierSignature(site, defi, response, cle);
    if (after === null) return null;
    return {
      userId: cle.userId,
      utiliser: (trx) => repo.noteUse(trx, cle.id, { before: cle.compteur, after, date: now() }),
    };
  }

  return {
    /** By what a person takes the second step; `null` for one who has no second factor. */
    async methodes(userId: number): Promise<Methodes | null> {
      const kinds = await repo.kinds(userId);
      if (kinds.size === 0) return null;
      return {
        totp: kinds.has('totp'),
        cle: kinds.has('cle'),
        secours: (await repo.countCodes(userId)) > 0,
      };
    },

    /** How many recovery codes a person has left. */
    codesRestants: (userId: number): Promise<number> => repo.countCodes(userId),

    /** Keeps a sign-in whose password was right until its second step. @returns what the browser keeps */
    async attendre(trx: Trx, attente: ConnexionEnAttente): Promise<string> {
      const token = randomToken();
      const { userId, ...contenu } = attente;
      await repo.putDefi(trx, {
        id: sha256Hex(token),
        userId,
        genre: 'connexion',
        contenu: JSON.stringify(contenu),
        expireLe: later(ATTENTE_MS),
      });
      return token;
    },

    /** The sign-in that waits under a token; `null` when there is none, or it waited too long. */
    async enAttente(token: string): Promise<ConnexionEnAttente | null> {
      const found = await repo.findDefi({ genre: 'connexion', id: sha256Hex(token) }, now());
      if (found?.userId === null || found?.userId === undefined) return null;
      return {
        userId: found.userId,
        ...(JSON.parse(found.contenu) as Omit<ConnexionEnAttente, 'userId'>),
      };
    },

    /** Ends the waiting of a sign-in. @returns false when another answer has ended it */
    async finirAttente(trx: Trx, token: string): Promise<boolean> {
      return (await repo.takeDefi(trx, sha256Hex(token), 'connexion', now())) !== undefined;
    },

    /**
     * Checks a code of an authenticator app, or a recovery code, and uses it up in the transaction of the sign-in.
     *
     * @param saisie what was typed, spaces and hyphens included
     * @returns what it was, or `null` when it is not right or was used before
     */
    async utiliserCode(trx: Trx, userId: number, saisie: string): Promise<Preuve | null> {
      const chiffres = saisie.replace(/\s/g, '');
      if (/^\d{6}$/.test(chiffres)) {
        for (const { id, secret, dernierPas } of await repo.totp(trx, userId)) {
          const pas = pasDuCode(secret, chiffres, clock.now(), dernierPas);
          if (pas !== null && (await repo.takeStep(trx, id, pas, now()))) return 'totp';
        }
        return null;
      }
      const code = codeNormalise(saisie);
      return code !== null && (await repo.takeCode(trx, userId, code)) ? 'secours' : null;
    },

    /** What a browser is asked to sign for the second step of a person. */
    optionsSecond: async (site: Site, userId: number) =>
      options(site, 'cle-second', userId, await repo.cles(userId)),

    /** What a browser is asked to sign to enter without a password. */
    optionsSeule: (site: Site) => options(site, 'cle-seule', null, []),

    /** Checks the passkey of the second step. @returns `null` when it is not right */
    verifierSecond: (site: Site, userId: number, value: unknown): Promise<CleVerifiee | null> =>
      signature(site, 'cle-second', value, userId),

    /**
     * The passkey that an answer names, right or not, so that attempts can be counted.
     *
     * @returns its id, empty when the answer cannot be read, and whose it is; `null` for one that nobody has
     */
    async cleNommee(value: unknown): Promise<{ id: string; userId: number | null }> {
      const id = lireSignature(value)?.id ?? '';
      const cle = id === '' ? null : await repo.cle(id);
      return { id, userId: cle?.userId ?? null };
    },

    /** Checks a passkey that stands alone. @returns whose it is, or `null` when it is not right */
    verifierSeule: (site: Site, value: unknown): Promise<CleVerifiee | null> =>
      signature(site, 'cle-seule', value, null),
  };
}

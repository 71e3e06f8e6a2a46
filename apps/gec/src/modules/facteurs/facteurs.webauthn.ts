import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Site } from './facteurs.schema.ts';

/** Read when the first passkey is used: its three hundred files would make every start wait. */
const webauthn = () => import('@simplewebauthn/server');

/** How long (ms) a person has to touch their key. */
export const DELAI_CLE_MS = 5 * 60_000;

/** Ed25519, ES256 and RS256 (RFC 9053): what devices make today. */
const ALGORITHMES = [-8, -7, -257];

/** What is kept of a passkey; all of it is public. */
export interface Cle {
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly clePublique: string;
  readonly compteur: number;
  readonly transports: readonly string[];
}

/**
 * What a browser is asked to make: a passkey of this site that checks who holds it (user verification) and, where the
 * device can, finds it again without a user name.
 */
export async function optionsAjout(
  site: Site,
  personne: { handle: Buffer; username: string; nom: string },
  organisme: string,
  connues: readonly { credentialId: string; transports: readonly string[] }[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await webauthn();
  return generateRegistrationOptions({
    rpName: organisme,
    rpID: site.rpId,
    userName: personne.username,
    userDisplayName: personne.nom,
    userID: new Uint8Array(personne.handle),
    timeout: DELAI_CLE_MS,
    attestationType: 'none',
    supportedAlgorithmIDs: ALGORITHMES,
    excludeCredentials: connues.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: [...transports],
    })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });
}

/** What a browser is asked to sign; `connues` empty: with any passkey of this site that it finds. */
export async function optionsSignature(
  site: Site,
  connues: readonly { credentialId: string; transports: readonly string[] }[],
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await webauthn();
  return generateAuthenticationOptions({
    rpID: site.rpId,
    timeout: DELAI_CLE_MS,
    userVerification: 'required',
    allowCredentials: connues.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: [...transports],
    })),
  });
}

/** The challenge that an answer of a browser was made for; `null` when it carries none. */
export function defiDe(response: { response: { clientDataJSON: string } }): string | null {
  try {
    const data: unknown = JSON.parse(
      Buffer.from(response.response.clientDataJSON, 'base64url').toString('utf8'),
    );
    if (typeof data !== 'object' || data === null || !('challenge' in data)) return null;
    return typeof data.challenge === 'string' ? data.challenge : null;
  } catch {
    return null;
  }
}

/** Checks a new passkey (WebAuthn § 7.1). @returns what to keep of it, or `null` when it is not right */
export async function verifierAjout(
  site: Site,
  defi: string,
  response: RegistrationResponseJSON,
): Promise<Cle | null> {
  const { verifyRegistrationResponse } = await webauthn();
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: defi,
      expectedOrigin: site.origine,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMES,
    });
    if (!verified) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    return {
      credentialId: id,
      clePublique: Buffer.from(publicKey).toString('base64url'),
      compteur: counter,
      transports: response.response.transports ?? [],
    };
  } catch {
    // Whatever the library finds wrong with what came from outside, it throws.
    return null;
  }
}

/** Checks a signature (WebAuthn § 7.2). @returns the new counter, or `null` when it is not right */
export async function verifierSignature(
  site: Site,
  defi: string,
  response: AuthenticationResponseJSON,
  cle: Cle,
): Promise<number | null> {
  const { verifyAuthenticationResponse } = await webauthn();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: defi,
      expectedOrigin: site.origine,
      expectedRPID: site.rpId,
      requireUserVerification: true,
      credential: {
        id: cle.credentialId,
        publicKey: new Uint8Array(Buffer.from(cle.clePublique, 'base64url')),
        counter: cle.compteur,
      },
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}

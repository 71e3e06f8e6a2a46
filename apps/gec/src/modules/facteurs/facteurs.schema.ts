import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';

/** How many recovery codes somebody gets at once. */
export const CODES_SECOURS = 10;
/** Factors of one person at most: what one can still tell apart. */
export const FACTEURS_MAX = 20;
export const NOM_MAX = 60;

export type GenreFacteur = 'totp' | 'cle';

/** A second factor as its owner sees it. Instants are ISO 8601, UTC. */
export interface Facteur {
  readonly id: number;
  readonly genre: GenreFacteur;
  readonly nom: string;
  readonly dateCreation: string;
  readonly derniereUtilisation: string | null;
}

/** What somebody has, and whether their role asks for it. */
export interface EtatFacteurs {
  readonly facteurs: readonly Facteur[];
  /** Recovery codes that are left. */
  readonly secours: number;
  /** Whether the settings ask a second factor of this person's role. */
  readonly exige: boolean;
}

/** By what the second step of a sign-in may be taken. */
export interface Methodes {
  readonly totp: boolean;
  readonly cle: boolean;
  readonly secours: boolean;
}

/** With what the second step was taken. */
export type Preuve = 'totp' | 'cle' | 'secours';

/** The site as a passkey knows it (WebAuthn § 5.1.2): it signs for this name and no other. */
export interface Site {
  /** Host name without port. */
  readonly rpId: string;
  /** Scheme, host and port. */
  readonly origine: string;
}

/** A secret of an authenticator app that waits for its first code. */
export interface EnrolementTotp {
  /** Base32 (RFC 4648), as one types it. */
  readonly secret: string;
  /** `otpauth://` address for the QR code. */
  readonly uri: string;
}

/** A sign-in whose password was right and whose second step is missing. */
export interface ConnexionEnAttente {
  readonly userId: number;
  /** Hash that the password was compared with, and the one that replaces it, if need be. */
  readonly verifie: string;
  readonly renouvele: string | null;
  /** Where the person wanted to go. */
  readonly next: string;
}

const base64url = z.string().regex(/^[\w-]{1,20000}={0,2}$/);
const extensions = z.record(z.string(), z.unknown()).default({});
const attachment = z.enum(['platform', 'cross-platform']).nullish();

/** What a browser sends of a passkey that was just made; checked in depth by the library. */
const ajoutShape = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
  clientExtensionResults: extensions,
  authenticatorAttachment: attachment,
});

/** What a browser sends of a passkey that signed; checked in depth by the library. */
const signatureShape = z.object({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish(),
  }),
  clientExtensionResults: extensions,
  authenticatorAttachment: attachment,
});

function read<T>(shape: z.ZodType<unknown>, value: unknown): T | null {
  let given = value;
  if (typeof value === 'string') {
    try {
      given = JSON.parse(value);
    } catch {
      return null;
    }
  }
  const parsed = shape.safeParse(given);
  if (!parsed.success) return null;
  // Browsers write null where the library expects nothing.
  return JSON.parse(
    JSON.stringify(parsed.data, (_key, one: unknown) => (one === null ? undefined : one)),
  ) as T;
}

/** Reads a new passkey out of JSON, or the text of it as a form sends it; `null` for anything else. */
export function lireAjout(value: unknown): RegistrationResponseJSON | null {
  return read<RegistrationResponseJSON>(ajoutShape, value);
}

/** Reads a signature of a passkey out of JSON, or the text of it as a form sends it; `null` for anything else. */
export function lireSignature(value: unknown): AuthenticationResponseJSON | null {
  return read<AuthenticationResponseJSON>(signatureShape, value);
}

import { ProtocolError } from './errors.ts';
import { verifyStatement } from './jws.ts';
import { thumbprint, type PublicJwk } from './keys.ts';
import { MAX_KEY_CERTIFICATES } from './limits.ts';
import type {
  KeyRevocationStatement,
  KeyStatement,
  LicenceStatement,
  ReceiptStatement,
  RevocationsStatement,
  StatementOf,
} from './statements.ts';

/** The signing keys that a root vouches for, and what is verified with them. */
export interface Trust {
  /** Thumbprints of the signing keys that count. */
  readonly kids: readonly string[];
  /** The list of revoked keys in force, with its JWS; null when none was seen. */
  readonly krl: { readonly jws: string; readonly statement: KeyRevocationStatement } | null;
  /** The certificates that were accepted, as they came. */
  readonly keyCertificates: readonly string[];
  /** @throws ProtocolError */
  licence(jws: string): Promise<LicenceStatement>;
  /** @throws ProtocolError */
  receipt(jws: string): Promise<ReceiptStatement>;
  /** @throws ProtocolError */
  revocations(jws: string): Promise<RevocationsStatement>;
}

/** What trust is made from. */
export interface TrustInput {
  /** Public root keys, from the code of the program. */
  readonly anchors: readonly PublicJwk[];
  /** `gec-key+jws` statements, from anywhere; those that no root signed are passed over. */
  readonly keyCertificates: readonly string[];
  /** `gec-krl+jws` statements, from anywhere; the valid one with the highest serial counts. */
  readonly krls: readonly (string | null | undefined)[];
}

async function accepted<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/**
 * Works out which signing keys count: certified by a root of `anchors` and not on the newest list of revoked keys. A
 * statement of such a key counts when it was made in the time for which the key is certified. A revoked key counts for
 * nothing, not even for what it signed before: whoever has it can write any date.
 */
export async function establishTrust({ anchors, keyCertificates, krls }: TrustInput): Promise<Trust> {
  const roots = new Map<string, PublicJwk>();
  for (const jwk of anchors) roots.set(await thumbprint(jwk), jwk);
  const root = (kid: string): PublicJwk | null => roots.get(kid) ?? null;

  let krl: Trust['krl'] = null;
  for (const jws of krls) {
    const statement = jws ? await accepted(verifyStatement('gec-krl+jws', jws, root)) : null;
    if (jws && statement && (krl === null || statement.serial > krl.statement.serial))
      krl = { jws, statement };
  }
  const revoked = new Set(krl?.statement.revoked.map(({ kid }) => kid));

  const keys = new Map<string, { statement: KeyStatement; jws: string }>();
  for (const jws of new Set(keyCertificates)) {
    const statement = await accepted(verifyStatement('gec-key+jws', jws, root));
    if (statement === null || (await thumbprint(statement.jwk)) !== statement.kid) continue;
    const known = keys.get(statement.kid);
    if (!known || statement.serial > known.statement.serial) keys.set(statement.kid, { statement, jws });
  }

  /** Verifies with the certified keys; `madeAt` reads when the statement says that it was made. */
  async function verify<T extends 'gec-licence+jws' | 'gec-receipt+jws' | 'gec-revocations+jws'>(
    typ: T,
    jws: string,
    madeAt: (statement: StatementOf<T>) => string,
  ) {
    let key: KeyStatement | undefined;
    const statement = await verifyStatement(typ, jws, (kid) => {
      if (revoked.has(kid)) throw new ProtocolError('REVOKED_KEY', 'signed by a key that was revoked');
      key = keys.get(kid)?.statement;
      return key?.jwk ?? null;
    });
    const at = Date.parse(madeAt(statement));
    if (!key || at < Date.parse(key.not_before) || at > Date.parse(key.not_after)) {
      throw new ProtocolError('KEY_OUT_OF_DATE', 'signed outside the time for which the key is certified');
    }
    return statement;
  }

  const live = [...keys.values()].filter(({ statement }) => !revoked.has(statement.kid));
  live.sort((a, b) => b.statement.serial - a.statement.serial);
  return {
    kids: live.map(({ statement }) => statement.kid),
    krl,
    keyCertificates: live.slice(0, MAX_KEY_CERTIFICATES).map(({ jws }) => jws),
    licence: (jws) => verify('gec-licence+jws', jws, (statement) => statement.issued_at),
    receipt: (jws) => verify('gec-receipt+jws', jws, (statement) => statement.server_time),
    revocations: (jws) => verify('gec-revocations+jws', jws, (statement) => statement.issued_at),
  };
}

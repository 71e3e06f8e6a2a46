import { compactVerify, CompactSign, errors } from 'jose';
import { z } from 'zod';
import { decodeBase64url, decodeUtf8, parseJson } from './encoding.ts';
import { ProtocolError } from './errors.ts';
import { bytes32, publicJwk, thumbprint, type KeyPair, type PublicJwk, type Signer } from './keys.ts';
import {
  STATEMENTS,
  type RequestStatement,
  type StatementOf,
  type StatementType,
  type SyncStatement,
} from './statements.ts';

const ALGORITHM = 'EdDSA';

/** Nothing but these members: no `crit`, no `b64`, no addresses of keys. */
const headerShape = z.strictObject({
  alg: z.string().max(20),
  typ: z.string().max(40),
  kid: bytes32,
  jwk: z.strictObject(publicJwk.shape).optional(),
});
type Header = z.output<typeof headerShape>;

function read(jws: string, max: number): Header {
  if (typeof jws !== 'string') throw new ProtocolError('MALFORMED', 'a statement is a text');
  if (jws.length > max) throw new ProtocolError('TOO_LARGE', `a statement of more than ${max} characters`);
  const parts = jws.split('.');
  const bytes = parts.map((part) => (part === '' ? null : decodeBase64url(part)));
  const [head, body, signature] = bytes;
  if (parts.length !== 3 || !head || !body || signature?.length !== 64) {
    throw new ProtocolError('MALFORMED', 'not a compact JWS with an Ed25519 signature');
  }
  const header = headerShape.safeParse(parseJson(decodeUtf8(head) ?? ''));
  if (!header.success) throw new ProtocolError('MALFORMED', 'the header of the statement is not one of ours');
  return header.data;
}

/**
 * Signs a statement: compact JWS (RFC 7515), `alg` EdDSA (RFC 8037), explicit `typ`, `kid` the signer's thumbprint.
 *
 * @param typ what is said
 * @param payload checked against the shape of the type, so that nothing is signed that nobody would accept
 * @param signer the key and its thumbprint
 * @param embed the public key, for the header of statements by an installation
 * @throws ProtocolError BAD_CONTENT, TOO_LARGE
 */
export async function signStatement<T extends StatementType>(
  typ: T,
  payload: StatementOf<T>,
  signer: Signer,
  embed?: PublicJwk,
): Promise<string> {
  const { shape, max } = STATEMENTS[typ];
  const parsed = shape.safeParse(payload);
  if (!parsed.success) {
    throw new ProtocolError('BAD_CONTENT', `cannot sign this as ${typ}: ${z.prettifyError(parsed.error)}`);
  }
  const jws = await new CompactSign(Buffer.from(JSON.stringify(parsed.data)))
    .setProtectedHeader({
      alg: ALGORITHM,
      typ,
      kid: signer.kid,
      ...(embed && { jwk: publicJwk.parse(embed) }),
    })
    .sign(signer.key);
  if (jws.length > max) throw new ProtocolError('TOO_LARGE', `${typ} would have ${jws.length} characters`);
  return jws;
}

/** Signs a statement of an installation; its public key goes into the header. */
export function signByInstallation<T extends 'gec-sync+jws' | 'gec-request+jws'>(
  typ: T,
  payload: StatementOf<T>,
  pair: KeyPair,
): Promise<string> {
  return signStatement(typ, payload, { kid: pair.kid, key: pair.privateJwk }, pair.publicJwk);
}

/**
 * Verifies a statement: size, spelling, algorithm, type, signature, content, in this order; only then is anything in
 * it believed.
 *
 * @param typ the one type that is expected here
 * @param jws what was received; anything at all
 * @param keyOf the public key of a `kid`; it throws, or answers null, for one that does not count
 * @throws ProtocolError with the reason; never anything else
 */
export async function verifyStatement<T extends StatementType>(
  typ: T,
  jws: string,
  keyOf: (kid: string, embedded: PublicJwk | undefined) => PublicJwk | null | Promise<PublicJwk | null>,
): Promise<StatementOf<T>> {
  const { shape, max } = STATEMENTS[typ];
  const header = read(jws, max);
  if (header.alg !== ALGORITHM) throw new ProtocolError('WRONG_ALGORITHM', 'only EdDSA signs statements');
  if (header.typ !== typ) throw new ProtocolError('WRONG_TYPE', `not a statement of the type ${typ}`);
  const jwk = await keyOf(header.kid, header.jwk);
  if (jwk === null) throw new ProtocolError('UNKNOWN_KEY', 'signed by a key that is not known here');
  let payload: Uint8Array;
  try {
    // The key decides, not the header: no algorithm but this one is tried with it.
    ({ payload } = await compactVerify(jws, { ...jwk, alg: ALGORITHM }, { algorithms: [ALGORITHM] }));
  } catch (cause) {
    const code = cause instanceof errors.JWSSignatureVerificationFailed ? 'BAD_SIGNATURE' : 'MALFORMED';
    throw new ProtocolError(code, 'the signature does not belong to the statement', { cause });
  }
  const parsed = shape.safeParse(parseJson(decodeUtf8(payload) ?? ''));
  if (!parsed.success) {
    throw new ProtocolError('BAD_CONTENT', `not the content of ${typ}: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data as StatementOf<T>;
}

/** A statement of an installation, and the key that proves who made it. */
export interface FromInstallation<S> {
  readonly statement: S;
  readonly jwk: PublicJwk;
  /** Thumbprint of the key. */
  readonly installation: string;
}

async function verifyEmbedded<T extends 'gec-sync+jws' | 'gec-request+jws'>(
  typ: T,
  jws: string,
): Promise<FromInstallation<StatementOf<T>>> {
  let key: PublicJwk | undefined;
  let installation = '';
  const statement = await verifyStatement(typ, jws, async (kid, embedded) => {
    if (!embedded || (await thumbprint(embedded)) !== kid) return null;
    key = embedded;
    installation = kid;
    return embedded;
  });
  return { statement, jwk: key!, installation };
}

/**
 * Verifies a synchronisation request: it is signed by the very installation that it names. Whether the licence belongs
 * to that installation is for the server to look up.
 *
 * @throws ProtocolError
 */
export async function verifySync(jws: string): Promise<FromInstallation<SyncStatement>> {
  const found = await verifyEmbedded('gec-sync+jws', jws);
  if (found.statement.installation !== found.installation) {
    throw new ProtocolError(
      'BAD_CONTENT',
      'the request names another installation than the one that signed it',
    );
  }
  return found;
}

/**
 * Verifies an activation, renewal or deactivation request (also the `proof` of `POST /api/activate`): it is signed by
 * the very installation that it names.
 *
 * @throws ProtocolError
 */
export async function verifyRequest(jws: string): Promise<FromInstallation<RequestStatement>> {
  const found = await verifyEmbedded('gec-request+jws', jws);
  if ((await thumbprint(found.statement.installation)) !== found.installation) {
    throw new ProtocolError(
      'BAD_CONTENT',
      'the request names another installation than the one that signed it',
    );
  }
  return found;
}

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** CBOR (RFC 8949) of what an authenticator sends: small whole numbers, bytes, texts and maps. */
function cbor(value: number | string | Uint8Array | Map<number | string, unknown>): Buffer {
  const head = (major: number, n: number): Buffer =>
    n < 24
      ? Buffer.from([(major << 5) | n])
      : n < 256
        ? Buffer.from([(major << 5) | 24, n])
        : Buffer.from([(major << 5) | 25, n >> 8, n & 0xff]);
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const parts = [...value].flatMap(([key, one]) => [cbor(key), cbor(one as Uint8Array)]);
  return Buffer.concat([head(5, value.size), ...parts]);
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const b64 = (data: Uint8Array) => Buffer.from(data).toString('base64url');

const UP = 0x01;
const UV = 0x04;
const AT = 0x40;

/** How an authenticator misbehaves, for tests of what must be refused. */
export interface Misdeed {
  /** Signs for another place than it was asked from. */
  origin?: string;
  rpId?: string;
  /** Does not check who holds it. */
  unverified?: boolean;
  /** Counts from here instead of going on. */
  counter?: number;
}

/** A passkey in software: it answers as a browser would (WebAuthn level 2, ES256, attestation `none`). */
export function createPasskey(site: { rpId: string; origin: string }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  let counter = 0;

  const clientData = (type: string, challenge: string, { origin = site.origin }: Misdeed) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

  function authData(flags: number, attested: Uint8Array, { rpId = site.rpId, ...misdeed }: Misdeed): Buffer {
    counter = misdeed.counter ?? counter + 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const all = flags | UP | (misdeed.unverified ? 0 : UV);
    return Buffer.concat([sha256(rpId), Buffer.from([all]), count, attested]);
  }

  const outside = { id: b64(id), rawId: b64(id), type: 'public-key', clientExtensionResults: {} };

  return {
    id: outside.id,

    /** Answers `navigator.credentials.create`. */
    create({ challenge }: { challenge: string }, misdeed: Misdeed = {}) {
      const cose = cbor(
        new Map<number, unknown>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(jwk.x ?? '', 'base64url')],
          [-3, Buffer.from(jwk.y ?? '', 'base64url')],
        ]),
      );
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
      const attestation = cbor(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authData(AT, attested, misdeed)],
        ]),
      );
      return {
        ...outside,
        response: {
          clientDataJSON: b64(clientData('webauthn.create', challenge, misdeed)),
          attestationObject: b64(attestation),
          transports: ['internal'],
        },
      };
    },

    /** Answers `navigator.credentials.get`. */
    get({ challenge }: { challenge: string }, misdeed: Misdeed = {}) {
      const data = authData(0, Buffer.alloc(0), misdeed);
      const client = clientData('webauthn.get', challenge, misdeed);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      return {
        ...outside,
        response: {
          clientDataJSON: b64(client),
          authenticatorData: b64(data),
          signature: b64(signature),
          userHandle: null,
        },
      };
    },
  };
}

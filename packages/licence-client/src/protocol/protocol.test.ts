import { CompactSign, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  compareFingerprints,
  decodeBundle,
  decodeRequestFile,
  encodeBundle,
  encodeRequestFile,
  establishTrust,
  fingerprintOf,
  formatTrustAnchor,
  joinFromQr,
  MAX_QR,
  newKeyPair,
  parseTrustAnchor,
  ProtocolError,
  signByInstallation,
  signStatement,
  splitForQr,
  thumbprint,
  verifyRequest,
  verifyStatement,
  verifySync,
  type KeyPair,
  type LicenceStatement,
  type SyncStatement,
} from './index.ts';

const signer = (pair: KeyPair) => ({ kid: pair.kid, key: pair.privateJwk });
const FROM = '2026-01-01T00:00:00.000Z';
const TO = '2027-01-01T00:00:00.000Z';
const ID = '3f0e7c3e-6a0b-4d59-9a34-0d7f5a3c1b20';

let root: KeyPair;
let key: KeyPair;
let installation: KeyPair;
let keyCertificate: string;
let certificate: string;
let licence: LicenceStatement;

const keyStatement = (pair: KeyPair, serial = 1) => ({
  kid: pair.kid,
  jwk: pair.publicJwk,
  not_before: FROM,
  not_after: TO,
  serial,
});

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'accepted';
}

beforeAll(async () => {
  [root, key, installation] = await Promise.all([newKeyPair(), newKeyPair(), newKeyPair()]);
  keyCertificate = await signStatement('gec-key+jws', keyStatement(key), signer(root));
  licence = {
    v: 1,
    license_id: ID,
    license_key_hint: '7K2Q',
    owner: 'Secrétariat Général',
    installation: installation.kid,
    fingerprint: null,
    duration_days: 365,
    duration_label: '12 mois',
    issued_at: '2026-03-01T00:00:00.000Z',
    activated_at: '2026-03-01T00:00:00.000Z',
    expires_at: '2027-03-01T00:00:00.000Z',
    lease_expires_at: '2026-03-31T00:00:00.000Z',
    grace_days: 14,
    seq: 1,
    revocation_epoch: 0,
    state: 'active',
  };
  certificate = await signStatement('gec-licence+jws', licence, signer(key));
});

const trust = (over: Partial<Parameters<typeof establishTrust>[0]> = {}) =>
  establishTrust({ anchors: [root.publicJwk], keyCertificates: [keyCertificate], krls: [], ...over });

describe('a certificate', () => {
  it('is what was signed, under a key that a root certified', async () => {
    expect(await (await trust()).licence(certificate)).toEqual(licence);
  });

  it('is refused under another root, without the certificate of its key, and by a key that certified itself', async () => {
    const other = await newKeyPair();
    expect(await refusal((await trust({ anchors: [other.publicJwk] })).licence(certificate))).toBe(
      'UNKNOWN_KEY',
    );
    expect(await refusal((await trust({ keyCertificates: [] })).licence(certificate))).toBe('UNKNOWN_KEY');
    const own = await signStatement('gec-key+jws', keyStatement(other), signer(other));
    const forged = await signStatement('gec-licence+jws', licence, signer(other));
    expect(await refusal((await trust({ keyCertificates: [own] })).licence(forged))).toBe('UNKNOWN_KEY');
  });

  it('is refused when a signing key certified another one: only roots certify', async () => {
    const other = await newKeyPair();
    const byKey = await signStatement('gec-key+jws', keyStatement(other), signer(key));
    const forged = await signStatement('gec-licence+jws', licence, signer(other));
    const both = await trust({ keyCertificates: [keyCertificate, byKey] });
    expect(await refusal(both.licence(forged))).toBe('UNKNOWN_KEY');
  });

  it('is refused when its key is on the list of revoked keys, of which the highest serial counts', async () => {
    const list = (serial: number, kids: string[]) =>
      signStatement(
        'gec-krl+jws',
        { revoked: kids.map((kid) => ({ kid, at: FROM })), serial, issued_at: FROM },
        signer(root),
      );
    const [empty, revoking] = await Promise.all([list(1, []), list(2, [key.kid])]);
    expect(await refusal((await trust({ krls: [revoking, empty] })).licence(certificate))).toBe(
      'REVOKED_KEY',
    );
    const fake = await signStatement('gec-krl+jws', { revoked: [], serial: 9, issued_at: FROM }, signer(key));
    expect(await refusal((await trust({ krls: [revoking, fake] })).licence(certificate))).toBe('REVOKED_KEY');
  });

  it('is refused when it was signed outside the time of its key', async () => {
    const late = await signStatement(
      'gec-licence+jws',
      { ...licence, issued_at: '2027-02-01T00:00:00.000Z' },
      signer(key),
    );
    expect(await refusal((await trust()).licence(late))).toBe('KEY_OUT_OF_DATE');
  });

  it('never passes for a statement of another type', async () => {
    const { receipt, revocations } = await trust();
    expect(await refusal(receipt(certificate))).toBe('WRONG_TYPE');
    expect(await refusal(revocations(certificate))).toBe('WRONG_TYPE');
    expect(
      await refusal(
        (await trust({ keyCertificates: [keyCertificate, certificate] })).licence(keyCertificate),
      ),
    ).toBe('WRONG_TYPE');
  });
});

describe('confusion of algorithm, type and key', () => {
  const body = () => Buffer.from(JSON.stringify(licence));

  it('refuses none, HMAC under the public key, and other spellings of the algorithm', async () => {
    const { licence: verify } = await trust();
    const head = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
    const signature = certificate.split('.')[2]!;
    const payload = body().toString('base64url');
    for (const alg of ['none', 'None', 'HS256', 'Ed25519', 'ES256', 'eddsa']) {
      const forged = `${head({ alg, typ: 'gec-licence+jws', kid: key.kid })}.${payload}.${signature}`;
      expect(await refusal(verify(forged))).toBe('WRONG_ALGORITHM');
    }
    const secret = Buffer.from(key.publicJwk.x, 'base64url');
    const hmac = await new SignJWT({ ...licence })
      .setProtectedHeader({ alg: 'HS256', typ: 'gec-licence+jws', kid: key.kid })
      .sign(secret);
    expect(['MALFORMED', 'WRONG_ALGORITHM']).toContain(await refusal(verify(hmac)));
  });

  it('refuses headers with anything else in them', async () => {
    const { licence: verify } = await trust();
    for (const extra of [{ jku: 'https://example.cd/k' }, { crit: ['exp'], exp: 1 }, { x5c: ['AA'] }]) {
      const jws = await new CompactSign(body())
        .setProtectedHeader({ alg: 'EdDSA', typ: 'gec-licence+jws', kid: key.kid, ...extra })
        .sign(key.privateJwk, { crit: { exp: true } });
      expect(await refusal(verify(jws))).toBe('MALFORMED');
    }
  });

  it('does not believe a key that the header brings along', async () => {
    const other = await newKeyPair();
    const jws = await signStatement(
      'gec-licence+jws',
      licence,
      { kid: key.kid, key: other.privateJwk },
      other.publicJwk,
    );
    expect(await refusal((await trust()).licence(jws))).toBe('BAD_SIGNATURE');
  });

  it('refuses content that the type does not allow, even when it is signed', async () => {
    const jws = await new CompactSign(Buffer.from(JSON.stringify({ ...licence, state: 'free' })))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'gec-licence+jws', kid: key.kid })
      .sign(key.privateJwk);
    expect(await refusal((await trust()).licence(jws))).toBe('BAD_CONTENT');
  });
});

describe('fuzz', () => {
  it('accepts no certificate with a bit changed, cut, or lengthened, and never crashes', async () => {
    const { licence: verify } = await trust();
    const bytes = Buffer.from(certificate, 'ascii');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(await refusal(verify(changed.toString('latin1'))), `bit ${bit}`).not.toBe('accepted');
    }
    for (let length = 0; length < bytes.length; length += 7) {
      expect(await refusal(verify(certificate.slice(0, length)))).not.toBe('accepted');
    }
    for (const tail of ['=', 'A', '.', '\n', ' ', '.A']) {
      expect(await refusal(verify(certificate + tail))).not.toBe('accepted');
    }
  });

  it('answers anything at all with a reason', async () => {
    const { licence: verify } = await trust();
    const part = fc.oneof(fc.base64String(), fc.json(), fc.string(), fc.constant(certificate.split('.')[0]!));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
        expect(await refusal(verify(parts.join('.')))).not.toBe('accepted');
        expect(await refusal(verifySync(parts.join('.')))).not.toBe('accepted');
        expect(await refusal(verifyRequest(parts.join('.')))).not.toBe('accepted');
      }),
      { numRuns: 300 },
    );
    expect(await refusal(verify('A'.repeat(2_000_000)))).toBe('TOO_LARGE');
  });

  it('reads any file without crashing', () => {
    const seen = (read: () => unknown) => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    };
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array({ maxLength: 300 })), (content) => {
        seen(() => decodeBundle(content));
        seen(() => decodeRequestFile(content));
        if (typeof content === 'string') seen(() => joinFromQr([content]));
      }),
    );
    expect(() => decodeBundle(new Uint8Array(70_000))).toThrow(ProtocolError);
    expect(() => decodeBundle('['.repeat(60_000))).toThrow(ProtocolError);
  });
});

describe('statements of an installation', () => {
  const sync = (): SyncStatement => ({
    license_id: ID,
    installation: installation.kid,
    counter: 1,
    last_receipt_hash: null,
    fingerprint: {},
    client_time: FROM,
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    revocation_epoch: 0,
    app_version: '1.0.0',
  });

  it('carry the key that signed them, and are refused under the name of another', async () => {
    const jws = await signByInstallation('gec-sync+jws', sync(), installation);
    expect(await verifySync(jws)).toEqual({
      statement: sync(),
      jwk: installation.publicJwk,
      installation: installation.kid,
    });
    const other = await newKeyPair();
    const borrowed = await signByInstallation('gec-sync+jws', sync(), other);
    expect(await refusal(verifySync(borrowed))).toBe('BAD_CONTENT');
    const renamed = await signByInstallation('gec-sync+jws', sync(), { ...other, kid: installation.kid });
    expect(await refusal(verifySync(renamed))).toBe('UNKNOWN_KEY');
  });

  it('requests go by file, alone or as JSON', async () => {
    const jws = await signByInstallation(
      'gec-request+jws',
      {
        kind: 'activate',
        license_key: 'ABCDEFGH1234',
        installation: installation.publicJwk,
        fingerprint: {},
        nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
        created_at: FROM,
      },
      installation,
    );
    const file = encodeRequestFile(jws);
    expect(decodeRequestFile(Buffer.from(`\uFEFF${file}\r\n`))).toBe(jws);
    expect(decodeRequestFile(jws)).toBe(jws);
    expect((await verifyRequest(jws)).installation).toBe(installation.kid);
    expect(await refusal(verifySync(jws))).toBe('WRONG_TYPE');
  });
});

describe('bundles and QR codes', () => {
  it('hold a certificate and what proves it', () => {
    const bundle = { v: 1 as const, certificate, key_certificates: [keyCertificate], krl: null };
    expect(decodeBundle(encodeBundle(bundle))).toEqual(bundle);
    expect(decodeBundle(Buffer.from(encodeBundle(bundle)))).toEqual(bundle);
  });

  it('come back from QR codes in any order, and say what is missing', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
          minLength: 1,
          maxLength: 6_000,
        }),
        (text) => {
          const parts = splitForQr(text);
          for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(MAX_QR);
          expect(joinFromQr([...parts].reverse())).toEqual({ complete: true, text });
          if (parts.length > 1) {
            expect(joinFromQr(parts.slice(1))).toEqual({
              complete: false,
              total: parts.length,
              missing: [1],
            });
          }
        },
      ),
    );
  });

  it('refuse codes of two files', () => {
    const [a] = splitForQr('a'.repeat(3_000));
    const [, b] = splitForQr('b'.repeat(3_000));
    expect(() => joinFromQr([a!, b!])).toThrow(ProtocolError);
  });
});

describe('fingerprints', () => {
  const secret = new Uint8Array(32).fill(3);
  const evidence = { domain: 'courrier.example.cd', database: '7301', machine: 'm-1' };

  it('reveal nothing, and differ between installations with the same values', () => {
    const made = fingerprintOf(evidence, secret);
    expect(JSON.stringify(made)).not.toContain('courrier');
    expect(made).not.toEqual(fingerprintOf(evidence, new Uint8Array(32).fill(4)));
    expect(made).toEqual(fingerprintOf({ ...evidence }, secret));
  });

  it('let a small change pass and call a large one so, and say which part it was', () => {
    const was = fingerprintOf(evidence, secret);
    const drift = (over: object) => compareFingerprints(was, fingerprintOf({ ...evidence, ...over }, secret));
    expect(drift({})).toMatchObject({ drift: 0, large: false });
    expect(drift({ domain: 'autre.example.cd' })).toMatchObject({ drift: 0.3, large: false });
    expect(drift({ domain: 'autre.example.cd' }).parts[1]).toEqual({
      part: 'domain',
      weight: 3,
      change: 'changed',
    });
    expect(drift({ database: null })).toMatchObject({ drift: 0.5, large: true });
    expect(drift({ domain: 'x', machine: 'y' }).large).toBe(true);
    expect(compareFingerprints(null, was)).toMatchObject({ drift: 0, large: false });
  });
});

it('hands a trust anchor on as a JWK set, without private halves', async () => {
  const text = formatTrustAnchor([root.privateJwk]);
  expect(parseTrustAnchor(text)).toEqual([root.publicJwk]);
  expect(Buffer.from(text, 'base64url').toString()).not.toContain('"d"');
  expect(() => parseTrustAnchor('nonsense')).toThrow(ProtocolError);
  expect(await thumbprint(root.publicJwk)).toBe(root.kid);
});

it('verifies only with the key that it is given', async () => {
  expect(await refusal(verifyStatement('gec-key+jws', keyCertificate, () => key.publicJwk))).toBe(
    'BAD_SIGNATURE',
  );
  expect(await refusal(verifyStatement('gec-key+jws', keyCertificate, () => null))).toBe('UNKNOWN_KEY');
});

import { randomBytes } from 'node:crypto';
import {
  establishTrust,
  fingerprintOf,
  newKeyPair,
  parseTrustAnchor,
  sha256,
  signByInstallation,
  type Bundle,
  type Evidence,
  type KeyPair,
  type LicenceStatement,
  type ReceiptStatement,
  type RequestStatement,
} from '@gec/licence-client';
import type { TestServer } from './harness.ts';

/** What a test tells of where an installation is. */
const HOME: Evidence = { domain: 'courrier.example.cd', database: 'db-1', machine: 'machine-1' };

/** A client with an installation key, as a test plays it: every answer is verified before it is believed. */
export interface TestInstallation {
  readonly pair: KeyPair;
  /** The certificate last believed. */
  certificate: LicenceStatement | null;
  counter: number;
  lastReceiptHash: string | null;
  epoch: number;
  activate(key: string): Promise<{ status: number; body: Record<string, unknown> }>;
  syncRequest(evidence?: Evidence): Promise<string>;
  send(
    jws: string,
  ): Promise<{ status: number; body: Record<string, unknown>; receipt: ReceiptStatement | null }>;
  sync(evidence?: Evidence): ReturnType<TestInstallation['send']>;
  request(kind: RequestStatement['kind'], key?: string): Promise<string>;
  /** The same data on another machine: same key, same memory. */
  clone(): TestInstallation;
}

/** Makes an installation of a server. */
export async function createInstallation(
  server: TestServer,
  pairOf?: KeyPair,
  from?: Pick<TestInstallation, 'certificate' | 'counter' | 'lastReceiptHash' | 'epoch'>,
): Promise<TestInstallation> {
  const pair = pairOf ?? (await newKeyPair());
  const secret = Buffer.from(pair.kid);
  const { clock, signing } = server.container;
  const nonce = () => randomBytes(16).toString('base64url');

  async function trustIn(bundle: Pick<Bundle, 'key_certificates' | 'krl'>) {
    return establishTrust({
      anchors: parseTrustAnchor(await signing.trustAnchor()),
      keyCertificates: bundle.key_certificates,
      krls: [bundle.krl],
    });
  }

  const post = async (url: string, payload: object) => {
    const answer = await server.app.inject({ method: 'POST', url, payload, remoteAddress: '192.0.2.9' });
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown> };
  };

  const self: TestInstallation = {
    pair,
    certificate: from?.certificate ?? null,
    counter: from?.counter ?? 0,
    lastReceiptHash: from?.lastReceiptHash ?? null,
    epoch: from?.epoch ?? 0,

    async activate(key) {
      const answer = await post('/api/activate', {
        license_key: key,
        domain_fingerprint: 'courrier.example.cd',
        installation: pair.publicJwk,
        fingerprint: fingerprintOf(HOME, secret),
        proof: await self.request('activate', key),
      });
      if (answer.status === 200) {
        const bundle = answer.body['bundle'] as Bundle;
        self.certificate = await (await trustIn(bundle)).licence(bundle.certificate);
      }
      return answer;
    },

    syncRequest: async (evidence = HOME) =>
      signByInstallation(
        'gec-sync+jws',
        {
          license_id: self.certificate!.license_id,
          installation: pair.kid,
          counter: self.counter + 1,
          last_receipt_hash: self.lastReceiptHash,
          fingerprint: fingerprintOf(evidence, secret),
          client_time: clock.now().toISOString(),
          nonce: nonce(),
          revocation_epoch: self.epoch,
          app_version: 'test',
        },
        pair,
      ),

    async send(jws) {
      const answer = await post('/api/sync', { request: jws });
      if (answer.status !== 200) return { ...answer, receipt: null };
      const body = answer.body as { receipt: string; certificate: string; revocations: string } & Bundle;
      const trust = await trustIn(body);
      const receipt = await trust.receipt(body.receipt);
      const certificate = await trust.licence(body.certificate);
      if (receipt.request_hash !== sha256(jws)) throw new Error('a receipt for another request');
      if (!self.certificate || certificate.seq > self.certificate.seq) self.certificate = certificate;
      self.counter = receipt.counter;
      self.lastReceiptHash = sha256(body.receipt);
      self.epoch = (await trust.revocations(body.revocations)).epoch;
      return { ...answer, receipt };
    },

    sync: async (evidence) => self.send(await self.syncRequest(evidence)),

    request: async (kind, key) =>
      signByInstallation(
        'gec-request+jws',
        {
          kind,
          ...(kind === 'activate' ? { license_key: key! } : { license_id: self.certificate!.license_id }),
          installation: pair.publicJwk,
          fingerprint: fingerprintOf(HOME, secret),
          nonce: nonce(),
          created_at: clock.now().toISOString(),
        },
        pair,
      ),

    clone: () => {
      throw new Error('not ready');
    },
  };
  self.clone = () => {
    const copy: TestInstallation = { ...self };
    return Object.assign(copy, bind(copy));
  };

  /** The functions of a copy speak of the copy. */
  function bind(copy: TestInstallation): Pick<TestInstallation, 'syncRequest' | 'send' | 'sync'> {
    const swapped = async <T>(work: () => Promise<T>): Promise<T> => {
      const fields = ['certificate', 'counter', 'lastReceiptHash', 'epoch'] as const;
      const mine = Object.fromEntries(fields.map((field) => [field, self[field]]));
      Object.assign(self, Object.fromEntries(fields.map((field) => [field, copy[field]])));
      try {
        return await work();
      } finally {
        Object.assign(copy, Object.fromEntries(fields.map((field) => [field, self[field]])));
        Object.assign(self, mine);
      }
    };
    const original = { syncRequest: self.syncRequest, send: self.send, sync: self.sync };
    return {
      syncRequest: (evidence) => swapped(() => original.syncRequest(evidence)),
      send: (jws) => swapped(() => original.send(jws)),
      sync: (evidence) => swapped(() => original.sync(evidence)),
    };
  }

  return self;
}

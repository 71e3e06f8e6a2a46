import { randomBytes } from 'node:crypto';
import { systemClock } from '@gec/core';
import { acceptBundle, acceptSync, givenBack, trustOf, type Judge } from './accept.ts';
import type { LicenceClientOptions, LicenceDetails, RequestFile, RequestKind } from './client.types.ts';
import { LicenceError } from './errors.ts';
import { keyOf, readBundle } from './input.ts';
import { createLocalKeeper, type Held } from './keeper.ts';
import {
  activateAnswer,
  compareFingerprints,
  deactivateAnswer,
  encodeRequestFile,
  fingerprintOf,
  ProtocolError,
  sha256,
  signByInstallation,
  splitForQr,
  syncAnswer,
  type Evidence,
  type Fingerprint,
  type KeyPair,
  type LicenceStatement,
  type RequestStatement,
} from './protocol/index.ts';
import { trustedRoots } from './roots.ts';
import { deriveState, type Facts, type LicenceStatus } from './states.ts';
import { observe, worthKeeping } from './time.ts';
import { post, type Fetch } from './transport.ts';

const nonce = (): string => randomBytes(16).toString('base64url');

/**
 * Makes the licence client of a program: a few functions, all of which may be called at any time and from any number of
 * processes that share the storage. See README.md for an example.
 */
export function createLicenceClient(options: LicenceClientOptions) {
  const { storage, installationSecret: secret, clock = systemClock } = options;
  const evidence: () => Evidence | Promise<Evidence> = options.evidence ?? (() => ({}));
  const anchors = trustedRoots(options.trustAnchors);
  const server = options.server ?? null;
  const fetcher: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const keeper = createLocalKeeper({
    storage,
    secret,
    clock,
    installedAt: options.installedAt ?? null,
    refreshMs: options.refreshMs ?? 10_000,
    verify: async (memory, installation) => {
      if (memory.certificate === null) return null;
      const trust = await trustOf(memory, { anchors, installation });
      const licence = await trust.licence(memory.certificate).catch((error: unknown) => {
        if (error instanceof ProtocolError) return null;
        throw error;
      });
      return licence?.installation === installation ? licence : 'refused';
    },
  });

  const judgeOf = ({ identity }: Held): Judge => ({ anchors, installation: identity.kid });
  const place = async (): Promise<Fingerprint> => fingerprintOf(await evidence(), secret);

  function factsOf({ memory, licence, problem }: Held): Facts {
    return {
      installedAt: memory.installed_at === null ? null : new Date(memory.installed_at),
      licence,
      verdict: memory.verdict,
      released: memory.released.length > 0,
      problem,
      time: memory.time,
      signedAt: memory.signed_at,
      alerts: memory.alerts,
    };
  }

  const statusOf = (held: Held): LicenceStatus => deriveState(factsOf(held), clock.now());

  function needServer(): string {
    if (server === null) throw new LicenceError('NO_SERVER', 'no licence server is set');
    return server;
  }

  async function request(
    identity: KeyPair,
    body: Pick<RequestStatement, 'kind' | 'license_key' | 'license_id'>,
  ) {
    const created = { fingerprint: await place(), nonce: nonce(), created_at: clock.now().toISOString() };
    const statement = { ...body, installation: identity.publicJwk, ...created };
    return signByInstallation('gec-request+jws', statement, identity);
  }

  function licenceOf({ licence }: Held): LicenceStatement {
    if (licence === null) throw new LicenceError('NOT_ACTIVATED', 'no licence is active here');
    return licence;
  }

  /** Sends one request and takes its answer over. What goes wrong is remembered for the page, then thrown. */
  async function exchange(jws: string, fresh: boolean): Promise<Held> {
    try {
      const answer = await post(fetcher, needServer(), 'api/sync', { request: jws }, syncAnswer);
      return await keeper.update(async (held) => ({
        memory: await acceptSync(held.memory, judgeOf(held), jws, answer, clock.now(), fresh),
      }));
    } catch (error) {
      if (!(error instanceof LicenceError)) throw error;
      const code = error.serverCode ?? error.code;
      await keeper.update(async ({ memory }) => ({
        memory: {
          ...memory,
          // Only an answer that may have been lost makes sending the same again worth while.
          pending: error.code === 'UNREACHABLE' ? memory.pending : null,
          last_sync: { at: clock.now().toISOString(), error: code },
        },
      }));
      throw error;
    }
  }

  return {
    /**
     * The state of the licence, from what is kept here; no network. Cheap enough for every request: the certificate is
     * verified when the local file changed.
     */
    async state(): Promise<LicenceStatus> {
      let held = await keeper.current();
      // The first look begins the evaluation. A broken file stays as it is until something valid replaces it.
      if (!held.kept && held.content === null) held = (await keeper.begin()) ?? held;
      const { time } = held.memory;
      const seen = observe(time, clock.now().getTime());
      if (held.kept && worthKeeping(time, seen)) {
        const written = await keeper.tryUpdate(async ({ memory }) => ({
          memory: { ...memory, time: observe(memory.time, clock.now().getTime()) },
        }));
        return statusOf(written ?? held);
      }
      return statusOf(held);
    },

    /**
     * Activates a key for this installation, by the network. Asking again with the same key gives the same licence.
     *
     * @param key as typed: spaces, hyphens and lower case are fine
     * @throws LicenceError INVALID_KEY, NO_SERVER, UNREACHABLE, REFUSED (with the server's code), or why the answer was
     *   not accepted
     */
    async activate(key: string): Promise<LicenceStatus> {
      const wanted = keyOf(key);
      const to = needServer();
      // Kept before it is used: an activation whose answer is lost must find the same installation again.
      const { identity } = await keeper.keep();
      const body = {
        license_key: wanted,
        domain_fingerprint: identity.kid,
        client_info: options.product,
        installation: identity.publicJwk,
        fingerprint: await place(),
        proof: await request(identity, { kind: 'activate', license_key: wanted }),
      };
      const answer = await post(fetcher, to, 'api/activate', body, activateAnswer);
      const held = await keeper.update(async (now) => {
        try {
          const taken = await acceptBundle(now.memory, judgeOf(now), answer.bundle, clock.now(), 'activated');
          if (taken.licence.license_key_hint === wanted.slice(-4)) return taken;
        } catch (error) {
          // The server repeats its first answer, and synchronisation has brought something newer since.
          const known = error instanceof LicenceError && error.code === 'OLDER';
          if (known && now.licence?.license_key_hint === wanted.slice(-4)) return { memory: now.memory };
          throw error;
        }
        throw new LicenceError('OTHER_LICENCE', 'the certificate is of another key');
      });
      return statusOf(held);
    },

    /**
     * Asks the server for the licence's state, a new lease and revocations. A request whose answer was lost is sent
     * again first, unchanged.
     *
     * @throws LicenceError NOT_ACTIVATED, NO_SERVER, UNREACHABLE, REFUSED, or why the answer was not accepted; what was
     *   valid before still is
     */
    async sync(): Promise<LicenceStatus> {
      needServer();
      const start = await keeper.keep();
      licenceOf(start);
      if (start.memory.pending !== null) await exchange(start.memory.pending, false);
      let jws = '';
      await keeper.update(async (held) => {
        const { identity, memory } = held;
        const licence = licenceOf(held);
        jws = await signByInstallation(
          'gec-sync+jws',
          {
            license_id: licence.license_id,
            installation: identity.kid,
            counter: memory.counter + 1,
            last_receipt_hash: memory.receipt === null ? null : sha256(memory.receipt),
            fingerprint: await place(),
            client_time: clock.now().toISOString(),
            nonce: nonce(),
            revocation_epoch: memory.revocation_epoch,
            app_version: options.product.slice(0, 60),
          },
          identity,
        );
        return { memory: { ...memory, pending: jws } };
      });
      return statusOf(await exchange(jws, true));
    },

    /**
     * Gives the licence back, so that another installation can have the days that are left.
     *
     * @throws LicenceError NOT_ACTIVATED, NO_SERVER, UNREACHABLE, REFUSED
     */
    async deactivate(): Promise<LicenceStatus> {
      const to = needServer();
      const held = await keeper.keep();
      const licence = licenceOf(held);
      const jws = await request(held.identity, { kind: 'deactivate', license_id: licence.license_id });
      await post(fetcher, to, 'api/deactivate', { request: jws }, deactivateAnswer);
      return statusOf(
        await keeper.update(async (now) => ({ memory: givenBack(now.memory, licence, jws, clock.now()) })),
      );
    },

    /**
     * Makes a request to be carried to the server by hand. A `deactivate` request is the proof that the licence is given
     * back: from then on it does not count here any more, and asking again gives the same proof.
     *
     * @param kind what for
     * @param key for `activate`: the key, as typed
     * @throws LicenceError INVALID_KEY, NOT_ACTIVATED
     */
    async requestFile(kind: RequestKind, key?: string): Promise<RequestFile> {
      const wanted = kind === 'activate' ? keyOf(key ?? '') : undefined;
      const held = await keeper.keep();
      let jws = '';
      if (kind === 'activate') {
        jws = await request(held.identity, { kind, license_key: wanted });
      } else if (kind === 'renew') {
        jws = await request(held.identity, { kind, license_id: licenceOf(held).license_id });
      } else if (held.licence === null && held.memory.released.length > 0) {
        jws = held.memory.released.at(-1)!.request;
      } else {
        await keeper.update(async (now) => {
          const licence = licenceOf(now);
          jws = await request(now.identity, { kind, license_id: licence.license_id });
          return { memory: givenBack(now.memory, licence, jws, clock.now()) };
        });
      }
      const content = encodeRequestFile(jws);
      const name = `${kind}-${held.identity.kid.slice(0, 8)}.gecreq`;
      return { name, content, codes: splitForQr(content) };
    },

    /**
     * Takes over a licence file (`.geclic`), or the lines of its QR codes.
     *
     * @throws LicenceError with the reason; then nothing changed
     */
    async applyFile(content: Uint8Array | string): Promise<LicenceStatus> {
      const bundle = readBundle(content);
      const held = await keeper.update((now) =>
        acceptBundle(now.memory, judgeOf(now), bundle, clock.now(), 'file-applied'),
      );
      return statusOf(held);
    },

    /** Everything that a page about the licence shows; no network. */
    async details(): Promise<LicenceDetails> {
      const held = await keeper.current();
      const { memory, licence, identity } = held;
      return {
        status: statusOf(held),
        licence,
        installation: identity.kid,
        server,
        evidence: compareFingerprints(licence?.fingerprint ?? null, await place()),
        lastSync: memory.last_sync,
        alerts: memory.alerts,
        history: [...memory.history].reverse(),
      };
    },
  };
}

export type LicenceClient = ReturnType<typeof createLicenceClient>;

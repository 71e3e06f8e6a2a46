import {
  DAY_MS,
  decodeRequestFile,
  newKeyPair,
  sha256,
  signStatement,
  verifyRequest,
  verifySync,
  type Bundle,
  type Fetch,
  type Fingerprint,
  type KeyPair,
  type LicenceStatement,
} from '../src/index.ts';

/** One licence of the editor. */
interface Sold {
  key: string;
  id: string;
  days: number;
  state: LicenceStatement['state'];
  reason?: string;
  seq: number;
  installation: string | null;
  activatedAt: number;
  endsAt: number | null;
  fingerprint: Fingerprint | null;
  counter: number;
  lastReceipt: string | null;
  lastRequest: string | null;
  lastAnswer: object | null;
}

const signer = (pair: KeyPair) => ({ kid: pair.kid, key: pair.privateJwk });
const iso = (ms: number): string => new Date(ms).toISOString();

/** A small licence server in memory, with its root and signing keys: what the protocol says, and nothing more. */
export async function createEditor(now: () => number) {
  const root = await newKeyPair();
  let key = await newKeyPair();
  let serial = 0;
  let krl: string | null = null;
  const certificates: string[] = [];
  const sold = new Map<string, Sold>();
  let down = false;
  let loseAnswers = 0;

  async function certify(pair: KeyPair): Promise<void> {
    key = pair;
    certificates.push(
      await signStatement(
        'gec-key+jws',
        {
          kid: pair.kid,
          jwk: pair.publicJwk,
          not_before: iso(now() - DAY_MS),
          not_after: iso(now() + 3_650 * DAY_MS),
          serial: ++serial,
        },
        signer(root),
      ),
    );
  }
  await certify(key);

  async function certificateOf(licence: Sold): Promise<string> {
    const at = now();
    const end = licence.endsAt ?? at;
    return signStatement(
      'gec-licence+jws',
      {
        v: 1,
        license_id: licence.id,
        license_key_hint: licence.key.slice(-4),
        installation: licence.installation ?? '',
        fingerprint: licence.fingerprint,
        duration_days: licence.days,
        duration_label: `${licence.days} jours`,
        issued_at: iso(at),
        activated_at: iso(licence.activatedAt),
        expires_at: iso(end),
        lease_expires_at: iso(Math.min(end, at + 30 * DAY_MS)),
        grace_days: 14,
        seq: ++licence.seq,
        revocation_epoch: 0,
        state: licence.state,
        reason: licence.reason,
      },
      signer(key),
    );
  }

  async function bundleOf(licence: Sold): Promise<Bundle> {
    return { v: 1, certificate: await certificateOf(licence), key_certificates: [...certificates], krl };
  }

  class Refusal extends Error {}

  function take(key: string, installation: string, fingerprint: Fingerprint): Sold {
    const licence = sold.get(key);
    if (!licence) throw new Refusal('NOT_FOUND');
    if (licence.installation !== null && licence.installation !== installation)
      throw new Refusal('ALREADY_USED');
    if (licence.installation === null) {
      licence.installation = installation;
      licence.activatedAt = now();
      licence.endsAt ??= now() + licence.days * DAY_MS;
      licence.fingerprint = fingerprint;
    }
    return licence;
  }

  const byId = (id: string | undefined): Sold => {
    for (const licence of sold.values()) if (licence.id === id) return licence;
    throw new Refusal('NOT_FOUND');
  };

  function release(jwsInstallation: string, id: string | undefined): void {
    const licence = byId(id);
    if (licence.installation !== jwsInstallation) throw new Refusal('ALREADY_USED');
    licence.installation = null;
  }

  async function offline(request: string): Promise<object> {
    const { statement, installation } = await verifyRequest(request);
    if (statement.kind === 'activate') {
      return bundleOf(take(statement.license_key ?? '', installation, statement.fingerprint));
    }
    if (statement.kind === 'deactivate') {
      release(installation, statement.license_id);
      return { success: true };
    }
    const licence = byId(statement.license_id);
    if (licence.installation !== installation) throw new Refusal('ALREADY_USED');
    return bundleOf(licence);
  }

  async function sync(request: string): Promise<object> {
    const { statement, installation } = await verifySync(request);
    const licence = byId(statement.license_id);
    if (licence.installation !== installation) throw new Refusal('ALREADY_USED');
    if (licence.lastRequest === request && licence.lastAnswer) return licence.lastAnswer;
    const chained =
      statement.counter === licence.counter + 1 &&
      statement.last_receipt_hash === (licence.lastReceipt && sha256(licence.lastReceipt));
    licence.counter = Math.max(licence.counter + 1, statement.counter);
    const certificate = await certificateOf(licence);
    const receipt = await signStatement(
      'gec-receipt+jws',
      {
        license_id: licence.id,
        installation,
        counter: licence.counter,
        request_hash: sha256(request),
        server_time: iso(now()),
        nonce: statement.nonce,
        previous_receipt_hash: licence.lastReceipt && sha256(licence.lastReceipt),
        state: licence.state,
        certificate_seq: licence.seq,
        alerts: chained ? [] : ['clone-or-restore'],
      },
      signer(key),
    );
    licence.lastReceipt = receipt;
    licence.lastRequest = request;
    licence.lastAnswer = { receipt, certificate, key_certificates: [...certificates], krl };
    return licence.lastAnswer;
  }

  async function answer(path: string, body: Record<string, never>): Promise<object> {
    if (path === '/api/sync') return sync(body['request']!);
    if (path === '/api/activate') {
      const { statement, installation } = await verifyRequest(body['proof']!);
      const licence = take(statement.license_key ?? '', installation, statement.fingerprint);
      const bundle = await bundleOf(licence);
      return {
        success: true,
        activated_at: iso(licence.activatedAt),
        expires_at: iso(licence.endsAt ?? 0),
        bundle,
      };
    }
    return offline(body['request']!);
  }

  const fetch: Fetch = async (url, init) => {
    if (down) throw new TypeError('fetch failed');
    const respond = (status: number, content: object) =>
      new Response(JSON.stringify(content), { status, headers: { 'content-type': 'application/json' } });
    try {
      const body = JSON.parse(String(init.body)) as Record<string, never>;
      const content = await answer(new URL(url).pathname, body);
      if (loseAnswers > 0) {
        loseAnswers--;
        throw new TypeError('fetch failed');
      }
      return respond(200, content);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return respond(400, { success: false, message: 'Refus', error_code: error.message });
    }
  };

  return {
    root: root.publicJwk,
    fetch,
    signer: () => signer(key),
    /** Sells a key of so many days. */
    sell(key: string, days: number): Sold {
      const licence: Sold = {
        key,
        id: crypto.randomUUID(),
        days,
        state: 'active',
        seq: 0,
        installation: null,
        activatedAt: 0,
        endsAt: null,
        fingerprint: null,
        counter: 0,
        lastReceipt: null,
        lastRequest: null,
        lastAnswer: null,
      };
      sold.set(key, licence);
      return licence;
    },
    judge(key: string, state: Sold['state'], reason?: string): void {
      Object.assign(sold.get(key)!, { state, reason });
    },
    /** Answers a request file with a licence file. */
    offline: async (file: string): Promise<string> => JSON.stringify(await offline(decodeRequestFile(file))),
    setDown: (value: boolean) => (down = value),
    loseNextAnswer: () => (loseAnswers = 1),
    /** Puts another signing key in force; `revoke` also takes the former one back. */
    async rotate(revoke: boolean): Promise<void> {
      const former = key.kid;
      await certify(await newKeyPair());
      const revoked = revoke ? [{ kid: former, at: iso(now()) }] : [];
      krl = await signStatement('gec-krl+jws', { revoked, serial, issued_at: iso(now()) }, signer(root));
    },
  };
}

export type Editor = Awaited<ReturnType<typeof createEditor>>;

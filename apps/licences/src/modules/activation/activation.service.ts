import { randomUUID } from 'node:crypto';
import type { Bundle } from '@gec/licence-client';
import type { Base } from '../../context.ts';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { DefenceService } from '../defence/defence.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import { hasValidCheck, isKeyShaped, KEY_LENGTH, normalizeKey } from '../licenses/licenses.policy.ts';
import type { License } from '../licenses/licenses.schema.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import type { SigningService } from '../signing/signing.service.ts';
import type { WebhooksService } from '../webhooks/webhooks.service.ts';
import type { ActivationRepo } from './activation.repo.ts';
import type {
  Activated,
  Activation,
  ActivationRequest,
  Client,
  LookupRefusal,
  ValidKey,
} from './activation.schema.ts';
import { clientActor, createTaking } from './activation.taking.ts';
import { certificateClaims, fingerprintInstallation, leaseEnd, licenseEnd } from './certificate.ts';

/** What activation needs. */
export interface ActivationDeps extends Pick<Base, 'database' | 'clock'> {
  repo: ActivationRepo;
  licenses: Pick<LicensesService, 'lookup' | 'touched'>;
  signing: Pick<SigningService, 'sign' | 'proofs' | 'stillCounts'>;
  defence: Pick<DefenceService, 'wait' | 'failed'>;
  alerts: Pick<AlertsService, 'raise'>;
  webhooks: Pick<WebhooksService, 'prepare' | 'wants' | 'emit'>;
  journal: Pick<JournalService, 'recordAll' | 'reserve' | 'prepare'>;
}

/** How often a change by somebody else in the same moment makes us look again. */
const ATTEMPTS = 5;
const EPOCH_MS = 5_000;
/** No licence has this id: looking for its activation costs what looking for a real one does. */
const NO_LICENSE = 0;

/** Whether an activation was made by whoever asks: by the installation's key where both have one, else by fingerprint. */
function isSame(activation: Activation, request: ActivationRequest, digests: readonly string[]): boolean {
  if (request.installation && activation.installationJwk !== null) {
    return activation.installation === request.installation.thumbprint;
  }
  return digests.includes(activation.fingerprintDigest);
}

/** Validating and activating keys (CONTRACT.md): one conditional UPDATE decides who gets a key. */
export function createActivationService(deps: ActivationDeps) {
  const { database, clock, repo, licenses, signing, defence, webhooks } = deps;
  let epoch = { value: 0, readAt: Number.NEGATIVE_INFINITY };

  /** A certificate may name a somewhat older epoch: its holder then asks for more, never for less. */
  async function currentEpoch(): Promise<number> {
    if (Date.now() - epoch.readAt > EPOCH_MS) epoch = { value: await repo.epoch(), readAt: Date.now() };
    return epoch.value;
  }

  async function bundleOf(certificate: string): Promise<Bundle> {
    const { keyCertificates, krl } = await signing.proofs();
    return { v: 1, certificate, key_certificates: [...keyCertificates], krl };
  }

  /** Why a key cannot be activated now; null when it can. */
  function refusalOf(license: License | null, key: string): LookupRefusal | null {
    if (!license) {
      // A key without a check character may have been imported, so the database was asked first.
      return { ok: false, code: isKeyShaped(key) && hasValidCheck(key) ? 'NOT_FOUND' : 'INVALID_FORMAT' };
    }
    if (license.isUsed) return { ok: false, code: 'ALREADY_USED', usedDate: license.usedDate };
    const ended = license.expiresAt !== null && Date.parse(license.expiresAt) <= clock.now().getTime();
    return license.isActive && !ended ? null : { ok: false, code: 'INACTIVE' };
  }

  /** Notes a refusal; every reason takes the same way, so that the time of the answer tells nothing of it. */
  async function refuse(
    client: Client,
    action: 'validation.failure' | 'activation.refused',
    license: License | null,
    refusal: LookupRefusal,
  ): Promise<LookupRefusal> {
    await defence.failed({
      actor: clientActor(client),
      entry: { action, licenseId: license?.id ?? null, details: { code: refusal.code } },
      weight: license === null ? 1 : 0,
    });
    return refusal;
  }

  /** Null, without a promise that would have to be waited for, as long as nobody at all is braked. */
  function braked(client: Client): null | Promise<LookupRefusal | null> {
    const wait = defence.wait(client.ip);
    if (wait === 0) return null;
    return Promise.resolve(wait).then((retryAfter) =>
      retryAfter > 0 ? { ok: false, code: 'TOO_MANY_ATTEMPTS', retryAfter } : null,
    );
  }

  /** The certificate in force; signed anew when the key that signed it was revoked since. */
  async function certificateOf(license: License, held: Activation): Promise<string> {
    if (await signing.stillCounts(held.certificate)) return held.certificate;
    const now = clock.now();
    const leaseExpiresAt = leaseEnd(now, held.expiresAt);
    const claims = certificateClaims(license, {
      ...held,
      issuedAt: now.toISOString(),
      leaseExpiresAt,
      seq: license.seq + 1,
      epoch: await currentEpoch(),
    });
    const certificate = await signing.sign('gec-licence+jws', claims);
    const kept = await database.transaction(async (trx) => {
      if (!(await repo.nextSeq(trx, license.id, license.seq))) return false;
      await repo.keepCertificate(trx, held.id, certificate, leaseExpiresAt);
      return true;
    });
    // Somebody else renewed it in the same moment: theirs is in force.
    return kept ? certificate : ((await repo.open(license.id))?.certificate ?? certificate);
  }

  async function answerOf(license: License, activation: Activation): Promise<Activated> {
    // The first request may still wait for the medium: what is granted by it must last before it is granted again.
    await database.settled();
    return {
      ok: true,
      activatedAt: activation.activatedAt,
      expiresAt: activation.expiresAt,
      durationDays: license.durationDays,
      durationLabel: license.durationLabel,
      bundle: await bundleOf(await certificateOf(license, activation)),
    };
  }

  const takeTogether = createTaking(deps);

  /** Signs a certificate and takes the key with it; null when somebody else changed the licence in between. */
  async function take(
    license: License,
    request: ActivationRequest,
    client: Client,
  ): Promise<Activated | null> {
    const now = clock.now();
    const activatedAt = now.toISOString();
    const expiresAt = licenseEnd(license, now);
    const leaseExpiresAt = leaseEnd(now, expiresAt);
    const installation = request.installation?.thumbprint ?? fingerprintInstallation(request.fingerprint);
    const claims = certificateClaims(license, {
      installation,
      parts: request.parts,
      issuedAt: activatedAt,
      activatedAt,
      expiresAt,
      leaseExpiresAt,
      seq: license.seq + 1,
      epoch: await currentEpoch(),
    });
    const certificate = await signing.sign('gec-licence+jws', claims);
    const bundle = await bundleOf(certificate);
    await webhooks.prepare();
    const publicId = randomUUID();
    const taken = await takeTogether({
      license,
      client,
      activation: {
        publicId,
        licenseId: license.id,
        fingerprint: request.fingerprint,
        activatedAt,
        expiresAt,
        ip: client.ip,
        clientInfo: request.clientInfo,
        installation,
        installationJwk: request.installation ? JSON.stringify(request.installation.jwk) : null,
        parts: request.parts,
        certificate,
        leaseExpiresAt,
      },
    });
    if (!taken) return null;
    licenses.touched();
    const { durationDays, durationLabel } = license;
    return { ok: true, activatedAt, expiresAt, durationDays, durationLabel, bundle };
  }

  return {
    bundleOf,
    currentEpoch,

    /** Whether a key could be activated now. Activates nothing. */
    async validate(input: string, client: Client): Promise<ValidKey | LookupRefusal> {
      const braking = braked(client);
      const wait = braking && (await braking);
      if (wait) return wait;
      const key = normalizeKey(input).slice(0, KEY_LENGTH + 1);
      const license = await licenses.lookup(key);
      const refusal = refusalOf(license, key);
      if (refusal || !license) return refuse(client, 'validation.failure', license, refusal!);
      const { durationDays, durationLabel } = license;
      return { ok: true, key, durationDays, durationLabel };
    },

    /** What `validate` would answer, for an administrator: nothing is counted, and the licence is named. */
    async inspect(input: string): Promise<{ result: ValidKey | LookupRefusal; licenseId: number | null }> {
      const key = normalizeKey(input).slice(0, KEY_LENGTH + 1);
      const license = await licenses.lookup(key);
      const refusal = refusalOf(license, key);
      const licenseId = license?.id ?? null;
      if (refusal || !license) return { result: refusal!, licenseId };
      const { durationDays, durationLabel } = license;
      return { result: { ok: true, key, durationDays, durationLabel }, licenseId };
    },

    /**
     * Activates a key for an installation. Of any number of rivals one succeeds; the same installation asking again
     * gets its first answer, so that an answer lost on the way burns no key.
     */
    async activate(request: ActivationRequest, client: Client): Promise<Activated | LookupRefusal> {
      const braking = braked(client);
      const wait = braking && (await braking);
      if (wait) return wait;
      const key = normalizeKey(request.key).slice(0, KEY_LENGTH + 1);
      const digests = repo.digestsOf(request.fingerprint);
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const license = await licenses.lookup(key);
        const refusal = refusalOf(license, key);
        if (license && !refusal) {
          const activated = await take(license, request, client);
          if (activated) return activated;
          continue;
        }
        const activation = await repo.open(license?.id ?? NO_LICENSE);
        if (license?.isUsed && activation && isSame(activation, request, digests)) {
          return answerOf(license, activation);
        }
        return refuse(client, 'activation.refused', license, refusal!);
      }
      const license = await licenses.lookup(key);
      return refuse(client, 'activation.refused', license, {
        ok: false,
        code: 'ALREADY_USED',
        usedDate: license?.usedDate ?? null,
      });
    },
  };
}

export type ActivationService = ReturnType<typeof createActivationService>;

import { AppError, timestamp } from '@gec/core';
import {
  sha256,
  verifyRequest,
  verifySync,
  type Bundle,
  type Fingerprint,
  type RequestStatement,
  type SyncAnswer,
  type SyncStatement,
} from '@gec/licence-client';
import type { Base } from '../../context.ts';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { DefenceService } from '../defence/defence.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import type { SigningService } from '../signing/signing.service.ts';
import type { WebhooksService } from '../webhooks/webhooks.service.ts';
import type { ActivationRepo } from './activation.repo.ts';
import type { Activated, Activation, Client, LookupRefusal } from './activation.schema.ts';
import type { ActivationService } from './activation.service.ts';
import { clientActor } from './activation.taking.ts';
import { activationTexts } from './activation.texts.ts';
import { certificateClaims, leaseEnd } from './certificate.ts';
import { createHolders, refuseStale, type Holder } from './sync.holder.ts';
import { createReleases } from './sync.release.ts';
import { createReviews, reviewOf } from './sync.review.ts';

/** What synchronisation needs. */
export interface SyncDeps extends Pick<Base, 'database' | 'clock'> {
  repo: ActivationRepo;
  activation: Pick<ActivationService, 'activate' | 'bundleOf' | 'currentEpoch'>;
  licenses: Pick<LicensesService, 'find' | 'findByPublicId' | 'changeOne' | 'touched'>;
  signing: Pick<SigningService, 'sign' | 'proofs'>;
  defence: Pick<DefenceService, 'wait' | 'failed'>;
  alerts: Pick<AlertsService, 'raise' | 'settle'>;
  webhooks: Pick<WebhooksService, 'prepare'>;
  journal: Pick<JournalService, 'record'>;
}

const ATTEMPTS = 5;

/** Renewing, comparing, releasing: everything that happens to an activation after it was made. */
export function createSyncService(deps: SyncDeps) {
  const { database, clock, repo, activation, signing, alerts, webhooks, journal } = deps;
  const holders = createHolders(deps);
  const { brake, verified, holderOf } = holders;
  const { deactivateBy, transfer } = createReleases({ ...deps, holders });

  async function certificateFor({ license, activation: held }: Holder, now: Date, parts: Fingerprint | null) {
    const leaseExpiresAt = leaseEnd(now, held.expiresAt);
    const claims = certificateClaims(license, {
      installation: held.installation,
      parts,
      issuedAt: now.toISOString(),
      activatedAt: held.activatedAt,
      expiresAt: held.expiresAt,
      leaseExpiresAt,
      seq: license.seq + 1,
      epoch: await activation.currentEpoch(),
    });
    return { certificate: await signing.sign('gec-licence+jws', claims), leaseExpiresAt };
  }

  /** Decisions since an epoch, signed. Of other licences only the state is told, never the reason. */
  async function revocationsSince(epoch: number, own: string): Promise<string> {
    const delta = await repo.revocationsSince(epoch);
    return signing.sign('gec-revocations+jws', {
      epoch: delta.epoch,
      issued_at: timestamp(clock),
      entries: delta.entries.map((entry) => ({
        license_id: entry.license_id,
        state: entry.state,
        ...(entry.license_id === own && entry.reason ? { reason: entry.reason.slice(0, 300) } : {}),
        at: entry.at,
      })),
    });
  }

  /** One attempt at a synchronisation; null when another request came in between. */
  async function attempt(client: Client, jws: string, statement: SyncStatement): Promise<SyncAnswer | null> {
    const holder = await holderOf(client, statement.license_id, statement.installation);
    const { license, activation: held } = holder;
    const requestHash = sha256(jws);
    if (held.lastRequestHash === requestHash && held.lastAnswer !== null) {
      // The first answer may still wait for the medium: a receipt must not be told that a power cut takes back.
      await database.settled();
      return JSON.parse(held.lastAnswer) as SyncAnswer;
    }
    const diverged =
      statement.counter !== held.syncCounter + 1 || statement.last_receipt_hash !== held.lastReceiptHash;
    const now = clock.now();
    const review = reviewOf(holder, statement.fingerprint, now);
    const { certificate, leaseExpiresAt } = await certificateFor(holder, now, review.base);
    const receipt = await signing.sign('gec-receipt+jws', {
      license_id: license.publicId,
      installation: held.installation,
      counter: statement.counter,
      request_hash: requestHash,
      server_time: now.toISOString(),
      nonce: statement.nonce,
      previous_receipt_hash: statement.last_receipt_hash,
      state: license.state,
      certificate_seq: license.seq + 1,
      alerts: [...(diverged ? ['clone-or-restore'] : []), ...(review.until ? ['domain-review'] : [])],
    });
    const { keyCertificates, krl } = await signing.proofs();
    const answer: SyncAnswer = {
      receipt,
      certificate,
      revocations: await revocationsSince(statement.revocation_epoch, license.publicId),
      key_certificates: [...keyCertificates],
      krl,
    };
    await webhooks.prepare();
    const kept = await database
      .transaction(async (trx) => {
        const kept =
          (await repo.nextSeq(trx, license.id, license.seq)) &&
          (await repo.keepSync(trx, held, {
            at: now.toISOString(),
            counter: statement.counter,
            receiptHash: sha256(receipt),
            requestHash,
            answer: JSON.stringify(answer),
            certificate,
            leaseExpiresAt,
            reviewUntil: review.until,
            reviewParts: review.parts,
            parts: review.base,
          }));
        if (!kept) throw new LostRace();
        const subject = { licenseId: license.id, subject: license.id, details: { hint: license.keyHint } };
        const actor = clientActor(client);
        if (diverged) {
          await alerts.raise(trx, { kind: 'clone-or-restore', severity: 'danger', ...subject });
          await journal.record(trx, actor, {
            action: 'sync.divergence',
            licenseId: license.id,
            details: { counter: statement.counter, expected: held.syncCounter + 1 },
          });
        }
        if (review.opened)
          await alerts.raise(trx, { kind: 'fingerprint-changed', severity: 'warning', ...subject });
        if (review.closed) await alerts.settle(trx, actor, license.id, 'fingerprint-changed', 'back');
        return true;
      })
      .catch((error: unknown) => {
        if (error instanceof LostRace) return false;
        throw error;
      });
    return kept ? answer : null;
  }

  async function renew(client: Client, statement: RequestStatement, installation: string): Promise<Bundle> {
    for (let i = 0; i < ATTEMPTS; i++) {
      const holder = await holderOf(client, statement.license_id ?? '', installation);
      refuseStale(client, statement, holder.activation);
      const { license, activation: held } = holder;
      const { certificate, leaseExpiresAt } = await certificateFor(holder, clock.now(), held.parts);
      const kept = await database.transaction(async (trx) => {
        if (!(await repo.nextSeq(trx, license.id, license.seq))) return false;
        await repo.keepCertificate(trx, held.id, certificate, leaseExpiresAt);
        return true;
      });
      if (!kept) continue;
      const revocations = await revocationsSince(0, license.publicId);
      return { ...(await activation.bundleOf(certificate)), revocations };
    }
    throw new AppError('unavailable', 'BUSY', activationTexts(client.lang).busy);
  }

  return {
    /**
     * Renews a certificate on the request of the installation itself. The very same request again gets the very same
     * answer. A counter that comes back with another content raises an alert and is answered all the same.
     *
     * @param jws `gec-sync+jws`
     * @throws AppError invalid `INVALID_REQUEST`; not-found `UNKNOWN_LICENCE`; conflict `RELEASED`; locked-out
     */
    async sync(jws: string, client: Client): Promise<SyncAnswer> {
      await brake(client);
      const { statement } = await verified(client, verifySync(jws));
      for (let i = 0; i < ATTEMPTS; i++) {
        const answer = await attempt(client, jws, statement);
        if (answer) return answer;
      }
      throw new AppError('unavailable', 'BUSY', activationTexts(client.lang).busy);
    },

    /**
     * Frees a licence on the request of its installation; the remaining days go to the next one.
     *
     * @param jws `gec-request+jws` of the kind `deactivate`
     * @throws AppError as `sync`, and conflict `STALE_REQUEST`
     */
    async deactivate(jws: string, client: Client): Promise<void> {
      await brake(client);
      const { statement, installation } = await verified(client, verifyRequest(jws));
      if (statement.kind !== 'deactivate') {
        throw new AppError('invalid', 'INVALID_REQUEST', activationTexts(client.lang).badRequest);
      }
      await deactivateBy(client, statement, installation);
    },

    /**
     * Serves an installation without a network: a request file in, a bundle out (null after a deactivation).
     *
     * @param jws `gec-request+jws`
     * @returns the bundle, or the refusal of an activation
     * @throws AppError as `deactivate`
     */
    async offline(jws: string, client: Client): Promise<Bundle | LookupRefusal | null> {
      await brake(client);
      const { statement, installation, jwk } = await verified(client, verifyRequest(jws));
      if (statement.kind === 'deactivate') {
        await deactivateBy(client, statement, installation);
        return null;
      }
      if (statement.kind === 'renew') return renew(client, statement, installation);
      const result: Activated | LookupRefusal = await activation.activate(
        {
          key: statement.license_key ?? '',
          fingerprint: `installation:${installation}`,
          clientInfo: 'offline',
          installation: { thumbprint: installation, jwk },
          parts: statement.fingerprint,
        },
        client,
      );
      return result.ok ? result.bundle : result;
    },

    transfer,
    ...createReviews(deps),

    /** Every activation of a licence, newest first, with what its installation said of itself. */
    activations: (licenseId: number): Promise<(Activation & { fingerprint: string })[]> =>
      repo.ofLicense(licenseId),
  };
}

/** Another request changed the same activation: everything of this attempt is taken back. */
class LostRace extends Error {}

export type SyncService = ReturnType<typeof createSyncService>;

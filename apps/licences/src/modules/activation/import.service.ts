import { randomUUID } from 'node:crypto';
import type { Actor } from '@gec/core';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ImportedKey, PreparedKey } from '../licenses/licenses.schema.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import type { SigningService } from '../signing/signing.service.ts';
import type { ActivationRepo } from './activation.repo.ts';
import type { NewActivation } from './activation.rows.ts';
import { certificateClaims, fingerprintInstallation, leaseEnd } from './certificate.ts';
import type { ImportReport } from './import.schema.ts';

/** What an import needs. */
export interface ImportDeps extends Pick<Base, 'database' | 'clock'> {
  repo: ActivationRepo;
  licenses: Pick<LicensesService, 'importPart' | 'known' | 'unflagged' | 'flagPublished' | 'touched'>;
  signing: Pick<SigningService, 'sign'>;
  journal: Pick<JournalService, 'record'>;
}

const PART = 500;

/** A key with the activation that used it, ready to be written but for the id of its licence. */
interface Prepared {
  readonly key: PreparedKey;
  readonly activation: Omit<NewActivation, 'licenseId'> | null;
}

/** Takes keys over from elsewhere, with their activations. Of those that are here already only the flag « made public » is set. */
export function createImportService({ database, clock, repo, licenses, signing, journal }: ImportDeps) {
  /** Names the licence of a key, and makes a certificate of ours for its installation, so that it can ask again. */
  async function prepare(imported: ImportedKey): Promise<Prepared> {
    const key: PreparedKey = { ...imported, publicId: randomUUID() };
    const former = imported.activation;
    if (!former) return { key, activation: null };
    const now = clock.now();
    const installation = fingerprintInstallation(former.fingerprint);
    const leaseExpiresAt = leaseEnd(now, former.expiresAt);
    const license = {
      publicId: key.publicId,
      keyHint: key.key.slice(-4),
      owner: key.owner,
      durationDays: key.durationDays,
      durationLabel: key.durationLabel,
      state: 'active' as const,
      stateReason: null,
    };
    const claims = certificateClaims(license, {
      installation,
      parts: null,
      issuedAt: now.toISOString(),
      activatedAt: former.activatedAt,
      expiresAt: former.expiresAt,
      leaseExpiresAt,
      seq: 1,
      epoch: 0,
    });
    const activation = {
      publicId: randomUUID(),
      fingerprint: former.fingerprint,
      activatedAt: former.activatedAt,
      expiresAt: former.expiresAt,
      ip: former.ip,
      clientInfo: former.clientInfo,
      installation,
      installationJwk: null,
      parts: null,
      certificate: await signing.sign('gec-licence+jws', claims),
      leaseExpiresAt,
    };
    return { key, activation };
  }

  /** Writes one part: keys, activations and journal together, so that an interruption leaves no half key. */
  async function store(
    actor: Actor,
    batchId: number | null,
    part: readonly ImportedKey[],
    label: string,
  ): Promise<{ batchId: number | null; stored: ImportedKey[] }> {
    const prepared = await Promise.all(part.map(prepare));
    return database.transaction(async (trx) => {
      const keys = prepared.map(({ key }) => key);
      const made = await licenses.importPart(trx, actor, batchId, keys, label);
      const activations = prepared.flatMap(({ key, activation }) => {
        const licenseId = made.ids.get(key.key);
        return activation && licenseId !== undefined ? [{ ...activation, licenseId }] : [];
      });
      if (activations.length > 0) await repo.insert(trx, activations);
      if (made.ids.size > 0) {
        await journal.record(trx, actor, {
          action: 'license.import',
          details: { batch: made.batchId, keys: made.ids.size },
        });
      }
      return { batchId: made.batchId, stored: part.filter(({ key }) => made.ids.has(key)) };
    });
  }

  async function flag(actor: Actor, keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await database.transaction(async (trx) => {
      const flagged = await licenses.flagPublished(trx, keys);
      await journal.record(trx, actor, { action: 'license.import', details: { published: flagged } });
    });
  }

  return {
    /**
     * Imports keys as one batch, in parts: what was imported before an interruption stays, and is known the next time.
     * Keys that are here already are noted as made public when the import says so; nothing else of them changes.
     *
     * @param options.dry only says what would happen
     */
    async run(
      actor: Actor,
      keys: readonly ImportedKey[],
      options: {
        label: string;
        dry: boolean;
        onProgress?: ((done: number, total: number) => void) | undefined;
      },
    ): Promise<ImportReport> {
      const unique = [...new Map(keys.map((key) => [key.key, key])).values()];
      const known = await licenses.known(unique.map(({ key }) => key));
      const fresh = unique.filter(({ key }) => !known.has(key));
      const madePublic = unique.filter(({ key, published }) => published && known.has(key));
      const toFlag = await licenses.unflagged(madePublic.map(({ key }) => key));
      let stored: ImportedKey[] = fresh;
      if (!options.dry) {
        stored = [];
        let batchId: number | null = null;
        for (let from = 0; from < fresh.length; from += PART) {
          const done = await store(actor, batchId, fresh.slice(from, from + PART), options.label);
          batchId = done.batchId;
          stored.push(...done.stored);
          options.onProgress?.(Math.min(from + PART, fresh.length), fresh.length);
        }
        await flag(actor, toFlag);
        licenses.touched();
      }
      return {
        total: keys.length,
        added: stored.length,
        known: unique.length - stored.length,
        doubles: keys.length - unique.length,
        used: stored.filter(({ isUsed }) => isUsed).length,
        activations: stored.filter(({ activation }) => activation !== null).length,
        published: stored.filter(({ published }) => published).length,
        flagged: toFlag.length,
      };
    },
  };
}

export type ImportService = ReturnType<typeof createImportService>;

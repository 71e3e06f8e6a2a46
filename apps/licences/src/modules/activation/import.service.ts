import { randomUUID } from 'node:crypto';
import { timestamp, type Actor } from '@gec/core';
import type { Base } from '../../context.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { ImportedKey, License } from '../licenses/licenses.schema.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import type { SigningService } from '../signing/signing.service.ts';
import type { ActivationRepo, NewActivation } from './activation.repo.ts';
import { certificateClaims, fingerprintInstallation, leaseEnd } from './certificate.ts';
import type { ImportReport } from './import.schema.ts';

/** What an import needs. */
export interface ImportDeps extends Pick<Base, 'database' | 'clock'> {
  repo: ActivationRepo;
  licenses: Pick<LicensesService, 'importPart' | 'known' | 'touched'>;
  signing: Pick<SigningService, 'sign'>;
  journal: Pick<JournalService, 'record'>;
}

const PART = 500;

/** Takes keys over from elsewhere, with their activations; nothing that is here already is touched. */
export function createImportService({ database, clock, repo, licenses, signing, journal }: ImportDeps) {
  /** The activation of an imported key, with a certificate of ours, so that its installation can ask again. */
  async function activationOf(license: License, imported: ImportedKey): Promise<NewActivation | null> {
    const former = imported.activation;
    if (!former) return null;
    const now = clock.now();
    const installation = fingerprintInstallation(former.fingerprint);
    const leaseExpiresAt = leaseEnd(now, former.expiresAt);
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
    return {
      publicId: randomUUID(),
      licenseId: license.id,
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
  }

  return {
    /**
     * Imports keys as one batch, in parts: what was imported before an interruption stays, and is known the next time.
     *
     * @param options.dry only says what would happen
     */
    async run(
      actor: Actor,
      keys: readonly ImportedKey[],
      options: { label: string; dry: boolean; onProgress?: (done: number, total: number) => void },
    ): Promise<ImportReport> {
      const unique = [...new Map(keys.map((key) => [key.key, key])).values()];
      const known = await licenses.known(unique.map(({ key }) => key));
      const fresh = unique.filter(({ key }) => !known.has(key));
      const report: ImportReport = {
        total: keys.length,
        added: fresh.length,
        known: known.size,
        doubles: keys.length - unique.length,
        used: fresh.filter(({ isUsed }) => isUsed).length,
        activations: fresh.filter(({ activation }) => activation !== null).length,
        published: fresh.filter(({ published }) => published).length,
      };
      if (options.dry || fresh.length === 0) return report;
      let batchId: number | null = null;
      for (let from = 0; from < fresh.length; from += PART) {
        const part = fresh.slice(from, from + PART);
        const stored = await licenses.importPart(actor, batchId, part, {
          label: options.label,
          size: fresh.length,
        });
        batchId = stored.batchId;
        const activations: NewActivation[] = [];
        for (const [index, license] of stored.licenses.entries()) {
          const activation = await activationOf(license, part[index]!);
          if (activation) activations.push(activation);
        }
        if (activations.length > 0) {
          await database.transaction(async (trx) => {
            await repo.insert(trx, activations);
            for (const { licenseId } of activations) await repo.nextSeq(trx, licenseId, 0);
          });
        }
        options.onProgress?.(Math.min(from + PART, fresh.length), fresh.length);
      }
      await database.transaction((trx) =>
        journal.record(trx, actor, {
          action: 'license.import',
          details: { batch: batchId, keys: report.added, known: report.known, at: timestamp(clock) },
        }),
      );
      licenses.touched();
      return report;
    },
  };
}

export type ImportService = ReturnType<typeof createImportService>;

import { AppError, invalid, notFound, timestamp, type Actor } from '@gec/core';
import type { RequestStatement } from '@gec/licence-client';
import type { Base } from '../../context.ts';
import type { AlertsService } from '../alerts/alerts.service.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import type { ActivationRepo } from './activation.repo.ts';
import type { Client } from './activation.schema.ts';
import { clientActor } from './activation.taking.ts';
import { activationTexts } from './activation.texts.ts';
import { refuseStale, type Holder, type Holders } from './sync.holder.ts';

/** What releasing needs. */
export interface ReleaseDeps extends Pick<Base, 'database' | 'clock'> {
  repo: Pick<ActivationRepo, 'open' | 'release'>;
  holders: Pick<Holders, 'holderOf'>;
  licenses: Pick<LicensesService, 'find' | 'touched'>;
  alerts: Pick<AlertsService, 'settle'>;
  journal: Pick<JournalService, 'record'>;
}

/** Freeing a licence for another installation, which gets the days that remain. */
export function createReleases({ database, clock, repo, holders, licenses, alerts, journal }: ReleaseDeps) {
  async function release(actor: Actor, { license, activation: held }: Holder, reason: string): Promise<void> {
    await database.transaction(async (trx) => {
      if (!(await repo.release(trx, held, timestamp(clock), reason))) return;
      await alerts.settle(trx, actor, license.id, 'fingerprint-changed', reason);
      await alerts.settle(trx, actor, license.id, 'review-overdue', reason);
      await journal.record(trx, actor, {
        action: actor.kind === 'user' ? 'activation.transfer' : 'activation.release',
        licenseId: license.id,
        details: { hint: license.keyHint, reason },
      });
    });
    licenses.touched();
  }

  return {
    /**
     * Frees a licence on the verified word of its installation. Asked again after the answer was lost, it is free as
     * wished.
     *
     * @throws AppError not-found `UNKNOWN_LICENCE`; conflict `STALE_REQUEST`
     */
    async deactivateBy(client: Client, statement: RequestStatement, installation: string): Promise<void> {
      try {
        const holder = await holders.holderOf(client, statement.license_id ?? '', installation);
        refuseStale(client, statement, holder.activation);
        await release(clientActor(client), holder, 'deactivated');
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'RELEASED')) throw error;
      }
    },

    /** Frees a licence on the word of an administrator. @throws AppError not-found, invalid (field `release-reason`) */
    async transfer(actor: Actor, licenseId: number, reason: string): Promise<void> {
      const t = activationTexts(actor.lang);
      if (reason.trim() === '') throw invalid([{ field: 'release-reason', message: t.reasonRequired }]);
      const license = await licenses.find(licenseId);
      const held = license && (await repo.open(license.id));
      if (!license || !held) throw notFound(t.nothingToRelease);
      await release(actor, { license, activation: held }, reason.trim().slice(0, 300));
    },
  };
}

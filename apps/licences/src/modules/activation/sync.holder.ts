import { AppError } from '@gec/core';
import { ProtocolError, type RequestStatement } from '@gec/licence-client';
import type { DefenceService } from '../defence/defence.service.ts';
import type { License } from '../licenses/licenses.schema.ts';
import type { LicensesService } from '../licenses/licenses.service.ts';
import type { ActivationRepo } from './activation.repo.ts';
import type { Activation, Client } from './activation.schema.ts';
import { clientActor } from './activation.taking.ts';
import { activationTexts } from './activation.texts.ts';

/** What finding out who asks needs. */
export interface HolderDeps {
  repo: Pick<ActivationRepo, 'open' | 'ofInstallation'>;
  licenses: Pick<LicensesService, 'findByPublicId'>;
  defence: Pick<DefenceService, 'wait' | 'failed'>;
}

/** A licence and the activation that asks. */
export interface Holder {
  readonly license: License;
  readonly activation: Activation;
}

/** Clocks may differ by so much when the age of a request is judged. */
const SKEW_MS = 3_600_000;

/** A request that was signed before the activation in force is an old one played again. @throws AppError conflict */
export function refuseStale(client: Client, statement: RequestStatement, held: Activation): void {
  if (Date.parse(statement.created_at) + SKEW_MS >= Date.parse(held.activatedAt)) return;
  throw new AppError('conflict', 'STALE_REQUEST', activationTexts(client.lang).stale);
}

/** Who asks, and whether it may: whatever an installation signs passes here first. */
export function createHolders({ repo, licenses, defence }: HolderDeps) {
  /** Notes a refused request, which counts like a wrong key, and makes the error. */
  async function refuse(client: Client, code: string, error: AppError): Promise<AppError> {
    await defence.failed({
      actor: clientActor(client),
      entry: { action: 'sync.refused', details: { code } },
      weight: 1,
    });
    return error;
  }

  return {
    /** Refuses whoever failed too often. @throws AppError locked-out */
    async brake(client: Client): Promise<void> {
      const retryAfter = await defence.wait(client.ip);
      if (retryAfter === 0) return;
      const message = activationTexts(client.lang).tooMany;
      throw new AppError('locked-out', 'TOO_MANY_ATTEMPTS', message, { retryAfter });
    },

    /** Runs a verification; what the protocol refuses is noted. @throws AppError invalid `INVALID_REQUEST` */
    async verified<T>(client: Client, work: Promise<T>): Promise<T> {
      try {
        return await work;
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        const { badRequest } = activationTexts(client.lang);
        throw await refuse(client, error.code, new AppError('invalid', 'INVALID_REQUEST', badRequest));
      }
    },

    /**
     * The licence that a request names, if it is in force at the installation that signed.
     *
     * @throws AppError conflict `RELEASED`; not-found `UNKNOWN_LICENCE`
     */
    async holderOf(client: Client, publicId: string, installation: string): Promise<Holder> {
      const t = activationTexts(client.lang);
      const license = await licenses.findByPublicId(publicId);
      const open = license && (await repo.open(license.id));
      if (license && open && open.installation === installation) return { license, activation: open };
      const former = license && (await repo.ofInstallation(license.id, installation));
      if (former) throw new AppError('conflict', 'RELEASED', t.released);
      const error = new AppError('not-found', 'UNKNOWN_LICENCE', t.unknownHere);
      throw await refuse(client, 'UNKNOWN_LICENCE', error);
    },
  };
}

export type Holders = ReturnType<typeof createHolders>;

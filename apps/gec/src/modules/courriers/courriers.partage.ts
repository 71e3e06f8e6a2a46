import { can, notFound, type Actor } from '@gec/core';
import type { Trx } from '../../context.ts';
import { grant } from './courriers.acces.repo.ts';
import type { CourriersDeps } from './courriers.deps.ts';
import { principal } from './courriers.policy.ts';
import type { CourrierLu, CourriersRepo } from './courriers.repo.ts';
import { courriersTexts } from './courriers.texts.ts';

/** Letters as other modules need them: let somebody read one, read several at once. */
export function createSharing(deps: Pick<CourriersDeps, 'correspondants'>, repo: CourriersRepo) {
  return {
    /**
     * Holds a letter until the end of the transaction that writes something beside it, so that nobody destroys it
     * meanwhile.
     *
     * @throws AppError not-found when it was destroyed or moved into the corbeille since the caller loaded it
     */
    async hold(trx: Trx, actor: Actor, courrierId: number): Promise<void> {
      if (!(await repo.hold(trx, courrierId))) throw notFound(courriersTexts(actor.lang).introuvable);
    },

    /**
     * Lets people read a letter from now on, because it was transmitted to them; they are offered its correspondant
     * too. Part of the transaction that transmits. Whoever calls has checked that the actor may do so.
     */
    async shareWith(
      trx: Trx,
      courrier: Pick<CourrierLu, 'id' | 'ordre' | 'correspondantId'>,
      userIds: readonly number[],
    ): Promise<void> {
      const keys = userIds.map((id) => principal.transmis(id));
      await grant(trx, courrier, keys);
      if (courrier.correspondantId !== null) {
        await deps.correspondants.grant(trx, keys, courrier.correspondantId);
      }
    },

    /** Letters by id, those that the actor may read and that are not in the corbeille; others are left out. */
    async byIds(actor: Actor, ids: readonly number[]): Promise<Map<number, CourrierLu>> {
      const found = await repo.findMany(actor, [...new Set(ids)]);
      return new Map(found.map((courrier) => [courrier.id, courrier]));
    },

    /** Those of some ids whose letter opens for the actor now: it was not destroyed, and is theirs to read. */
    async ouvrables(actor: Actor, ids: readonly number[]): Promise<Set<number>> {
      return new Set(await repo.readable(actor, [...new Set(ids)], can(actor, 'view_trash')));
    },
  };
}

import { systemActor } from '@gec/core';
import type { Trx } from '../../context.ts';
import type { CourriersDeps } from './courriers.deps.ts';
import type { HistoryRepo } from './courriers.history.repo.ts';
import { indexable } from './courriers.register.ts';
import type { CourriersRepo } from './courriers.repo.ts';

/** Which letters go from one correspondant to another, and for whom. */
export interface Rattachement {
  readonly de: number;
  readonly vers: number;
  /** The name that is written on them; null when they keep theirs. */
  readonly nom: string | null;
  /** Letters at most. */
  readonly limite: number;
  /** Who asked for it; the history of each letter names them. */
  readonly par: { readonly userId: number; readonly ip: string };
  readonly raison: string;
}

/** Letters of one correspondant that become those of another, because the two were one. */
export function createRattachement(deps: CourriersDeps, repo: CourriersRepo, history: HistoryRepo) {
  return {
    /**
     * Takes some letters of a correspondant over to another, the oldest first. Where the name is written anew, the
     * history of the letter keeps the old one. Whoever calls has checked that the person may do so.
     *
     * @returns how many letters were taken over; fewer than `limite` when none is left
     */
    async rattacher(trx: Trx, { de, vers, nom, limite, par, raison }: Rattachement): Promise<number> {
      const now = deps.clock.now().toISOString();
      const ids = await repo.reattach(trx, de, vers, limite);
      if (nom === null || ids.length === 0) return ids.length;
      const by = { ...par, now };
      for (const before of await repo.byIds(trx, ids)) {
        if (before.correspondant === nom) continue;
        await repo.rename(trx, before, nom, by);
        await history.insert(
          trx,
          before.id,
          [{ champ: 'correspondant', ancienne: before.correspondant, nouvelle: nom }],
          by,
        );
        if (!before.isDeleted) {
          await deps.recherche.reindex(trx, indexable({ ...before, correspondant: nom }));
        }
        await deps.journal.record(trx, systemActor(raison), {
          action: 'courrier.modification',
          courrierId: before.id,
          numero: before.numero,
          details: { champs: 'correspondant' },
        });
      }
      return ids.length;
    },
  };
}

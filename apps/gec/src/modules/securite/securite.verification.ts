import { forbidden, timestamp, type Actor, type Clock, type UserActor } from '@gec/core';
import type { Logger } from 'pino';
import { journalScope } from '../journal/journal.policy.ts';
import type { JournalService } from '../journal/journal.service.ts';
import type { SecuriteRepo } from './securite.repo.ts';
import type { Verification } from './securite.schema.ts';
import { securiteTexts } from './securite.texts.ts';

/** Progress is written at most this often (ms). */
const AVANCE_MS = 500;

/** Ends a verification when the program stops. */
class Arret extends Error {}

/** Verifies the chain of the journal in the background; how far it is and what it found are kept in the database. */
export function createVerificationJournal(deps: {
  repo: SecuriteRepo;
  clock: Clock;
  logger: Logger;
  journal: Pick<JournalService, 'verify'>;
}) {
  const { repo, clock, logger, journal } = deps;
  let running: Promise<void> | null = null;
  let stopping = false;

  function mayVerify(actor: Actor): void {
    if (journalScope(actor) !== 'tous') throw forbidden(securiteTexts(actor.lang).refusVerification);
  }

  async function work(actor: UserActor, id: number): Promise<void> {
    let written = performance.now();
    let writing: Promise<unknown> = Promise.resolve();
    const onProgress = (fait: number, total: number) => {
      if (stopping) throw new Arret();
      if (performance.now() - written < AVANCE_MS) return;
      written = performance.now();
      writing = writing
        .then(() => repo.progress(id, { fait, total, date: timestamp(clock) }))
        .catch((error: unknown) => logger.warn({ err: error }, 'progress of a verification was not written'));
    };
    try {
      const { chained, firstBreak } = await journal.verify(actor, onProgress);
      await writing;
      const rupture = firstBreak && { nature: firstBreak.kind, seq: firstBreak.seq, id: firstBreak.id };
      await repo.finish(id, timestamp(clock), { entrees: chained, rupture });
    } catch (error) {
      await writing;
      if (!(error instanceof Arret)) logger.error({ err: error }, 'a verification of the journal failed');
      await repo.finish(id, timestamp(clock), null);
    }
  }

  return {
    /**
     * Begins a verification; the one that is under way is enough, whichever process works on it.
     *
     * @throws AppError forbidden for whoever may not see all of the journal
     */
    async verifier(actor: UserActor): Promise<Verification> {
      mayVerify(actor);
      const last = await repo.last(clock.now());
      if (last?.etat === 'EN_COURS' || stopping) {
        if (last) return last;
      }
      const id = await repo.insert(actor.userId, timestamp(clock));
      const begun = await repo.last(clock.now());
      if (!begun) throw new Error('the verification that was just begun is gone');
      const mine = work(actor, id)
        .catch((error: unknown) => logger.error({ err: error }, 'a verification was left behind'))
        .finally(() => {
          if (running === mine) running = null;
        });
      running = mine;
      return begun;
    },

    /** The latest verification. @throws AppError forbidden for whoever may not see all of the journal */
    async derniereVerification(actor: Actor): Promise<Verification | null> {
      mayVerify(actor);
      return repo.last(clock.now());
    },

    /** Waits for the verification that this process works on. */
    finVerification: async (): Promise<void> => {
      await running;
    },

    /** Ends what this process works on. */
    async stop(): Promise<void> {
      stopping = true;
      await running;
    },
  };
}

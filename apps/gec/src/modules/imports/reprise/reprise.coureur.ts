import { randomUUID } from 'node:crypto';
import type { Clock } from '@gec/core';
import type { Logger } from 'pino';
import { createVeille, finDuBail, suivreAvance } from '../../../bail.ts';
import type { TravauxRepo } from './reprise.travaux.repo.ts';
import type { Travail } from './reprise.travaux.schema.ts';

/** What the work is given. */
export interface Tour {
  /** Names this taking: what it writes counts only as long as nobody else has taken over. */
  readonly detenteur: string;
  /** Aborted when the takeover was ended or taken over, or the program stops. */
  readonly signal: AbortSignal;
  readonly avance: (fait: number, total: number) => void;
}

interface CoureurDeps {
  repo: Pick<TravauxRepo, 'prendre' | 'avancer' | 'rendre'>;
  clock: Clock;
  logger: Logger;
  /** Does the work to its end and notes the end. What it throws before is a fault of ours, or an outage. */
  executer(travail: Travail, tour: Tour): Promise<void>;
  /** Notes that a fault has stopped it. */
  panne(travail: Travail, detenteur: string): Promise<void>;
}

/**
 * Works on takeovers in the background, one at a time in each process. They go on for hours, so that they are no jobs of
 * the outbox, which others wait behind; a process that dies is followed by another one, which begins at the start and
 * finds what was done already.
 */
export function createCoureur({ repo, clock, logger, executer, panne }: CoureurDeps) {
  let courant: { id: string; stop: AbortController } | null = null;

  async function travailler(travail: Travail, detenteur: string): Promise<void> {
    const { id, total } = travail;
    const stop = new AbortController();
    courant = { id, stop };
    const suivi = suivreAvance({
      clock,
      logger,
      sujet: { import: id },
      total,
      stop,
      ecrire: (avance) => repo.avancer(id, detenteur, avance),
    });
    try {
      await executer(travail, { detenteur, signal: stop.signal, avance: suivi.avance });
    } catch (error) {
      await suivi.finir();
      if (stop.signal.aborted) {
        if (veille.fermee()) await repo.rendre(id, detenteur);
        return;
      }
      logger.error({ err: error, import: id }, 'a takeover stopped');
      await panne(travail, detenteur);
    } finally {
      await suivi.finir();
      courant = null;
    }
  }

  const veille = createVeille({
    logger,
    echec: 'takeovers could not be looked for',
    async passe() {
      while (!veille.fermee()) {
        const detenteur = randomUUID();
        const travail = await repo.prendre(detenteur, clock.now().toISOString(), finDuBail(clock));
        if (!travail) return;
        await travailler(travail, detenteur);
      }
    },
  });

  return {
    start: veille.start,
    wake: veille.wake,

    /** Ends the work on a takeover, if it is done here. */
    annuler(id: string): void {
      if (courant?.id === id) courant.stop.abort();
    },

    /** Works on everything that waits, to its end; for tests. */
    drain: veille.courir,

    /** Puts what is under way back to wait, after the letter at hand, and stops. */
    async stop(): Promise<void> {
      const over = veille.stop();
      courant?.stop.abort();
      await over;
    },
  };
}

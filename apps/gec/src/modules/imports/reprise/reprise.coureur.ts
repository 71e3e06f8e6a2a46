import { randomUUID } from 'node:crypto';
import type { Clock } from '@gec/core';
import type { Logger } from 'pino';
import type { TravauxRepo } from './reprise.travaux.repo.ts';
import type { Travail } from './reprise.travaux.schema.ts';

/** Silence (ms) after which another process takes the work up. */
const BAIL_MS = 60_000;
/** Pace (ms) at which the lease is renewed when nothing else is written. */
const BATTEMENT_MS = 10_000;
/** Progress is written at most this often (ms). */
const AVANCE_MS = 500;
const ATTENTE_MS = 2_000;

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
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  let stopping = false;
  let passing: Promise<void> | undefined;
  let courant: { id: string; stop: AbortController } | null = null;

  const bailFin = () => new Date(clock.now().getTime() + BAIL_MS).toISOString();

  async function travailler(travail: Travail, detenteur: string): Promise<void> {
    const { id } = travail;
    const stop = new AbortController();
    courant = { id, stop };
    let avance = { fait: 0, total: travail.total };
    let ecrit = performance.now();
    let ecriture: Promise<unknown> = Promise.resolve();
    const ecrire = () => {
      ecrit = performance.now();
      ecriture = ecriture
        .then(() => repo.avancer(id, detenteur, { ...avance, bailFin: bailFin() }))
        .then((mien) => {
          if (!mien) stop.abort();
        })
        .catch((error: unknown) => logger.warn({ err: error, import: id }, 'progress could not be written'));
    };
    const battement = setInterval(ecrire, BATTEMENT_MS);
    battement.unref();
    try {
      await executer(travail, {
        detenteur,
        signal: stop.signal,
        avance(fait, total) {
          avance = { fait, total };
          if (performance.now() - ecrit >= AVANCE_MS || fait === total) ecrire();
        },
      });
    } catch (error) {
      await ecriture;
      if (stop.signal.aborted) {
        if (stopping) await repo.rendre(id, detenteur);
        return;
      }
      logger.error({ err: error, import: id }, 'a takeover stopped');
      await panne(travail, detenteur);
    } finally {
      clearInterval(battement);
      await ecriture;
      courant = null;
    }
  }

  async function passe(): Promise<void> {
    while (!stopping) {
      const detenteur = randomUUID();
      const travail = await repo.prendre(detenteur, clock.now().toISOString(), bailFin());
      if (!travail) return;
      await travailler(travail, detenteur);
    }
  }

  function courir(): Promise<void> {
    passing ??= passe().finally(() => {
      passing = undefined;
    });
    return passing;
  }

  function schedule(delay: number): void {
    if (!started || stopping) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      courir()
        .catch((error: unknown) => logger.warn({ err: error }, 'takeovers could not be looked for'))
        .finally(() => schedule(ATTENTE_MS));
    }, delay);
    timer.unref();
  }

  return {
    /** Looks for work from now on. */
    start(): void {
      started = true;
      schedule(0);
    },

    /** Says that there is work. */
    wake: (): void => schedule(0),

    /** Ends the work on a takeover, if it is done here. */
    annuler(id: string): void {
      if (courant?.id === id) courant.stop.abort();
    },

    /** Works on everything that waits, to its end; for tests. */
    drain: courir,

    /** Puts what is under way back to wait, after the letter at hand, and stops. */
    async stop(): Promise<void> {
      stopping = true;
      clearTimeout(timer);
      courant?.stop.abort();
      await passing?.catch(() => undefined);
    },
  };
}

import type { Clock } from '@gec/core';
import type { Logger } from 'pino';

/** Silence (ms) after which another process takes work up. */
const BAIL_MS = 60_000;
/** Pace (ms) at which the lease is renewed when nothing else is written. */
const BATTEMENT_MS = 10_000;
/** Progress is written at most this often (ms). */
const AVANCE_MS = 500;
/** Time (ms) between two looks for work. */
const ATTENTE_MS = 2_000;

/** When a lease ends that is taken or renewed now: ISO 8601, UTC. */
export const finDuBail = (clock: Clock): string => new Date(clock.now().getTime() + BAIL_MS).toISOString();

/** What is written of work under way: parts that are done out of how many (0: not known), and the end of its lease. */
interface Avance {
  readonly fait: number;
  readonly total: number;
  readonly bailFin: string;
}

interface SuiviDeps {
  clock: Clock;
  logger: Logger;
  /** Names the work in the log. */
  sujet: Readonly<Record<string, string>>;
  /** Parts of the work, as far as they are known before it begins. */
  total: number;
  /** Aborted when the work was ended, or another process has it. */
  stop: AbortController;
  /** @returns false when the work was ended, or another process has it */
  ecrire(avance: Avance): Promise<boolean>;
}

/** Writes how far leased work has come, and with that renews its lease until `finir`. */
export function suivreAvance({ clock, logger, sujet, total: prevu, stop, ecrire }: SuiviDeps) {
  let avance = { fait: 0, total: prevu };
  let ecrit = performance.now();
  let ecriture: Promise<unknown> = Promise.resolve();

  function noter(): void {
    ecrit = performance.now();
    ecriture = ecriture
      .then(() => ecrire({ ...avance, bailFin: finDuBail(clock) }))
      .then((mien) => {
        if (!mien) stop.abort();
      })
      .catch((error: unknown) => logger.warn({ err: error, ...sujet }, 'progress could not be written'));
  }

  const battement = setInterval(noter, BATTEMENT_MS);

  return {
    /** Says how far the work is; the last word is written at once. */
    avance(fait: number, total: number): void {
      avance = { fait, total };
      if (performance.now() - ecrit >= AVANCE_MS || (total > 0 && fait === total)) noter();
    },

    /** Lets the lease go its way; what was to be written is, or was lost with a word in the log. */
    async finir(): Promise<void> {
      clearInterval(battement);
      await ecriture;
    },
  };
}

interface VeilleDeps {
  logger: Logger;
  /** Said in the log when a pass fails. */
  echec: string;
  /** Does what there is to do, until there is no more or `fermee()`. */
  passe(): Promise<void>;
}

/** Looks for work once in a while, and at once when there is some; one pass at a time. */
export function createVeille({ logger, echec, passe }: VeilleDeps) {
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  let stopping = false;
  let passing: Promise<void> | undefined;

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
        .catch((error: unknown) => logger.warn({ err: error }, echec))
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

    /** One pass, the one under way if there is one. */
    courir,

    /** Whether no work may be begun any more. */
    fermee: (): boolean => stopping,

    /** Looks for no more work, and waits for the end of the pass under way. */
    async stop(): Promise<void> {
      stopping = true;
      clearTimeout(timer);
      await passing?.catch(() => undefined);
    },
  };
}

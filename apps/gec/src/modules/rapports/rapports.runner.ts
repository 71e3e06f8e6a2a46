import { randomUUID } from 'node:crypto';
import { AppError, type Clock } from '@gec/core';
import type { Logger } from 'pino';
import { AtelierError } from '../../workers/atelier.ts';
import { ArchiveTropGrosse } from './rapports.erreurs.ts';
import { TropDeLignes } from './rapports.lignes.ts';
import type { FichierExport, Prise, RapportsRepo } from './rapports.repo.ts';
import type { ErreurExport } from './rapports.schema.ts';

/** Silence (ms) after which another process takes an export over. */
const BAIL_MS = 60_000;
/** Pace (ms) at which the lease is renewed when nothing else is written. */
const BATTEMENT_MS = 10_000;
/** Progress is written at most this often (ms). */
const AVANCE_MS = 500;
const ATTENTE_MS = 2_000;
/** Exports that one process works on at once; the atelier has two children for them. */
const PLACES = 2;

/** What the work on an export is given. */
export interface Suivi {
  /** Aborted when the export was cancelled, taken over, or the program stops. */
  readonly signal: AbortSignal;
  /** Says how many rows are done, out of how many (0: not known). */
  avance(fait: number, total: number): void;
}

/** A finished document: its file, and the rows in it. */
export interface Fait {
  readonly fichier: FichierExport;
  readonly lignes: number;
}

export interface RunnerDeps {
  repo: RapportsRepo;
  clock: Clock;
  logger: Logger;
  /** Makes the document. What it keeps and does not return it takes away itself. */
  executer(prise: Prise, suivi: Suivi): Promise<Fait>;
  /** Takes away the file of an export that nobody wants any more. */
  jeter(chemin: string): Promise<void>;
}

/** What a failure is called; undefined for a fault of ours. The atelier hands on why the rows ended. */
function codeDe(error: unknown): ErreurExport | undefined {
  const cause = error instanceof AtelierError && error.cause !== undefined ? error.cause : error;
  if (cause instanceof TropDeLignes) return 'TROP';
  if (cause instanceof ArchiveTropGrosse) return 'TROP_GROS';
  if (cause instanceof AppError && cause.kind === 'forbidden') return 'DROITS';
  return undefined;
}

/**
 * Works on waiting exports in the background, in any number of processes: each one is leased to the process that works
 * on it, and taken over when that one dies.
 */
export function createRunner({ repo, clock, logger, executer, jeter }: RunnerDeps) {
  const running = new Map<string, { work: Promise<void>; stop: AbortController }>();
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  let stopping = false;

  const now = () => clock.now().toISOString();
  const bailFin = () => new Date(clock.now().getTime() + BAIL_MS).toISOString();

  async function work(prise: Prise, detenteur: string, stop: AbortController): Promise<void> {
    const { id } = prise;
    let avance = { fait: 0, total: 0 };
    let ecrit = performance.now();
    let ecriture: Promise<unknown> = Promise.resolve();
    const ecrire = () => {
      ecrit = performance.now();
      const write = () => repo.avancer(id, detenteur, { ...avance, bailFin: bailFin() });
      ecriture = ecriture
        .then(write)
        .then((mine) => {
          if (!mine) stop.abort();
        })
        .catch((error: unknown) => logger.warn({ err: error, export: id }, 'progress could not be written'));
    };
    const battement = setInterval(ecrire, BATTEMENT_MS);
    const suivi: Suivi = {
      signal: stop.signal,
      avance(fait, total) {
        avance = { fait, total };
        if (performance.now() - ecrit >= AVANCE_MS) ecrire();
      },
    };
    try {
      const { fichier, lignes } = await executer(prise, suivi);
      clearInterval(battement);
      await ecriture;
      const kept = await repo.terminer(id, detenteur, fichier, { lignes, now: now() });
      if (!kept) await jeter(fichier.chemin);
    } catch (error) {
      clearInterval(battement);
      await ecriture;
      if (stop.signal.aborted && !stopping) return;
      const busy = error instanceof AtelierError && (error.code === 'busy' || error.code === 'closed');
      if (stopping || busy) {
        await repo.rendre(id, detenteur);
        return;
      }
      const code = codeDe(error);
      if (code === undefined) logger.error({ err: error, export: id }, 'an export failed');
      await repo.echouer(id, detenteur, code ?? 'ECHEC', now());
    }
  }

  async function prendre(): Promise<boolean> {
    if (stopping || running.size >= PLACES) return false;
    const detenteur = randomUUID();
    const prise = await repo.prendre(detenteur, now(), bailFin());
    if (!prise) return false;
    const stop = new AbortController();
    const done = work(prise, detenteur, stop)
      .catch((error: unknown) => logger.error({ err: error, export: prise.id }, 'an export was left behind'))
      .finally(() => {
        running.delete(prise.id);
        schedule(0);
      });
    running.set(prise.id, { work: done, stop });
    return true;
  }

  let passing: Promise<void> | undefined;

  async function passe(): Promise<void> {
    await repo.abandonner(now());
    while (await prendre());
  }

  function schedule(delay: number): void {
    if (!started || stopping) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      passing ??= passe()
        .catch((error: unknown) => logger.warn({ err: error }, 'exports could not be looked for'))
        .finally(() => {
          passing = undefined;
          schedule(ATTENTE_MS);
        });
    }, delay);
    timer.unref();
  }

  return {
    /** Looks for work from now on. */
    start(): void {
      started = true;
      schedule(0);
    },

    /** Says that an export was just asked for. */
    wake: (): void => schedule(0),

    /** Gives up the work on an export, if it is done here. */
    annuler(id: string): void {
      running.get(id)?.stop.abort();
    },

    /** Works on everything that waits, to its end; for tests and the command line. */
    async drain(): Promise<void> {
      for (;;) {
        await passe();
        if (running.size === 0) return;
        await Promise.race([...running.values()].map((one) => one.work));
      }
    },

    /** Puts what is under way back to wait, and stops. */
    async stop(): Promise<void> {
      stopping = true;
      clearTimeout(timer);
      await passing;
      for (const { stop } of running.values()) stop.abort();
      await Promise.all([...running.values()].map((one) => one.work));
    },
  };
}

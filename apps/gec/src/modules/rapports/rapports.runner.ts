import { randomUUID } from 'node:crypto';
import { AppError, type Clock } from '@gec/core';
import type { Logger } from 'pino';
import { createVeille, finDuBail, suivreAvance } from '../../bail.ts';
import { AtelierError } from '../../workers/atelier.ts';
import { ArchiveTropGrosse } from './rapports.erreurs.ts';
import { TropDeLignes } from './rapports.lignes.ts';
import type { FichierExport, Prise, RapportsRepo } from './rapports.repo.ts';
import type { ErreurExport } from './rapports.schema.ts';

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
  const now = () => clock.now().toISOString();

  async function work(prise: Prise, detenteur: string, stop: AbortController): Promise<void> {
    const { id } = prise;
    const { avance, finir } = suivreAvance({
      clock,
      logger,
      sujet: { export: id },
      total: 0,
      stop,
      ecrire: (avance) => repo.avancer(id, detenteur, avance),
    });
    try {
      const { fichier, lignes } = await executer(prise, { signal: stop.signal, avance });
      await finir();
      const kept = await repo.terminer(id, detenteur, fichier, { lignes, now: now() });
      if (!kept) await jeter(fichier.chemin);
    } catch (error) {
      await finir();
      if (stop.signal.aborted && !veille.fermee()) return;
      const busy = error instanceof AtelierError && (error.code === 'busy' || error.code === 'closed');
      if (veille.fermee() || busy) {
        await repo.rendre(id, detenteur);
        return;
      }
      const code = codeDe(error);
      if (code === undefined) logger.error({ err: error, export: id }, 'an export failed');
      await repo.echouer(id, detenteur, code ?? 'ECHEC', now());
    }
  }

  async function prendre(): Promise<boolean> {
    if (veille.fermee() || running.size >= PLACES) return false;
    const detenteur = randomUUID();
    const prise = await repo.prendre(detenteur, now(), finDuBail(clock));
    if (!prise) return false;
    const stop = new AbortController();
    const done = work(prise, detenteur, stop)
      .catch((error: unknown) => logger.error({ err: error, export: prise.id }, 'an export was left behind'))
      .finally(() => {
        running.delete(prise.id);
        veille.wake();
      });
    running.set(prise.id, { work: done, stop });
    return true;
  }

  async function passe(): Promise<void> {
    await repo.abandonner(now());
    while (await prendre());
  }

  const veille = createVeille({ logger, echec: 'exports could not be looked for', passe });

  return {
    start: veille.start,
    wake: veille.wake,

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
      await veille.stop();
      for (const { stop } of running.values()) stop.abort();
      await Promise.all([...running.values()].map((one) => one.work));
    },
  };
}

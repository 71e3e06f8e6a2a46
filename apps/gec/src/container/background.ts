import { createKeyWatch, createOutboxWorker } from '@gec/db';
import { createUpkeep } from '@gec/http';
import type { Base } from '../context.ts';
import { createClesService } from '../modules/cles/cles.service.ts';
import { ENVOI, ENVOI_ESSAIS } from '../modules/courriels/courriels.service.ts';
import { createSanteService } from '../modules/sante/sante.service.ts';
import type { Atelier } from '../workers/atelier.ts';
import type { Letters } from './letters.ts';
import type { People } from './people.ts';
import type { Settings } from './settings.ts';
import type { Takeover } from './takeover.ts';

/** Everything that works by itself, or must be told to end. */
interface BackgroundDeps extends Settings, People, Letters, Takeover {
  atelier: Atelier;
  renewSessionLifetime: () => Promise<void>;
}

/**
 * Constructs the work in the background: side effects, upkeep, the watch over keys, and what tells how it goes.
 * Only the watch over keys runs before `start`.
 */
export function createBackground(base: Base, deps: BackgroundDeps) {
  const { database, clock, keyring, logger } = base;
  const { journal, parametres, courriels, textes, licence, sessions, addresses, guard } = deps;
  const { facteurs, securite, notifications, store, atelier, pieces, fusions, rapports } = deps;
  const { sauvegardes, imports, recherche, travaux } = deps;

  const watch = createKeyWatch({
    database,
    keyring,
    clock,
    onError: (error) =>
      logger.error({ err: error }, 'keys could not be read; after a change of the master key, start again'),
  });
  const cles = createClesService({ ...base, journal, store, recherche, watch });

  const outbox = createOutboxWorker({
    database,
    clock,
    handlers: { ...pieces.jobs, ...fusions.jobs, ...courriels.jobs, ...notifications.jobs, ...imports.jobs },
    maxAttempts: { [ENVOI]: ENVOI_ESSAIS },
    onError: (error, job) =>
      logger.error({ err: error, kind: job.kind, attempts: job.attempts }, 'job failed'),
  });
  const sante = createSanteService({
    ...base,
    journal,
    parametres,
    licence,
    courriels,
    outbox,
    sauvegarde: () => sauvegardes.derniere(),
  });
  const upkeep = createUpkeep({
    logger,
    onRun: (task, error) => sante.noter(task, error),
    tasks: [
      { name: 'sessions', everyMs: 3_600_000, run: () => sessions.sweep() },
      { name: 'addresses', everyMs: 3_600_000, run: () => addresses.sweep() },
      { name: 'login-guard', everyMs: 3_600_000, run: () => guard.sweep() },
      { name: 'second-factors', everyMs: 3_600_000, run: () => facteurs.sweep() },
      { name: 'exports', everyMs: 3_600_000, run: () => rapports.sweep() },
      { name: 'imports', everyMs: 6 * 3_600_000, run: () => imports.sweep() },
      { name: 'reprises', everyMs: 6 * 3_600_000, run: () => travaux.sweep() },
      { name: 'notifications', everyMs: 6 * 3_600_000, run: () => notifications.sweep() },
      { name: 'echeances', everyMs: 900_000, run: () => notifications.rappelQuotidien() },
      { name: 'texts', everyMs: 5_000, run: () => textes.appliquer() },
      { name: 'sauvegarde', everyMs: 300_000, run: () => sauvegardes.planifier() },
      { name: 'licence', everyMs: 600_000, run: () => licence.battement() },
      { name: 'cles', everyMs: 60_000, run: () => cles.reprendre() },
      { name: 'files', everyMs: 6 * 3_600_000, run: () => pieces.sweep() },
      { name: 'settings', everyMs: 30_000, run: () => deps.renewSessionLifetime() },
    ],
  });

  watch.start();
  return {
    cles,
    outbox,
    sante,

    /** Begins the work in the background: chaining the journal, side effects, exports, upkeep. */
    start(): void {
      journal.start();
      outbox.start();
      rapports.start();
      travaux.start();
      upkeep.start();
      sauvegardes
        .terminerRestauration()
        .catch((error: unknown) => logger.error({ err: error }, 'the search index was not rebuilt'));
    },

    /** Finishes what is under way and closes everything. */
    async close(): Promise<void> {
      // First: the upkeep waits for the backup that it has begun.
      await sauvegardes.stop();
      await cles.stop();
      await travaux.stop();
      await upkeep.stop();
      await securite.stop();
      await rapports.stop();
      await outbox.stop();
      await journal.stop();
      await atelier.close();
      await watch.stop();
      await database.close();
    },
  };
}

import { systemClock, type Clock } from '@gec/core';
import {
  copyBeforeSteps,
  createKeyWatch,
  createOutboxWorker,
  migrate,
  openDatabase,
  type Database,
} from '@gec/db';
import {
  createAddressPolicy,
  createLogger,
  createLoginGuard,
  createSessionService,
  createUpkeep,
  leaveSoon,
} from '@gec/http';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Base } from './context.ts';
import { migrations } from './db/migrations/index.ts';
import type { LicenceTables } from './db/schema.ts';
import { createActivationRepo } from './modules/activation/activation.repo.ts';
import { createActivationService } from './modules/activation/activation.service.ts';
import { createImportService } from './modules/activation/import.service.ts';
import { createOfflineService } from './modules/activation/offline.service.ts';
import { createSyncService } from './modules/activation/sync.service.ts';
import { createWatchService } from './modules/activation/watch.service.ts';
import { createAdminsService } from './modules/admins/admins.service.ts';
import { createAlertsService } from './modules/alerts/alerts.service.ts';
import { createBackupService } from './modules/backup/backup.service.ts';
import { createDefenceService } from './modules/defence/defence.service.ts';
import { createCheckpointService } from './modules/journal/checkpoint.service.ts';
import { createJournalService } from './modules/journal/journal.service.ts';
import { createLicensesService } from './modules/licenses/licenses.service.ts';
import { adoptFormer, openSecrets } from './modules/secrets/secrets.master.ts';
import { createSecretsService } from './modules/secrets/secrets.service.ts';
import { createSigningService } from './modules/signing/signing.service.ts';
import { createTokensService } from './modules/tokens/tokens.service.ts';
import { createDeliveryService } from './modules/webhooks/delivery.service.ts';
import { createWebhooksService } from './modules/webhooks/webhooks.service.ts';

const SESSION_MS = 8 * 3_600_000;

/** What tests and the command line may bring themselves. */
export interface ContainerOverrides {
  clock?: Clock;
  logger?: Logger;
}

/** Opens the database at the newest schema, with its keys. */
async function openBase(config: Config, { clock = systemClock, logger }: ContainerOverrides): Promise<Base> {
  const log = logger ?? createLogger({ level: config.logLevel });
  const database: Database<LicenceTables> = openDatabase<LicenceTables>(config.databaseUrl, {
    maxConnections: config.databaseConnections,
    onChange: (server) => log.warn({ server }, 'another database server takes the writes now'),
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
    onLost: (error) => leaveSoon(log, error),
  });
  try {
    const copy = await copyBeforeSteps(database, config.databaseUrl, migrations, clock.now());
    if (copy !== null) log.warn({ copy }, 'the schema is older: the database was copied before its update');
    await migrate(database, migrations);
    const opened = await openSecrets(config, database, clock);
    return { ...opened, database, clock, logger: log };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Constructs every service of the licence server, and is the only place that does. Nothing runs in the background
 * until `start`; `close` ends everything that was opened here.
 *
 * @throws when the database cannot be opened or migrated, or when the server's secret is not the one of this database
 */
export async function createContainer(settings: Config, overrides: ContainerOverrides = {}) {
  const base = await openBase(settings, overrides);
  const { config, database, clock, logger, keyring } = base;

  const journal = createJournalService(base);
  const webhooks = createWebhooksService({ ...base, journal });
  const alerts = createAlertsService({ ...base, journal, webhooks });
  const deliveries = createDeliveryService({ ...base, webhooks, alerts, journal });
  const sessions = createSessionService({ db: database, clock, lifetimeMs: () => SESSION_MS });
  const addresses = createAddressPolicy({ db: database, clock });
  const isTrusted = (ip: string) => addresses.isAllowed(ip);
  const guard = createLoginGuard({ db: database, clock, secret: config.sessionSecret, isTrusted });
  const admins = createAdminsService({ ...base, journal, sessions, guard });
  const signing = createSigningService({ ...base, journal });
  const licenses = createLicensesService({ ...base, journal });
  const defence = createDefenceService({ ...base, alerts, journal, isTrusted });
  const activationRepo = createActivationRepo(database, keyring);
  const activation = createActivationService({
    ...base,
    repo: activationRepo,
    licenses,
    signing,
    defence,
    alerts,
    webhooks,
    journal,
  });

  const sync = createSyncService({
    ...base,
    repo: activationRepo,
    activation,
    licenses,
    signing,
    defence,
    alerts,
    webhooks,
    journal,
  });
  const offline = createOfflineService({ sync, licenses, journal });
  const importer = createImportService({
    ...base,
    repo: activationRepo,
    licenses,
    signing,
    journal,
  });
  const tokens = createTokensService({ ...base, journal });
  const watch = createWatchService({ ...base, repo: activationRepo, signing, alerts, webhooks });
  const backup = createBackupService({
    ...base,
    journal,
    adoptFormer: () => adoptFormer(config, database, clock),
  });
  const checkpoint = createCheckpointService({ clock, journal, signing });
  const watchKeys = createKeyWatch({
    database,
    keyring,
    clock,
    onError: (error) =>
      logger.error({ err: error }, 'keys could not be read; after a change of the secret, start again'),
  });
  const secrets = createSecretsService({ ...base, journal, watch: watchKeys });

  const outbox = createOutboxWorker({
    database,
    clock,
    handlers: { ...deliveries.jobs },
    onError: (error, job) =>
      logger.warn({ err: error, kind: job.kind, attempts: job.attempts }, 'job failed; trying again later'),
  });
  const upkeep = createUpkeep({
    logger,
    tasks: [
      { name: 'sessions', everyMs: 3_600_000, run: () => sessions.sweep() },
      { name: 'addresses', everyMs: 3_600_000, run: () => addresses.sweep() },
      { name: 'login', everyMs: 3_600_000, run: () => guard.sweep() },
      { name: 'watch', everyMs: 600_000, run: () => watch.look() },
      { name: 'secrets', everyMs: 60_000, run: () => secrets.resume() },
      { name: 'lookups', everyMs: 3_600_000, run: () => defence.sweep() },
    ],
  });

  watchKeys.start();
  return {
    ...base,
    journal,
    webhooks,
    deliveries,
    alerts,
    sessions,
    addresses,
    guard,
    admins,
    signing,
    licenses,
    defence,
    activation,
    sync,
    offline,
    importer,
    tokens,
    watch,
    backup,
    checkpoint,
    secrets,
    outbox,

    /** Begins the work in the background: chaining the journal, deliveries, upkeep. */
    start(): void {
      journal.start();
      outbox.start();
      upkeep.start();
    },

    /** Finishes what is under way and closes everything. */
    async close(): Promise<void> {
      secrets.stop();
      await upkeep.stop();
      await outbox.stop();
      await journal.stop();
      await watchKeys.stop();
      await database.close();
    },
  };
}

export type Container = Awaited<ReturnType<typeof createContainer>>;

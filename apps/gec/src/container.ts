import { join } from 'node:path';
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
import type { Fetch } from '@gec/licence-client';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Base } from './context.ts';
import { migrations } from './db/migrations/index.ts';
import type { GecTables } from './db/schema.ts';
import { seedPeople } from './db/seed.ts';
import { createShell } from './http/shell.ts';
import { createAdressesService } from './modules/auth/adresses.service.ts';
import { createAccueilService } from './modules/accueil/accueil.service.ts';
import { createConfirmation } from './modules/auth/auth.confirmation.ts';
import { createAuthService } from './modules/auth/auth.service.ts';
import { ouvrirTrousseau } from './modules/cles/cles.maitre.ts';
import { createClesService } from './modules/cles/cles.service.ts';
import { createCommentairesService } from './modules/commentaires/commentaires.service.ts';
import { createAnnuaireService } from './modules/correspondants/correspondants.annuaire.ts';
import { createFusionService } from './modules/correspondants/correspondants.fusion.ts';
import { createImportCorrespondants } from './modules/correspondants/correspondants.import.ts';
import { createCorrespondantsService } from './modules/correspondants/correspondants.service.ts';
import { createLettreService } from './modules/courriers/courriers.lettre.service.ts';
import { createCourrielsService, ENVOI, ENVOI_ESSAIS } from './modules/courriels/courriels.service.ts';
import { createCourriersService } from './modules/courriers/courriers.service.ts';
import { createDepartementsService } from './modules/departements/departements.service.ts';
import { createFacteursService } from './modules/facteurs/facteurs.service.ts';
import { createImportEngine } from './modules/imports/imports.engine.ts';
import { createImportsService } from './modules/imports/imports.service.ts';
import { createNotice } from './modules/imports/imports.notice.ts';
import { createRepriseService } from './modules/imports/reprise/reprise.service.ts';
import { createJournalService } from './modules/journal/journal.service.ts';
import { createLicenceService } from './modules/licence/licence.service.ts';
import { createNotificationsService } from './modules/notifications/notifications.service.ts';
import { createParametresService } from './modules/parametres/parametres.service.ts';
import { createLectureService } from './modules/pieces/pieces.lecture.service.ts';
import { createPiecesService } from './modules/pieces/pieces.service.ts';
import { createRapportsService } from './modules/rapports/rapports.service.ts';
import { createRechercheService } from './modules/recherche/recherche.service.ts';
import { createReferentielsService } from './modules/referentiels/referentiels.service.ts';
import { createRegistresService } from './modules/registres/registres.service.ts';
import { createRolesService } from './modules/roles/roles.service.ts';
import { createTextesService } from './modules/textes/textes.service.ts';
import { createSecuriteService } from './modules/securite/securite.service.ts';
import { createSanteService } from './modules/sante/sante.service.ts';
import { createDepot } from './modules/sauvegardes/sauvegardes.depots.ts';
import { createSauvegardesService } from './modules/sauvegardes/sauvegardes.service.ts';
import { createTransmissionsService } from './modules/transmissions/transmissions.service.ts';
import { createPreferencesService } from './modules/utilisateurs/utilisateurs.preferences.service.ts';
import { createUtilisateursService } from './modules/utilisateurs/utilisateurs.service.ts';
import { openFiles } from './storage/open-store.ts';
import { createPreviewCache } from './storage/preview-cache.ts';
import { createAtelier } from './workers/atelier.ts';

/** What the programs, the command line and tests bring themselves. */
export interface ContainerOverrides {
  clock?: Clock;
  logger?: Logger;
  /** How the licence server is asked. */
  licenceFetch?: Fetch;
  /**
   * The atelier's child. Whoever was built says it, since only an entry knows its place: this file ends up in a chunk
   * that several entries share.
   */
  atelierScript: string | URL;
}

/** Opens the database at the newest schema, with its keys and what every installation begins with. */
async function openBase(
  config: Config,
  { clock = systemClock, logger }: Pick<ContainerOverrides, 'clock' | 'logger'>,
): Promise<Base> {
  const log = logger ?? createLogger({ level: config.logLevel });
  const database: Database<GecTables> = openDatabase<GecTables>(config.databaseUrl, {
    maxConnections: config.databaseConnections,
    onIdleError: (error) => log.warn({ err: error }, 'an idle database connection was lost'),
    onLost: (error) => leaveSoon(log, error),
  });
  try {
    const copy = await copyBeforeSteps(database, config.databaseUrl, migrations, clock.now());
    if (copy !== null) log.warn({ copy }, 'the schema is older: the database was copied before its update');
    await migrate(database, migrations);
    const opened = await ouvrirTrousseau(config, database, clock);
    await database.transaction((trx) => seedPeople(trx, clock.now().toISOString()));
    return { ...opened, database, clock, logger: log };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Constructs every service of GEC Mines, and is the only place that does. Nothing runs in the background until
 * `start`; `close` ends everything that was opened here.
 *
 * @throws when the database cannot be opened or migrated, or when the master key is not the one of this database
 */
export async function createContainer(config: Config, overrides: ContainerOverrides) {
  const base = await openBase(config, overrides);
  const { database, clock, keyring, logger } = base;

  const journal = createJournalService(base);
  const parametres = createParametresService({ ...base, journal });
  const courriels = createCourrielsService({ ...base, journal, parametres });
  const textes = createTextesService({ ...base, journal });
  await textes.appliquer();
  const licence = createLicenceService({ ...base, journal, parametres, fetch: overrides.licenceFetch });
  const referentiels = createReferentielsService({ ...base, journal });
  await database.transaction((trx) => referentiels.seed(trx));
  const roles = createRolesService({ ...base, journal });
  const departements = createDepartementsService({ ...base, journal, parametres });

  // Read at every request, so kept here and renewed with the settings.
  let sessionMs = (await parametres.get()).dureeSessionHeures * 3_600_000;
  const sessions = createSessionService({ db: database, clock, lifetimeMs: () => sessionMs });
  const addresses = createAddressPolicy({ db: database, clock });
  const guard = createLoginGuard({
    db: database,
    clock,
    secret: config.sessionSecret,
    isTrusted: (ip) => addresses.isAllowed(ip),
    policy: async () => {
      const { verrouillageEchecs, verrouillageMinutes } = await parametres.get();
      return {
        failures: verrouillageEchecs,
        baseMinutes: verrouillageMinutes,
        windowMinutes: Math.max(15, verrouillageMinutes),
      };
    },
  });
  const atelier = createAtelier({
    script: overrides.atelierScript,
    size: config.workers,
    logger,
  });
  const utilisateurs = createUtilisateursService({
    ...base,
    journal,
    roles,
    departements,
    parametres,
    courriels,
    sessions,
    guard,
    atelier,
  });
  const confirmation = createConfirmation({ ...base, journal, utilisateurs, guard });
  const facteurs = createFacteursService({
    ...base,
    journal,
    parametres,
    utilisateurs,
    sessions,
    confirmer: (actor, motDePasse) =>
      confirmation.confirmer(actor, motDePasse, { champ: 'mot_de_passe', motif: 'second facteur' }),
  });
  const notifications = createNotificationsService({
    ...base,
    journal,
    parametres,
    referentiels,
    courriels,
    utilisateurs,
    courriers: { byIds: (actor, ids) => courriers.byIds(actor, ids) },
  });
  journal.onRecord((trx, _actor, entry) => notifications.surveiller(trx, entry));
  const preferences = createPreferencesService({ ...base, journal, notifications });
  const auth = createAuthService({ ...base, journal, sessions, guard, utilisateurs, facteurs, confirmation });
  const adresses = createAdressesService({ ...base, journal, addresses });
  const securite = createSecuriteService({
    ...base,
    journal,
    parametres,
    utilisateurs,
    roles,
    sessions,
    guard,
  });

  const store = await openFiles(config.files);
  const previews = createPreviewCache({ dir: join(config.dataDir, 'previews'), files: keyring.files, clock });
  const registres = createRegistresService({ ...base, journal, parametres, departements });
  const correspondants = createCorrespondantsService(base);
  const recherche = createRechercheService({ ...base, correspondants, parametres });
  const pieces = createPiecesService({
    ...base,
    store,
    previews,
    atelier,
    limites: async () => {
      const { tailleMaxFichierMo, typesFichiers } = await parametres.get();
      return { tailleMax: tailleMaxFichierMo * 1024 * 1024, types: typesFichiers };
    },
    heldByDrafts: () => courriers.heldByDrafts(),
  });
  const courriers = createCourriersService({
    ...base,
    journal,
    registres,
    pieces,
    correspondants,
    recherche,
    referentiels,
    parametres,
    departements,
    utilisateurs,
    notifications,
  });
  const annuaire = createAnnuaireService({ ...base, journal });
  const fusions = createFusionService({ ...base, journal, annuaire, courriers });
  const importCorrespondants = createImportCorrespondants({ ...base, journal, annuaire, atelier });
  const commentaires = createCommentairesService({
    ...base,
    journal,
    courriers,
    utilisateurs,
    notifications,
  });
  const transmissions = createTransmissionsService({
    ...base,
    journal,
    courriers,
    commentaires,
    utilisateurs,
    parametres,
    notifications,
    referentiels,
  });
  const lettres = createLettreService({
    courriers,
    pieces,
    transmissions,
    commentaires,
    recherche,
    referentiels,
    parametres,
    journal,
    utilisateurs,
    notifications,
    clock,
  });
  const accueil = createAccueilService({ ...base, transmissions, recherche, parametres });
  const lecture = createLectureService({ pieces, courriers, journal, logger });
  const rapports = createRapportsService({
    ...base,
    journal,
    store,
    atelier,
    courriers,
    pieces,
    recherche,
    registres,
    transmissions,
    commentaires,
    referentiels,
    parametres,
    departements,
    utilisateurs,
  });

  const sauvegardes = createSauvegardesService({
    ...base,
    journal,
    parametres,
    notifications,
    recherche,
    store,
    depot: await createDepot(config.backup.destination),
  });

  const importEngine = createImportEngine({
    ...base,
    journal,
    courriers,
    registres,
    pieces,
    notice: createNotice({ atelier, parametres }),
  });
  const imports = createImportsService({
    ...base,
    engine: importEngine,
    store,
    atelier,
    journal,
    parametres,
    referentiels,
    departements,
    utilisateurs,
  });

  const reprise = createRepriseService({
    ...base,
    journal,
    moteur: importEngine,
    departements,
    roles,
    referentiels,
    parametres,
    adresses,
    courriers,
    atelier,
  });

  const watch = createKeyWatch({
    database,
    keyring,
    clock,
    onError: (error) =>
      logger.error({ err: error }, 'keys could not be read; after a change of the master key, start again'),
  });
  const cles = createClesService({ ...base, journal, store, watch });

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
      { name: 'notifications', everyMs: 6 * 3_600_000, run: () => notifications.sweep() },
      { name: 'echeances', everyMs: 900_000, run: () => notifications.rappelQuotidien() },
      { name: 'texts', everyMs: 5_000, run: () => textes.appliquer() },
      { name: 'sauvegarde', everyMs: 300_000, run: () => sauvegardes.planifier() },
      { name: 'licence', everyMs: 600_000, run: () => licence.battement() },
      { name: 'cles', everyMs: 60_000, run: () => cles.reprendre() },
      { name: 'files', everyMs: 6 * 3_600_000, run: () => pieces.sweep() },
      {
        name: 'settings',
        everyMs: 30_000,
        run: async () => {
          sessionMs = (await parametres.get()).dureeSessionHeures * 3_600_000;
        },
      },
    ],
  });

  watch.start();
  return {
    ...base,
    journal,
    parametres,
    courriels,
    notifications,
    textes,
    licence,
    referentiels,
    roles,
    departements,
    sessions,
    addresses,
    adresses,
    guard,
    utilisateurs,
    preferences,
    auth,
    facteurs,
    securite,
    store,
    atelier,
    registres,
    correspondants,
    annuaire,
    fusions,
    importCorrespondants,
    recherche,
    pieces,
    courriers,
    lecture,
    commentaires,
    transmissions,
    lettres,
    accueil,
    rapports,
    importEngine,
    imports,
    reprise,
    cles,
    outbox,
    sante,
    sauvegardes,
    shell: createShell({
      parametres,
      aTraiter: async (person) => (await transmissions.counts(person)).aTraiter,
      nonLues: (person) => notifications.compte(person),
      bandeau: (person) => licence.bandeau(person),
    }),

    /** Begins the work in the background: chaining the journal, side effects, exports, upkeep. */
    start(): void {
      journal.start();
      outbox.start();
      rapports.start();
      upkeep.start();
      sauvegardes
        .terminerRestauration()
        .catch((error: unknown) => logger.error({ err: error }, 'the search index was not rebuilt'));
    },

    /** Finishes what is under way and closes everything. */
    async close(): Promise<void> {
      // First: the upkeep waits for the backup that it has begun.
      await sauvegardes.stop();
      cles.stop();
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

export type Container = Awaited<ReturnType<typeof createContainer>>;

import { createAddressPolicy, createLoginGuard, createSessionService } from '@gec/http';
import type { Base } from '../context.ts';
import { createAdressesService } from '../modules/auth/adresses.service.ts';
import type { CourriersService } from '../modules/courriers/courriers.service.ts';
import { createNotificationsService } from '../modules/notifications/notifications.service.ts';
import { createSecuriteService } from '../modules/securite/securite.service.ts';
import { createPreferencesService } from '../modules/utilisateurs/utilisateurs.preferences.service.ts';
import { createUtilisateursService } from '../modules/utilisateurs/utilisateurs.service.ts';
import type { Atelier } from '../workers/atelier.ts';
import type { Settings } from './settings.ts';
import { createSignIn } from './sign-in.ts';

/** What is built besides people, and that they need. */
interface PeopleDeps extends Settings {
  atelier: Atelier;
  /** The letters that notifications tell of, which are constructed after people. */
  courriers: Pick<CourriersService, 'byIds'>;
}

/**
 * Constructs who may sign in, how, and what they are told.
 *
 * @returns the services, and what reads the lifetime of a session anew when the settings may have changed
 */
export async function createPeople(base: Base, deps: PeopleDeps) {
  const { config, database, clock } = base;
  const { journal, parametres, courriels, referentiels, roles, departements, atelier, courriers } = deps;

  // Read at every request, so kept here and renewed with the settings.
  let sessionMs = 0;
  const renewSessionLifetime = async (): Promise<void> => {
    sessionMs = (await parametres.get()).dureeSessionHeures * 3_600_000;
  };
  await renewSessionLifetime();
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
  const notifications = createNotificationsService({
    ...base,
    journal,
    parametres,
    referentiels,
    courriels,
    utilisateurs,
    courriers,
  });
  journal.onRecord((trx, _actor, entry) => notifications.surveiller(trx, entry));
  const preferences = createPreferencesService({ ...base, journal, notifications });
  const { auth, facteurs } = createSignIn({ ...base, journal, parametres, utilisateurs, sessions, guard });
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

  return {
    renewSessionLifetime,
    people: {
      sessions,
      addresses,
      adresses,
      guard,
      utilisateurs,
      notifications,
      preferences,
      auth,
      facteurs,
      securite,
    },
  };
}

export type People = Awaited<ReturnType<typeof createPeople>>['people'];

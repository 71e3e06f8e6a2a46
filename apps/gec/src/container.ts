import type { Config } from './config.ts';
import { createBackground } from './container/background.ts';
import { openBase, type ContainerOverrides } from './container/base.ts';
import { createLetters } from './container/letters.ts';
import { createPeople } from './container/people.ts';
import { createSettings } from './container/settings.ts';
import { createTakeover } from './container/takeover.ts';
import { createShell } from './http/shell.ts';

export type { ContainerOverrides } from './container/base.ts';

/**
 * Constructs every service of GEC Mines, and is the only place that does. Nothing runs in the background until
 * `start`; `close` ends everything that was opened here.
 *
 * @throws when the database cannot be opened or migrated, or when the master key is not the one of this database
 */
export async function createContainer(config: Config, overrides: ContainerOverrides) {
  const base = await openBase(config, overrides);
  const { logger } = base;
  const settings = await createSettings(base, overrides.licenceFetch);
  const atelier = overrides.openAtelier({ size: config.workers, logger });
  const { people, renewSessionLifetime } = await createPeople(base, {
    ...settings,
    atelier,
    courriers: { byIds: (actor, ids) => letters.courriers.byIds(actor, ids) },
  });
  const letters = await createLetters(base, { ...settings, ...people, atelier });
  const takeover = await createTakeover(base, { ...settings, ...people, ...letters, atelier });
  const services = { ...settings, ...people, ...letters, ...takeover, atelier };
  const { parametres, transmissions, notifications, licence } = services;

  return {
    ...base,
    ...services,
    ...createBackground(base, { ...services, renewSessionLifetime }),
    shell: createShell({
      parametres,
      aTraiter: async (person) => (await transmissions.counts(person)).aTraiter,
      nonLues: (person) => notifications.compte(person),
      bandeau: (person) => licence.bandeau(person),
    }),
  };
}

export type Container = Awaited<ReturnType<typeof createContainer>>;

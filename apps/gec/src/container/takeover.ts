import type { Base } from '../context.ts';
import { createImportEngine } from '../modules/imports/imports.engine.ts';
import { createNotice } from '../modules/imports/imports.notice.ts';
import { createImportsService } from '../modules/imports/imports.service.ts';
import { createImportsRepo } from '../modules/imports/imports.suivi.repo.ts';
import { createRepriseService } from '../modules/imports/reprise/reprise.service.ts';
import { createTravauxService } from '../modules/imports/reprise/reprise.travaux.ts';
import { createDepot } from '../modules/sauvegardes/sauvegardes.depots.ts';
import { createSauvegardesService } from '../modules/sauvegardes/sauvegardes.service.ts';
import type { Atelier } from '../workers/atelier.ts';
import type { Letters } from './letters.ts';
import type { People } from './people.ts';
import type { Settings } from './settings.ts';

/** Constructs what brings a whole register in or out: backups, imports, and the data of an older installation. */
export async function createTakeover(base: Base, deps: Settings & People & Letters & { atelier: Atelier }) {
  const { config } = base;
  const { journal, parametres, referentiels, roles, departements, utilisateurs, notifications, adresses } =
    deps;
  const { store, atelier, registres, recherche, pieces, courriers } = deps;

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

  const travaux = createTravauxService({
    ...base,
    reprise,
    segments: createImportsRepo(base.database, base.keyring),
    store,
    journal,
    utilisateurs,
  });

  return { sauvegardes, importEngine, imports, reprise, travaux };
}

export type Takeover = Awaited<ReturnType<typeof createTakeover>>;

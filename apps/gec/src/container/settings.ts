import type { Fetch } from '@gec/licence-client';
import type { Base } from '../context.ts';
import { createCourrielsService } from '../modules/courriels/courriels.service.ts';
import { createDepartementsService } from '../modules/departements/departements.service.ts';
import { createJournalService } from '../modules/journal/journal.service.ts';
import { createLicenceService } from '../modules/licence/licence.service.ts';
import { createParametresService } from '../modules/parametres/parametres.service.ts';
import { createReferentielsService } from '../modules/referentiels/referentiels.service.ts';
import { createRolesService } from '../modules/roles/roles.service.ts';
import { createTextesService } from '../modules/textes/textes.service.ts';

/** Constructs what an office has chosen for itself, and the journal that everything is put down in. */
export async function createSettings(base: Base, licenceFetch: Fetch | undefined) {
  const { database } = base;
  const journal = createJournalService(base);
  const parametres = createParametresService({ ...base, journal });
  const courriels = createCourrielsService({ ...base, journal, parametres });
  const textes = createTextesService({ ...base, journal });
  await textes.appliquer();
  const licence = createLicenceService({ ...base, journal, parametres, fetch: licenceFetch });
  const referentiels = createReferentielsService({ ...base, journal });
  await database.transaction((trx) => referentiels.seed(trx));
  const roles = createRolesService({ ...base, journal });
  const departements = createDepartementsService({ ...base, journal, parametres });
  return { journal, parametres, courriels, textes, licence, referentiels, roles, departements };
}

export type Settings = Awaited<ReturnType<typeof createSettings>>;

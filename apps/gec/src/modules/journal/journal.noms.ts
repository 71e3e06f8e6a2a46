import type { DepartementsService } from '../departements/departements.service.ts';
import type { ReferentielsService } from '../referentiels/referentiels.service.ts';
import type { RolesService } from '../roles/roles.service.ts';
import type { JournalNames } from './journal.presenter.ts';

/** Who knows what the codes in entries are called. */
export interface NomsDuJournalDeps {
  readonly departements: Pick<DepartementsService, 'list'>;
  readonly referentiels: Pick<ReferentielsService, 'statuts'>;
  readonly roles: Pick<RolesService, 'list'>;
}

/** What departments, statuts and roles are called now, to write entries in words. */
export async function nomsDuJournal(deps: NomsDuJournalDeps): Promise<Omit<JournalNames, 'personnes'>> {
  const [departements, statuts, roles] = await Promise.all([
    deps.departements.list(),
    deps.referentiels.statuts(),
    deps.roles.list(),
  ]);
  return {
    departements: new Map(departements.map(({ id, nom }) => [id, nom])),
    statuts: new Map(statuts.map(({ nom, libelle }) => [nom, libelle])),
    roles: new Map(roles.map(({ nom, libelle }) => [nom, libelle])),
  };
}

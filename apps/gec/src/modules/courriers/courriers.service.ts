import { createCorbeille } from './courriers.corbeille.ts';
import { createChanges } from './courriers.change.ts';
import type { CourriersDeps } from './courriers.deps.ts';
import { createImportation } from './courriers.importation.ts';
import { createHistoryRepo } from './courriers.history.repo.ts';
import { createSharing } from './courriers.partage.ts';
import { createRattachement } from './courriers.rattachement.ts';
import { createReading } from './courriers.read.ts';
import { createCheck, createRegister } from './courriers.register.ts';
import { createCourriersRepo } from './courriers.repo.ts';

/** Letters: registering, reading, changing, deleting. Each use case is documented where it is written. */
export function createCourriersService(deps: CourriersDeps) {
  const repo = createCourriersRepo(deps.database, deps.keyring);
  const history = createHistoryRepo(deps.database, deps.keyring);
  const reading = createReading(deps, repo, history);
  return {
    register: createRegister(deps, repo, history),
    check: createCheck(deps),
    ...reading,
    ...createChanges(deps, repo, history, reading),
    ...createCorbeille(deps, repo),
    ...createSharing(deps, repo),
    ...createRattachement(deps, repo, history),
    ...createImportation(deps, repo),
  };
}

export type CourriersService = ReturnType<typeof createCourriersService>;

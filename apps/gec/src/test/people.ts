import { createLoginGuard, createSessionService } from '@gec/http';
import { createSignIn } from '../container/sign-in.ts';
import type { ConnexionASuivre, ConnexionOuverte } from '../modules/auth/auth.schema.ts';
import type { PasswordFunctions } from '../modules/auth/auth.password.ts';
import { createDepartementsService } from '../modules/departements/departements.service.ts';
import { createJournalService } from '../modules/journal/journal.service.ts';
import { createParametresService } from '../modules/parametres/parametres.service.ts';
import { createRolesService } from '../modules/roles/roles.service.ts';
import { createUtilisateursService } from '../modules/utilisateurs/utilisateurs.service.ts';
import { sharedAtelier } from './atelier.ts';
import { createTestBase, type TestBase } from './harness.ts';

/** What `open` of `describeEachDatabase` copies: schema, keys and roles. Making them takes longer than most tests. */
export const preparedDatabase = {
  key: 'gec-people',
  build: async ({ url }: { url: string }): Promise<void> => (await createTestBase(url)).close(),
};

/** The session that a sign-in opened; fails where a second step is asked. */
export function ouverte(answer: ConnexionOuverte | ConnexionASuivre): ConnexionOuverte {
  if (answer.etape !== 'ouverte') throw new Error('a second factor is asked');
  return answer;
}

/** The services of people and sign-in on a test base, as a process of its own would have them. */
export function createPeople(base: TestBase, passwordFunctions?: PasswordFunctions) {
  const { config, database, clock } = base;
  const journal = createJournalService(base);
  const roles = createRolesService({ ...base, journal });
  const parametres = createParametresService({ ...base, journal });
  const departements = createDepartementsService({ ...base, journal, parametres });
  const sessions = createSessionService({ db: database, clock, lifetimeMs: () => 8 * 3_600_000 });
  const guard = createLoginGuard({ db: database, clock, secret: config.sessionSecret });
  const atelier = sharedAtelier();
  const utilisateurs = createUtilisateursService({
    ...base,
    journal,
    roles,
    departements,
    parametres,
    sessions,
    guard,
    atelier,
  });
  const { auth, facteurs } = createSignIn({
    ...base,
    journal,
    parametres,
    utilisateurs,
    sessions,
    guard,
    passwordFunctions,
  });
  return { journal, roles, departements, sessions, guard, utilisateurs, parametres, atelier, facteurs, auth };
}

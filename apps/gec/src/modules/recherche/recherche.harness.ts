import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { enregistrer, type Exemple } from './recherche.fixture.ts';
import { SANS_FILTRE, type Filtres, type Pagination } from './recherche.schema.ts';
import { createRechercheService, type RechercheService } from './recherche.service.ts';

/** What the tests of one database work with; there from the first test on. */
interface Ici {
  base: TestBase;
  recherche: RechercheService;
  chef: Awaited<ReturnType<TestBase['person']>>;
}

/** Prepares searches for the tests of one database: one installation, and a register of its own for each test. */
export function preparerRecherche(open: () => Promise<{ url: string }>) {
  const ici = {} as Ici;
  beforeAll(async () => {
    const base = await createTestBase((await open()).url);
    const recherche = createRechercheService({
      database: base.database,
      keyring: base.keyring,
      parametres: { get: async () => ({ fuseauHoraire: 'Africa/Kinshasa' }) },
      correspondants: {
        suggest: async (_actor, q) => (q.startsWith('gé') ? [{ id: 1, nom: 'Gécamines' }] : []),
      },
    });
    Object.assign(ici, { base, recherche, chef: await base.person('super_admin', 'SG') });
  });
  afterAll(() => ici.base.close());
  beforeEach(async () => {
    // Each test has the register to itself; the index is emptied by what repairs it.
    await ici.base.database.kysely.deleteFrom('courrier_acces').execute();
    await ici.base.database.kysely.deleteFrom('courrier').execute();
    await ici.recherche.rebuild();
  });

  const ajouter = (...exemples: (Partial<Exemple> | string)[]) =>
    enregistrer(
      ici.base,
      ici.recherche,
      exemples.map((un) => ({
        utilisateurId: ici.chef.userId,
        ...(typeof un === 'string' ? { objet: un } : un),
      })),
    );
  const lister = (filtres: Partial<Filtres> = {}, pagination: Partial<Pagination> = {}, actor = ici.chef) =>
    ici.recherche.list(actor, { ...SANS_FILTRE, ...filtres }, pagination);
  const objets = async (filtres: Partial<Filtres>, pagination?: Partial<Pagination>) =>
    (await lister(filtres, pagination)).lignes.map((ligne) => ligne.objet);
  return { ici, ajouter, lister, objets, chercher: (search: string) => objets({ search }) };
}

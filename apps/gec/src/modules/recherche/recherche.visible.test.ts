import { describeEachDatabase } from '@gec/testing';
import { DEFAULT_ROLES, PERMISSIONS, systemActor, type Actor, type Permission } from '@gec/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { visibleTo } from '../courriers/courriers.acces.repo.ts';
import { mayRead } from '../courriers/courriers.policy.ts';
import { enregistrer, type Exemple } from './recherche.fixture.ts';
import { SANS_FILTRE, type Filtres } from './recherche.schema.ts';
import { createRechercheService, type RechercheDeps, type RechercheService } from './recherche.service.ts';

const MOTS = ['cuivre', 'cobalt', 'permis', 'rapport'] as const;
const STATUTS = ['RECU', 'URGENT'] as const;

// Hundreds of queries each: a busy machine needs time for them.
const PATIENCE = 90_000;

describeEachDatabase('who finds what', (open) => {
  let base: TestBase;
  let recherche: RechercheService;
  let debordee: RechercheService;
  const personnes: { userId: number; departementId: number | null; permissions: ReadonlySet<Permission> }[] =
    [];
  const lettres: (Exemple & { id: number })[] = [];
  let departements: number[] = [];

  beforeAll(async () => {
    base = await createTestBase((await open(migrated)).url);
    const deps: RechercheDeps = {
      database: base.database,
      keyring: base.keyring,
      parametres: { get: async () => ({ fuseauHoraire: 'Africa/Kinshasa' }) },
      correspondants: { suggest: async () => [] },
    };
    recherche = createRechercheService(deps);
    // As if the register were far too large for the usual ways.
    debordee = createRechercheService(deps, { plafond: 12, aLaMain: 5, dureeComptes: 0 });
    for (const [role, code] of [
      ['super_admin', 'SG'],
      ['admin', 'JUR'],
      ['admin', 'FIN'],
      ['user', 'JUR'],
      ['user', 'FIN'],
      ['user', null],
    ] as const) {
      personnes.push(await base.person(role, code, `${role}-${code ?? 'sans'}`));
    }
    departements = await Promise.all(['JUR', 'FIN', 'SG'].map((code) => base.departement(code)));
    // Every combination of words, owners, departments and transmissions that the tests can draw.
    const tirages = fc.sample(
      fc.record({
        objet: fc.subarray([...MOTS], { minLength: 1 }).map((mots) => mots.join(' ')),
        statut: fc.constantFrom(...STATUTS),
        typeCourrier: fc.constantFrom('ENTRANT' as const, 'SORTANT' as const),
        utilisateurId: fc.constantFrom(...personnes.map((une) => une.userId)),
        departementId: fc.constantFrom(null, ...departements),
        transmisA: fc.subarray(personnes.map((une) => une.userId)),
        dateRedaction: fc.constantFrom(null, '2025-01-10', '2025-02-10'),
        isDeleted: fc.nat(9).map((n) => n === 0),
      }),
      { numRuns: 160, seed: 20251121 },
    );
    const ids = await enregistrer(base, recherche, tirages);
    tirages.forEach((tirage, i) => lettres.push({ ...tirage, id: ids[i] ?? 0 }));
  });
  afterAll(() => base.close());

  const acteurs = (): fc.Arbitrary<Actor> =>
    fc
      .record({
        qui: fc.constantFrom(...personnes),
        permissions: fc.subarray<Permission>([...PERMISSIONS]),
        role: fc.constantFrom('tel quel', 'tiré'),
        diriges: fc.subarray(departements),
        // So many that they are no longer looked up one by one, most of them without a letter.
        vides: fc.constantFrom(0, 0, 3, 640),
      })
      .map(({ qui, permissions, role, diriges, vides }) => ({
        kind: 'user' as const,
        username: 'x',
        role: 'x',
        lang: 'fr' as const,
        ip: '',
        userId: qui.userId,
        departementId: qui.departementId,
        departementsDiriges: [
          ...diriges,
          ...Array.from({ length: diriges.length > 0 ? vides : 0 }, (_, i) => 1_000_000 + i),
        ],
        permissions: role === 'tiré' ? new Set(permissions) : qui.permissions,
      }));

  const filtres: fc.Arbitrary<Filtres> = fc
    .record({
      search: fc.constantFrom(null, ...MOTS, 'co', '"permis"', 'cuivre rapport'),
      statut: fc.constantFrom(null, ...STATUTS),
      typeCourrier: fc.constantFrom(null, 'ENTRANT' as const, 'SORTANT' as const),
      dateRedactionFrom: fc.constantFrom(null, '2025-02-01'),
      dateRedactionTo: fc.constantFrom(null, '2025-01-31', '2025-03-01'),
      sortBy: fc.constantFrom('date_enregistrement' as const, 'statut' as const, 'objet' as const),
      sortOrder: fc.constantFrom('asc' as const, 'desc' as const),
    })
    .map((tire) => ({ ...SANS_FILTRE, ...tire }));

  /** The rule, read letter by letter. */
  const attendues = (acteur: Actor, choix: Filtres) =>
    lettres.filter((lettre) => {
      const mots = (lettre.objet ?? '').split(' ');
      const cherches = choix.search?.replaceAll('"', '').split(' ') ?? [];
      const jour = lettre.dateRedaction ?? null;
      const { dateRedactionFrom: debut, dateRedactionTo: fin } = choix;
      return (
        !lettre.isDeleted &&
        mayRead(acteur, {
          utilisateurId: lettre.utilisateurId,
          departementId: lettre.departementId ?? null,
          transmis: acteur.kind === 'user' && (lettre.transmisA ?? []).includes(acteur.userId),
          isDeleted: false,
        }) &&
        cherches.every((cherche) => mots.some((mot) => mot.startsWith(cherche))) &&
        (choix.statut === null || choix.statut === lettre.statut) &&
        (choix.typeCourrier === null || choix.typeCourrier === lettre.typeCourrier) &&
        ((debut === null && fin === null) ||
          (jour !== null && (debut === null || jour >= debut) && (fin === null || jour <= fin)))
      );
    });

  it(
    'is what the policy says, in pages, counts, exports, neighbours and suggestions',
    async () => {
      await fc.assert(
        fc.asyncProperty(acteurs(), filtres, async (acteur, choix) => {
          const juste = attendues(acteur, choix).map((lettre) => lettre.id);
          const lisibles = await base.database.kysely
            .selectFrom('courrier')
            .select('id')
            .where('is_deleted', '=', false)
            .where(visibleTo(acteur))
            .orderBy('id')
            .execute();
          expect(lisibles.map(({ id }) => id)).toEqual(attendues(acteur, SANS_FILTRE).map(({ id }) => id));
          const vus: number[] = [];
          let apres: number | null = null;
          for (let page = 1; ; page++) {
            const liste = await recherche.list(acteur, choix, { size: 25, page, apres });
            vus.push(...liste.lignes.map((ligne) => ligne.id));
            expect(liste.total).toBe(juste.length);
            const parNumero = await recherche.list(acteur, choix, { size: 25, page });
            expect(parNumero.lignes.map((ligne) => ligne.id)).toEqual(liste.lignes.map((ligne) => ligne.id));
            apres = liste.suivant;
            if (apres === null) break;
          }
          expect([...vus].sort((a, b) => a - b)).toEqual(juste);
          expect(await recherche.count(acteur, choix)).toEqual({ total: juste.length, plafonne: false });
          expect(await recherche.count(acteur, choix, { exact: true })).toMatchObject({
            total: juste.length,
          });

          const exportes: number[] = [];
          for await (const lot of recherche.iterate(acteur, choix, { batch: 40 }))
            exportes.push(...lot.map(({ id }) => id));
          expect(exportes).toEqual(juste);

          const milieu = vus[Math.floor(vus.length / 2)];
          if (milieu !== undefined) {
            const place = vus.indexOf(milieu);
            expect(await recherche.neighbours(acteur, choix, milieu)).toEqual({
              previous: vus[place - 1],
              next: vus[place + 1],
            });
          }
          if (choix.search !== null) {
            const permises = new Set(
              attendues(acteur, { ...SANS_FILTRE, search: choix.search }).map(({ id }) => id),
            );
            for (const { href } of await recherche.suggest(acteur, choix.search)) {
              expect(permises.has(Number(href.replace('/mail/', '')))).toBe(true);
            }
          }
        }),
        { numRuns: 60 },
      );
    },
    PATIENCE,
  );

  it(
    'stays so when there are more letters than one counts and sorts',
    async () => {
      await fc.assert(
        fc.asyncProperty(acteurs(), filtres, async (acteur, tire) => {
          const choix = { ...tire, sortBy: 'date_enregistrement' as const };
          const juste = attendues(acteur, choix).map((lettre) => lettre.id);
          if (choix.sortOrder === 'desc') juste.reverse();
          const vus: number[] = [];
          let apres: number | null = null;
          for (let page = 1; ; page++) {
            const liste = await debordee.list(acteur, choix, { size: 25, page, apres });
            vus.push(...liste.lignes.map((ligne) => ligne.id));
            expect(liste.total).toBeLessThanOrEqual(juste.length);
            if (!liste.totalPlafonne) expect(liste.total).toBe(juste.length);
            apres = liste.suivant;
            if (apres === null) break;
          }
          expect(vus).toEqual(juste);
          expect(await debordee.count(acteur, choix, { exact: true })).toMatchObject({ total: juste.length });
          const compte = await debordee.count(acteur, choix);
          if (!compte.plafonne) expect(compte.total).toBe(juste.length);
          if (juste.length > 12) {
            const trie = debordee.list(acteur, { ...choix, sortBy: 'objet' });
            await expect(trie).rejects.toMatchObject({ kind: 'invalid', fields: [{ field: 'sort_by' }] });
          }
        }),
        { numRuns: 60 },
      );
    },
    PATIENCE,
  );

  it('is everything for the system, and nothing for who may read nothing', async () => {
    const vivantes = lettres.filter((lettre) => !lettre.isDeleted).length;
    expect(await recherche.count(systemActor('test'), SANS_FILTRE)).toEqual({
      total: vivantes,
      plafonne: false,
    });
    const personne: Actor = {
      kind: 'user',
      userId: 987_654,
      username: 'x',
      role: 'user',
      departementId: null,
      permissions: new Set(DEFAULT_ROLES.user),
      lang: 'fr',
      ip: '',
    };
    expect((await recherche.list(personne, SANS_FILTRE)).lignes).toEqual([]);
    expect(await recherche.suggest(personne, 'cuivre')).toEqual([]);
  });
});

import { describeEachDatabase } from '@gec/testing';
import { AppError, systemActor } from '@gec/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import { enregistrer, type Exemple } from './recherche.fixture.ts';
import { parseFilters, SANS_FILTRE, type Filtres, type Pagination } from './recherche.schema.ts';
import { createRechercheService, type RechercheService } from './recherche.service.ts';

describeEachDatabase('recherche', (open) => {
  let base: TestBase;
  let recherche: RechercheService;
  let chef: Awaited<ReturnType<TestBase['person']>>;
  const systeme = systemActor('test');

  beforeAll(async () => {
    base = await createTestBase((await open(migrated)).url);
    recherche = createRechercheService({
      database: base.database,
      keyring: base.keyring,
      parametres: { get: async () => ({ fuseauHoraire: 'Africa/Kinshasa' }) },
      correspondants: {
        suggest: async (_actor, q) => (q.startsWith('gé') ? [{ id: 1, nom: 'Gécamines' }] : []),
      },
    });
    chef = await base.person('super_admin', 'SG');
  });
  afterAll(() => base.close());
  beforeEach(async () => {
    // Each test has the register to itself; the index is emptied by what repairs it.
    await base.database.kysely.deleteFrom('courrier_acces').execute();
    await base.database.kysely.deleteFrom('courrier').execute();
    await recherche.rebuild();
  });

  const ajouter = (...exemples: (Partial<Exemple> | string)[]) =>
    enregistrer(
      base,
      recherche,
      exemples.map((un) => ({
        utilisateurId: chef.userId,
        ...(typeof un === 'string' ? { objet: un } : un),
      })),
    );
  const lister = (filtres: Partial<Filtres> = {}, pagination: Partial<Pagination> = {}, actor = chef) =>
    recherche.list(actor, { ...SANS_FILTRE, ...filtres }, pagination);
  const objets = async (filtres: Partial<Filtres>, pagination?: Partial<Pagination>) =>
    (await lister(filtres, pagination)).lignes.map((ligne) => ligne.objet);
  const chercher = (search: string) => objets({ search });

  describe('the words', () => {
    it('are found in every field, without accents, case or order', async () => {
      await ajouter(
        { objet: 'Permis d’exploitation de la COOPÉRATIVE', numero: '008951-25' },
        { objet: 'Rapport', correspondant: 'Cadastre Minier' },
        { objet: 'Note', numeroReference: '123/CAB/MIN/2025' },
        { objet: 'Divers', autresInformations: 'Copie au gouverneur' },
        { objet: 'Départ', typeCourrier: 'SORTANT', correspondant: 'Ambassade de Belgique' },
      );
      expect(await chercher('cooperative permis')).toEqual(['Permis d’exploitation de la COOPÉRATIVE']);
      expect(await chercher('8951')).toEqual(['Permis d’exploitation de la COOPÉRATIVE']);
      expect(await chercher('CADAS')).toEqual(['Rapport']);
      expect(await chercher('123/cab/min')).toEqual(['Note']);
      expect(await chercher('gouv')).toEqual(['Divers']);
      expect(await chercher('ambassade')).toEqual(['Départ']);
      expect(await chercher('permis ambassade')).toEqual([]);
    });

    it('narrow one after the other, and whole words between quotes', async () => {
      await ajouter('Mine de cuivre', 'Mines de cobalt', 'Ministère des mines');
      expect(await chercher('min')).toEqual(['Ministère des mines', 'Mines de cobalt', 'Mine de cuivre']);
      expect(await chercher('mine')).toEqual(['Ministère des mines', 'Mines de cobalt', 'Mine de cuivre']);
      expect(await chercher('mines co')).toEqual(['Mines de cobalt']);
      expect(await chercher('"mine"')).toEqual(['Mine de cuivre']);
      expect(await chercher('mi')).toHaveLength(3);
      expect(await chercher('m')).toHaveLength(3);
      expect((await lister({ search: 'mines m' })).ignores).toEqual(['m']);
    });

    it('are counted right beyond the longest beginning that is indexed', async () => {
      await ajouter('anticonstitutionnellement', 'anticonstitutionnelle');
      const liste = await lister({ search: 'anticonstitutionnellem' });
      expect(liste.lignes.map((ligne) => ligne.objet)).toEqual(['anticonstitutionnellement']);
      expect(liste.total).toBe(1);
    });

    it('say which of them to mark', async () => {
      expect((await lister({ search: 'Le permis 12/25 de' })).mots).toEqual(['permis', '12', '25']);
    });

    it('do no harm, whatever they are', async () => {
      await ajouter('Lettre ordinaire');
      const hostiles = [
        `' OR 1=1 --`,
        `"`,
        `""`,
        `a" OR "b`,
        'NEAR(a b)',
        'lettre AND NOT ordinaire*',
        'objet:lettre',
        '^lettre',
        '{} [] () % _ \\',
        '\u0000lettre',
        '🙂📬',
        '\ud800',
        'é'.repeat(200),
        `'; drop table courrier; --`,
        '١٢٣ 中文 ﬁn',
      ];
      for (const q of hostiles) await expect(chercher(q), q).resolves.toBeInstanceOf(Array);
      expect(await chercher('lettre')).toEqual(['Lettre ordinaire']);
      expect(await chercher('\u0000lettre')).toEqual(['Lettre ordinaire']);
      expect(await recherche.suggest(chef, 'x'.repeat(10_000))).toEqual([]);
    });

    it('follow the letter: changed, deleted, restored', async () => {
      const [id = 0] = await ajouter('Avant');
      const doc = (objet: string, isDeleted: boolean) => ({
        id,
        ordre: 0,
        typeCourrier: 'ENTRANT' as const,
        statut: 'RECU',
        departementId: null,
        utilisateurId: chef.userId,
        typeCourrierSortantId: null,
        secretaireGeneralCopie: null,
        dateEnregistrement: '2025-03-01T08:00:00.000Z',
        isDeleted,
        words: { numero: 'x', numeroReference: null, objet, correspondant: '', autresInformations: null },
      });
      const { ordre } = (await lister()).lignes[0] ?? { ordre: 0 };
      await base.database.transaction(async (trx) => {
        const objet = base.keyring.fields.seal({ table: 'courrier', column: 'objet', id }, 'Après');
        await trx.updateTable('courrier').set({ objet, statut: 'TRAITE' }).where('id', '=', id).execute();
        await recherche.reindex(trx, { ...doc('Après', false), ordre, statut: 'TRAITE' });
      });
      expect(await chercher('avant')).toEqual([]);
      expect(await chercher('apres')).toEqual(['Après']);
      expect(await objets({ search: 'apres', statut: 'TRAITE' })).toEqual(['Après']);
      expect(await objets({ search: 'apres', statut: 'RECU' })).toEqual([]);
      await base.database.transaction(async (trx) => {
        await trx.updateTable('courrier').set({ is_deleted: true }).where('id', '=', id).execute();
        await recherche.unindex(trx, ordre);
      });
      expect(await chercher('apres')).toEqual([]);
      expect((await lister()).total).toBe(0);
      await base.database.transaction(async (trx) => {
        await trx.updateTable('courrier').set({ is_deleted: false }).where('id', '=', id).execute();
        await recherche.index(trx, { ...doc('Après', false), ordre });
      });
      expect(await chercher('apres')).toEqual(['Après']);
    });

    it('are not indexed when the transaction fails', async () => {
      const failing = base.database.transaction(async (trx) => {
        await recherche.index(trx, {
          id: 1,
          ordre: 5,
          typeCourrier: 'ENTRANT',
          statut: 'RECU',
          departementId: null,
          utilisateurId: chef.userId,
          typeCourrierSortantId: null,
          secretaireGeneralCopie: null,
          dateEnregistrement: '2025-03-01T08:00:00.000Z',
          isDeleted: false,
          words: {
            numero: 'x',
            numeroReference: null,
            objet: 'y',
            correspondant: '',
            autresInformations: null,
          },
        });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect((await recherche.check()).superflus).toEqual([]);
    });
  });

  describe('the filters', () => {
    it('narrow alone, together and with words', async () => {
      const note = await base.database.transaction(async (trx) => {
        const id = await base.database.dialect.nextId(trx, 'type_courrier_sortant');
        const nom = `Note ${String(Math.random())}`;
        const type = { id, nom, description: null, actif: true, ordre_affichage: 1 };
        await trx.insertInto('type_courrier_sortant').values(type).execute();
        return id;
      });
      await ajouter(
        { objet: 'lot a', statut: 'RECU', sgCopie: true },
        { objet: 'lot b', statut: 'URGENT', sgCopie: false },
        { objet: 'lot c', statut: 'URGENT', typeCourrier: 'SORTANT', typeSortantId: note },
      );
      expect(await objets({ statut: 'URGENT' })).toEqual(['lot c', 'lot b']);
      expect(await objets({ sgCopie: true })).toEqual(['lot a']);
      expect(await objets({ sgCopie: false })).toEqual(['lot b']);
      expect(await objets({ typeCourrier: 'SORTANT' })).toEqual(['lot c']);
      expect(await objets({ typeCourrierSortantId: note })).toEqual(['lot c']);
      expect(await objets({ typeCourrierSortantId: note, statut: 'RECU' })).toEqual([]);
      expect(await objets({ statut: 'URGENT', typeCourrier: 'ENTRANT' })).toEqual(['lot b']);
      expect(await objets({ search: 'lot', statut: 'URGENT', typeCourrier: 'ENTRANT' })).toEqual(['lot b']);
    });

    it('take days in Kinshasa, both ends included', async () => {
      await ajouter(
        { objet: 'veille', date: '2025-11-20T22:59:59.999Z' },
        { objet: 'minuit', date: '2025-11-20T23:00:00.000Z' },
        { objet: 'soir', date: '2025-11-21T22:59:59.999Z' },
        { objet: 'lendemain', date: '2025-11-21T23:00:00.000Z' },
      );
      const jour = { dateFrom: '2025-11-21', dateTo: '2025-11-21' };
      expect(await objets(jour)).toEqual(['soir', 'minuit']);
      expect(await objets({ ...jour, search: 'n-' })).toEqual(['soir', 'minuit']);
      expect(await objets({ dateFrom: '2025-11-22' })).toEqual(['lendemain']);
      expect(await objets({ dateTo: '2025-11-20' })).toEqual(['veille']);
      expect(await objets({ ...jour, typeCourrier: 'ENTRANT', statut: 'RECU' })).toEqual(['soir', 'minuit']);
    });

    it('take the first and the last day that can be written', async () => {
      await ajouter({ objet: 'mot' });
      for (const search of [null, 'mot']) {
        for (const jour of ['1000-01-01', '9999-12-31']) {
          expect(await objets({ search, dateFrom: jour })).toHaveLength(jour === '1000-01-01' ? 1 : 0);
          expect(await objets({ search, dateTo: jour })).toHaveLength(jour === '1000-01-01' ? 0 : 1);
          expect(await objets({ search, dateRedactionFrom: jour, dateRedactionTo: jour })).toEqual([]);
        }
      }
    });

    it('take the days of the letter itself, both ends included', async () => {
      await ajouter(
        { objet: 'mot un', dateRedaction: '2025-01-31' },
        { objet: 'mot deux', dateRedaction: '2025-02-01' },
        { objet: 'mot trois', dateRedaction: '2025-02-28' },
        { objet: 'mot quatre', dateRedaction: null },
      );
      const fevrier = { dateRedactionFrom: '2025-02-01', dateRedactionTo: '2025-02-28' };
      for (const plus of [{}, { search: 'mot' }, { statut: 'RECU' }, { statut: 'RECU', search: 'mot' }]) {
        expect(await objets({ ...fevrier, ...plus })).toEqual(['mot trois', 'mot deux']);
        expect((await lister({ ...fevrier, ...plus })).total).toBe(2);
      }
      expect(await objets({ dateRedactionTo: '2025-01-31' })).toEqual(['mot un']);
      expect(await objets({ dateRedactionFrom: '2026-01-01' })).toEqual([]);
    });
  });

  describe('the order', () => {
    const trois = async () =>
      ajouter(
        { objet: 'Été', numero: 'B-2', correspondant: 'zaïre', statut: 'TRAITE' },
        { objet: 'eau', numero: 'C-3', correspondant: 'Ambassade', statut: 'RECU' },
        { objet: 'Zinc', numero: 'A-1', correspondant: 'Éts Kin', statut: 'RECU', typeCourrier: 'SORTANT' },
      );

    it('is by date, number, statut, objet or correspondant, both ways, with and without words', async () => {
      await trois();
      const attendus = {
        date_enregistrement: ['Été', 'eau', 'Zinc'],
        numero_accuse_reception: ['Zinc', 'Été', 'eau'],
        statut: ['eau', 'Zinc', 'Été'],
        objet: ['eau', 'Été', 'Zinc'],
        expediteur: ['eau', 'Zinc', 'Été'],
      } as const;
      for (const [sortBy, attendu] of Object.entries(attendus) as [Filtres['sortBy'], readonly string[]][]) {
        for (const plus of [{}, { search: '1 OR 2' }, { dateTo: '2099-01-01' }]) {
          const filtres = 'search' in plus ? {} : plus;
          expect(await objets({ sortBy, sortOrder: 'asc', ...filtres }), sortBy).toEqual(attendu);
          expect(await objets({ sortBy, sortOrder: 'desc', ...filtres }), sortBy).toEqual(
            [...attendu].reverse(),
          );
        }
      }
    });

    it('follows a changed objet, although opened ones are remembered', async () => {
      const [id = 0] = await trois();
      expect(await objets({ sortBy: 'objet', sortOrder: 'asc' })).toEqual(['eau', 'Été', 'Zinc']);
      const objet = base.keyring.fields.seal({ table: 'courrier', column: 'objet', id }, 'Aval');
      await base.database.kysely
        .updateTable('courrier')
        .set({ objet, version: 2 })
        .where('id', '=', id)
        .execute();
      expect(await objets({ sortBy: 'objet', sortOrder: 'asc' })).toEqual(['Aval', 'eau', 'Zinc']);
    });

    it('gives each letter the neighbours that it has in the list', async () => {
      await ajouter(
        ...Array.from({ length: 12 }, (_, i) => ({
          objet: `mot ${String((i * 7) % 12)}`,
          statut: i % 2 ? 'RECU' : 'TRAITE',
        })),
      );
      for (const sortBy of ['date_enregistrement', 'numero_accuse_reception', 'statut', 'objet'] as const) {
        for (const sortOrder of ['asc', 'desc'] as const) {
          for (const plus of [{}, { search: 'mot' }, { statut: 'RECU' }]) {
            const filtres = { ...SANS_FILTRE, sortBy, sortOrder, ...plus };
            const ids = (await recherche.list(chef, filtres)).lignes.map((ligne) => ligne.id);
            expect(ids.length).toBe('statut' in plus ? 6 : 12);
            for (const [i, id] of ids.entries()) {
              expect(await recherche.neighbours(chef, filtres, id)).toEqual({
                previous: ids[i - 1],
                next: ids[i + 1],
              });
            }
          }
        }
      }
      expect(await recherche.neighbours(chef, SANS_FILTRE, 999_999)).toEqual({});
    });
  });

  describe('the pages', () => {
    const tous = async (
      filtres: Partial<Filtres>,
      pendant: () => Promise<unknown> = async () => undefined,
    ) => {
      const vus: string[] = [];
      let page: Partial<Pagination> = { page: 1 };
      for (let n = 1; ; n++) {
        const liste = await lister(filtres, page);
        vus.push(...liste.lignes.map((ligne) => ligne.objet));
        await pendant();
        if (liste.suivant === null) return vus;
        page = { page: n + 1, apres: liste.suivant };
      }
    };

    it('show every letter once, by key, while others arrive', async () => {
      await ajouter(
        ...Array.from({ length: 80 }, (_, i) => ({
          objet: `mot ${String(i)}`,
          date: `2024-01-01T00:${String(i % 60).padStart(2, '0')}:0${String(Math.floor(i / 60))}.000Z`,
        })),
      );
      for (const filtres of [
        {},
        { search: 'mot' },
        { sortBy: 'numero_accuse_reception' as const, sortOrder: 'desc' as const },
        { statut: 'RECU', typeCourrier: 'ENTRANT' as const },
      ]) {
        let n = 0;
        const vus = await tous(filtres, () =>
          ajouter({
            objet: `neuf ${String(n++)}`,
            numero: `ZZ${String(Math.random())}`,
            date: `2026-01-01T00:00:0${String(n)}.000Z`,
          }),
        );
        const anciens = vus.filter((objet) => objet.startsWith('mot'));
        expect(anciens).toHaveLength(80);
        expect(new Set(anciens).size).toBe(80);
      }
    });

    it('go by number too, forth and back, and say how many there are', async () => {
      await ajouter(...Array.from({ length: 60 }, (_, i) => `mot ${String(i)}`));
      for (const filtres of [
        {},
        { search: 'mot' },
        { sortBy: 'objet' as const, sortOrder: 'asc' as const },
      ]) {
        const un = await lister(filtres, { page: 1 });
        const deux = await lister(filtres, { page: 2 });
        const trois = await lister(filtres, { page: 3 });
        expect([un, deux, trois].map((page) => page.lignes.length)).toEqual([25, 25, 10]);
        expect([un, deux, trois].map((page) => page.total)).toEqual([60, 60, 60]);
        expect([un.totalPlafonne, trois.suivant, un.precedent]).toEqual([false, null, null]);
        const suite = await lister(filtres, { page: 2, apres: un.suivant });
        expect(suite.lignes).toEqual(deux.lignes);
        const retour = await lister(filtres, { page: 1, avant: suite.precedent });
        expect(retour.lignes).toEqual(un.lignes);
        expect(retour.precedent).toBeNull();
        expect((await lister(filtres, { page: 4 })).lignes).toEqual([]);
      }
      expect((await lister({}, { size: 50 })).lignes).toHaveLength(50);
      expect(await recherche.count(chef, { ...SANS_FILTRE, search: 'mot' })).toEqual({
        total: 60,
        plafonne: false,
      });
      expect(await recherche.count(chef, SANS_FILTRE, { exact: true })).toEqual({
        total: 60,
        plafonne: false,
      });
      expect((await lister({}, { total: 'exact' })).total).toBe(60);
    });

    it('refuse what is too far or gone', async () => {
      await ajouter('un');
      await expect(lister({}, { page: 900 })).rejects.toThrow(AppError);
      await expect(lister({ sortBy: 'objet' }, { apres: 12 })).rejects.toThrow(AppError);
    });

    it('give exports every letter in the order of the register', async () => {
      await ajouter(...Array.from({ length: 55 }, (_, i) => `mot ${String(i).padStart(2, '0')}`), 'autre');
      for (const search of [null, 'mot']) {
        const vus: string[] = [];
        for await (const lot of recherche.iterate(
          systeme,
          { ...SANS_FILTRE, search, sortBy: 'objet' },
          { batch: 20 },
        )) {
          expect(lot.length).toBeLessThanOrEqual(20);
          vus.push(...lot.map((ligne) => ligne.objet));
        }
        expect(vus).toHaveLength(search === null ? 56 : 55);
        expect(vus[0]).toBe('mot 00');
        expect(vus[54]).toBe('mot 54');
      }
    });
  });

  describe('the index', () => {
    it('is checked and made anew', async () => {
      await ajouter({ objet: 'cachée', cache: true }, 'visible', { objet: 'jetée', isDeleted: true });
      expect(await chercher('cachee')).toEqual([]);
      await base.database.transaction((trx) =>
        recherche.index(trx, {
          id: 77,
          ordre: 77,
          typeCourrier: 'ENTRANT',
          statut: 'RECU',
          departementId: null,
          utilisateurId: chef.userId,
          typeCourrierSortantId: null,
          secretaireGeneralCopie: null,
          dateEnregistrement: '2025-03-01T08:00:00.000Z',
          isDeleted: false,
          words: {
            numero: 'x',
            numeroReference: null,
            objet: 'fantôme',
            correspondant: '',
            autresInformations: null,
          },
        }),
      );
      expect(await chercher('fantome')).toEqual([]);
      const controle = await recherche.check();
      expect(controle.lettres).toBe(2);
      expect(controle.incomplets).toHaveLength(1);
      expect(controle.superflus).toEqual([77]);
      const avancement: number[] = [];
      expect(await recherche.rebuild((fait) => avancement.push(fait))).toEqual({ lettres: 2, superflus: 1 });
      expect(avancement.at(-1)).toBe(3);
      expect(await recherche.check()).toEqual({ lettres: 2, incomplets: [], superflus: [] });
      expect(await chercher('cachee')).toEqual(['cachée']);
      expect(await chercher('jetee')).toEqual([]);
    });

    it('holds nothing in clear', async () => {
      await ajouter('Motsecret rarissime');
      const { rows } =
        base.database.engine === 'sqlite'
          ? await base.database.kysely
              .selectFrom('courrier')
              .selectAll()
              .execute()
              .then((all) => ({ rows: all }))
          : { rows: [] };
      expect(JSON.stringify(rows)).not.toMatch(/motsecret/i);
    });
  });

  it('proposes letters and correspondants', async () => {
    await ajouter({ objet: 'Géologie du Kivu', numero: 'GEC-9', correspondant: 'Université' });
    const [lettre, nom] = await recherche.suggest(chef, 'gé');
    expect(lettre?.title).toBe('GEC-9 · Géologie du Kivu');
    expect(lettre?.href).toMatch(/^\/mail\/\d+$/);
    expect(nom).toEqual({
      href: '/view_mail?search=%22G%C3%A9camines%22',
      title: 'Gécamines',
      subtitle: 'Correspondant',
    });
    expect(await recherche.suggest(chef, '  ')).toEqual([]);
  });

  it('reads its filters from what an address says', async () => {
    await ajouter({ objet: 'oui', sgCopie: true }, { objet: 'non', sgCopie: false });
    const { filters, errors } = parseFilters({ sg_copie: 'oui', type_courrier: 'ENTRANT', search: 'oui' });
    expect(errors).toEqual([]);
    expect((await recherche.list(chef, filters)).lignes.map((ligne) => ligne.objet)).toEqual(['oui']);
  });
});

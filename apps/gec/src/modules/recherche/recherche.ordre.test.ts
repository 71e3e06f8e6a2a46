import { describeEachDatabase } from '@gec/testing';
import { AppError, systemActor } from '@gec/core';
import { describe, expect, it } from 'vitest';
import { migrated } from '../../test/migrated.ts';
import { preparerRecherche } from './recherche.harness.ts';
import { SANS_FILTRE, type Filtres, type Pagination } from './recherche.schema.ts';

describeEachDatabase('recherche: order and pages', (open) => {
  const { ici, ajouter, lister, objets } = preparerRecherche(() => open(migrated));
  const systeme = systemActor('test');

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
      const objet = ici.base.keyring.fields.seal({ table: 'courrier', column: 'objet', id }, 'Aval');
      await ici.base.database.kysely
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
            const ids = (await ici.recherche.list(ici.chef, filtres)).lignes.map((ligne) => ligne.id);
            expect(ids.length).toBe('statut' in plus ? 6 : 12);
            for (const [i, id] of ids.entries()) {
              expect(await ici.recherche.neighbours(ici.chef, filtres, id)).toEqual({
                previous: ids[i - 1],
                next: ids[i + 1],
              });
            }
          }
        }
      }
      expect(await ici.recherche.neighbours(ici.chef, SANS_FILTRE, 999_999)).toEqual({});
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
      expect(await ici.recherche.count(ici.chef, { ...SANS_FILTRE, search: 'mot' })).toEqual({
        total: 60,
        plafonne: false,
      });
      expect(await ici.recherche.count(ici.chef, SANS_FILTRE, { exact: true })).toEqual({
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
        for await (const lot of ici.recherche.iterate(
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
});

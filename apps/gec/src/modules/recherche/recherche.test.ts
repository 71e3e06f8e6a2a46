import { describeEachDatabase } from '@gec/testing';
import { describe, expect, it } from 'vitest';
import { migrated } from '../../test/migrated.ts';
import { preparerRecherche } from './recherche.harness.ts';
import { parseFilters } from './recherche.schema.ts';

describeEachDatabase('recherche', (open) => {
  const { ici, ajouter, lister, objets, chercher } = preparerRecherche(() => open(migrated));

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
      expect(await ici.recherche.suggest(ici.chef, 'x'.repeat(10_000))).toEqual([]);
    });

    it('follow the letter: changed, deleted, restored', async () => {
      const [id = 0] = await ajouter('Avant');
      const doc = (objet: string, isDeleted: boolean) => ({
        id,
        ordre: 0,
        typeCourrier: 'ENTRANT' as const,
        statut: 'RECU',
        departementId: null,
        utilisateurId: ici.chef.userId,
        typeCourrierSortantId: null,
        secretaireGeneralCopie: null,
        dateEnregistrement: '2025-03-01T08:00:00.000Z',
        isDeleted,
        words: { numero: 'x', numeroReference: null, objet, correspondant: '', autresInformations: null },
      });
      const { ordre } = (await lister()).lignes[0] ?? { ordre: 0 };
      await ici.base.database.transaction(async (trx) => {
        const objet = ici.base.keyring.fields.seal({ table: 'courrier', column: 'objet', id }, 'Après');
        await trx.updateTable('courrier').set({ objet, statut: 'TRAITE' }).where('id', '=', id).execute();
        await ici.recherche.reindex(trx, { ...doc('Après', false), ordre, statut: 'TRAITE' });
      });
      expect(await chercher('avant')).toEqual([]);
      expect(await chercher('apres')).toEqual(['Après']);
      expect(await objets({ search: 'apres', statut: 'TRAITE' })).toEqual(['Après']);
      expect(await objets({ search: 'apres', statut: 'RECU' })).toEqual([]);
      await ici.base.database.transaction(async (trx) => {
        await trx.updateTable('courrier').set({ is_deleted: true }).where('id', '=', id).execute();
        await ici.recherche.unindex(trx, ordre);
      });
      expect(await chercher('apres')).toEqual([]);
      expect((await lister()).total).toBe(0);
      await ici.base.database.transaction(async (trx) => {
        await trx.updateTable('courrier').set({ is_deleted: false }).where('id', '=', id).execute();
        await ici.recherche.index(trx, { ...doc('Après', false), ordre });
      });
      expect(await chercher('apres')).toEqual(['Après']);
    });

    it('are not indexed when the transaction fails', async () => {
      const failing = ici.base.database.transaction(async (trx) => {
        await ici.recherche.index(trx, {
          id: 1,
          ordre: 5,
          typeCourrier: 'ENTRANT',
          statut: 'RECU',
          departementId: null,
          utilisateurId: ici.chef.userId,
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
      expect((await ici.recherche.check()).superflus).toEqual([]);
    });
  });

  describe('the filters', () => {
    it('narrow alone, together and with words', async () => {
      const note = await ici.base.database.transaction(async (trx) => {
        const id = await ici.base.database.dialect.nextId(trx, 'type_courrier_sortant');
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

  describe('the index', () => {
    it('is checked and made anew', async () => {
      await ajouter({ objet: 'cachée', cache: true }, 'visible', { objet: 'jetée', isDeleted: true });
      expect(await chercher('cachee')).toEqual([]);
      await ici.base.database.transaction((trx) =>
        ici.recherche.index(trx, {
          id: 77,
          ordre: 77,
          typeCourrier: 'ENTRANT',
          statut: 'RECU',
          departementId: null,
          utilisateurId: ici.chef.userId,
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
      const controle = await ici.recherche.check();
      expect(controle.lettres).toBe(2);
      expect(controle.incomplets).toHaveLength(1);
      expect(controle.superflus).toEqual([77]);
      const avancement: number[] = [];
      expect(await ici.recherche.rebuild((fait) => avancement.push(fait))).toEqual({
        lettres: 2,
        superflus: 1,
      });
      expect(avancement.at(-1)).toBe(3);
      expect(await ici.recherche.check()).toEqual({ lettres: 2, incomplets: [], superflus: [] });
      expect(await chercher('cachee')).toEqual(['cachée']);
      expect(await chercher('jetee')).toEqual([]);
    });

    it('holds nothing in clear', async () => {
      await ajouter('Motsecret rarissime');
      const { rows } =
        ici.base.database.engine === 'sqlite'
          ? await ici.base.database.kysely
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
    const [lettre, nom] = await ici.recherche.suggest(ici.chef, 'gé');
    expect(lettre?.title).toBe('GEC-9 · Géologie du Kivu');
    expect(lettre?.href).toMatch(/^\/mail\/\d+$/);
    expect(nom).toEqual({
      href: '/view_mail?search=%22G%C3%A9camines%22',
      title: 'Gécamines',
      subtitle: 'Correspondant',
    });
    expect(await ici.recherche.suggest(ici.chef, '  ')).toEqual([]);
  });

  it('reads its filters from what an address says', async () => {
    await ajouter({ objet: 'oui', sgCopie: true }, { objet: 'non', sgCopie: false });
    const { filters, errors } = parseFilters({ sg_copie: 'oui', type_courrier: 'ENTRANT', search: 'oui' });
    expect(errors).toEqual([]);
    expect((await ici.recherche.list(ici.chef, filters)).lignes.map((ligne) => ligne.objet)).toEqual(['oui']);
  });
});

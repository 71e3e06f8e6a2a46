import { describeEachDatabase } from '@gec/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestBase, type TestBase } from '../../test/harness.ts';
import { migrated } from '../../test/migrated.ts';
import type { Demande, Moteur, Portion } from './recherche.moteur.ts';
import { createGenerations } from './recherche.generations.repo.ts';
import type { Indexable } from './recherche.termes.ts';

const LETTRES = 1_500;
const TOUT = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** Letters over three years; `commun` in each, `moyen` in every third, `rare` in one of 150, `vieux` in the first fifty. */
function lettre(id: number, at = Date.parse('2023-01-01T00:00:00Z') + id * 17 * 3_600_000): Indexable {
  const mots = ['commun'];
  if (id % 3 === 0) mots.push('moyen');
  if (id % 150 === 0) mots.push('rare');
  if (id < 50) mots.push('vieux');
  return {
    id,
    ordre: at * 1024 + (id % 1024),
    typeCourrier: id % 4 === 0 ? 'SORTANT' : 'ENTRANT',
    statut: id % 5 === 0 ? 'URGENT' : 'RECU',
    departementId: id % 7,
    utilisateurId: 1 + (id % 11),
    typeCourrierSortantId: null,
    secretaireGeneralCopie: null,
    dateEnregistrement: new Date(at).toISOString(),
    isDeleted: false,
    words: {
      numero: `${id}`,
      numeroReference: null,
      objet: mots.join(' '),
      correspondant: null,
      autresInformations: null,
    },
  };
}

const a = (doc: Indexable, mot: string) => doc.words.objet.split(' ').includes(mot);

/** What is asked, and what answers it. */
const QUESTIONS: readonly [string, Partial<Demande>, (doc: Indexable) => boolean][] = [
  ['a word of each letter', { termes: [['w', 'commun']] }, () => true],
  ['a word of many', { termes: [['p', 'moy']] }, (doc) => a(doc, 'moyen')],
  ['a rare word', { termes: [['w', 'rare']] }, (doc) => a(doc, 'rare')],
  ['a word of long ago', { termes: [['w', 'vieux']] }, (doc) => a(doc, 'vieux')],
  ['a word that is nowhere', { termes: [['w', 'absent']] }, () => false],
  [
    'words that never meet',
    {
      termes: [
        ['type', 'SORTANT'],
        ['w', 'moyen'],
        ['w', 'vieux'],
        ['statut', 'URGENT'],
      ],
    },
    (doc) => a(doc, 'moyen') && a(doc, 'vieux') && doc.id % 20 === 0,
  ],
  [
    'one of some departments',
    {
      termes: [['statut', 'URGENT']],
      unDe: [
        ['dep', '1'],
        ['dep', '3'],
      ],
    },
    (doc) => doc.id % 5 === 0 && [1, 3].includes(doc.id % 7),
  ],
  [
    'a condition besides',
    {
      termes: [
        ['w', 'moyen'],
        ['type', 'ENTRANT'],
      ],
      conditions: [(ordre) => sql<boolean>`${ordre} % 2 = 0`],
    },
    (doc) => a(doc, 'moyen') && doc.typeCourrier === 'ENTRANT' && doc.ordre % 2 === 0,
  ],
];

describeEachDatabase('recherche : pages of the index', (open) => {
  let base: TestBase;
  let moteur: Moteur;
  const docs = Array.from({ length: LETTRES }, (_, id) => lettre(id));

  beforeAll(async () => {
    base = await createTestBase((await open(migrated)).url);
    ({ moteur } = createGenerations(base.database, base.keyring, {
      plafond: 20_000,
      aLaMain: 1_000,
      dureeComptes: 0,
    }));
    await base.database.transaction((trx) => moteur.ecrireTous(trx, docs));
    // What the database knows of its tables decides how far it looks.
    await sql`analyze`.execute(base.database.kysely);
  });
  afterAll(() => base.close());

  const page = (demande: Partial<Demande>, portion: Partial<Portion>, compter: boolean) =>
    moteur.lire((via) =>
      moteur.portion(
        via,
        { termes: [], plage: TOUT, conditions: [], ...demande },
        { apres: null, sens: 'desc', limite: 20, saut: 0, ...portion },
        compter,
      ),
    );

  it.each(QUESTIONS)(
    'finds the letters with %s in order, in pieces, from both ends',
    async (_, demande, repond) => {
      const milieu = docs[LETTRES / 2]?.ordre ?? 0;
      const an = {
        min: Date.parse('2024-02-10T05:00:00Z') * 1024,
        max: Date.parse('2025-03-20T00:00:00Z') * 1024,
      };
      for (const sens of ['asc', 'desc'] as const) {
        for (const plage of [TOUT, an]) {
          const tous = docs
            .filter((doc) => repond(doc) && doc.ordre >= plage.min && doc.ordre < plage.max)
            .map((doc) => doc.ordre)
            .sort((x, y) => (sens === 'asc' ? x - y : y - x));
          const suite = tous.filter((un) => (sens === 'asc' ? un > milieu : un < milieu));
          const seules = await page({ ...demande, plage }, { sens }, false);
          expect(seules).toEqual({ ordres: tous.slice(0, 20), compte: seules.compte });
          expect((await page({ ...demande, plage }, { sens, saut: 15, limite: 5 }, false)).ordres).toEqual(
            tous.slice(15, 20),
          );
          expect((await page({ ...demande, plage }, { sens, apres: milieu }, false)).ordres).toEqual(
            suite.slice(0, 20),
          );
          expect(await page({ ...demande, plage }, { sens }, true)).toEqual({
            ordres: tous.slice(0, 20),
            compte: { total: tous.length, plafonne: false },
          });
        }
      }
    },
  );

  it('finds what a person registered outside some departments, where the index knows who did', async () => {
    if (!moteur.parAuteur) return;
    const sauf = [1, 4].map((id) => ['dep', String(id)] as const);
    const siennes = docs.filter(
      (doc) => a(doc, 'moyen') && doc.utilisateurId === 5 && ![1, 4].includes(doc.id % 7),
    );
    const ordres = siennes.map((doc) => doc.ordre).reverse();
    const demande: Partial<Demande> = { termes: [['w', 'moyen']], auteur: { id: 5, sauf } };
    expect((await page(demande, {}, false)).ordres).toEqual(ordres.slice(0, 20));
    const compte = { total: ordres.length, plafonne: false };
    expect(await page(demande, {}, true)).toEqual({ ordres: ordres.slice(0, 20), compte });
    const plus = { termes: [], plage: TOUT, conditions: [], ...demande };
    expect(await moteur.lire((via) => moteur.compterTout(via, plus))).toBe(ordres.length);
  });

  it('finds letters beyond both ends of the register as it was known', async () => {
    const autour = [
      lettre(9_000, Date.parse('1999-05-03T08:00:00Z')),
      lettre(9_003, Date.parse('2031-01-02T08:00:00Z')),
    ];
    const [ancienne, future] = autour.map((doc) => doc.ordre);
    await base.database.transaction((trx) => moteur.ecrireTous(trx, autour));
    const moyen: Partial<Demande> = {
      termes: [
        ['w', 'moyen'],
        ['type', 'SORTANT'],
      ],
    };
    expect((await page(moyen, { sens: 'asc' }, false)).ordres[0]).toBe(ancienne);
    expect(
      (
        await page(
          {
            termes: [
              ['w', 'moyen'],
              ['statut', 'RECU'],
            ],
          },
          {},
          false,
        )
      ).ordres[0],
    ).toBe(future);
    expect(
      (
        await page(
          {
            termes: [
              ['w', 'rare'],
              ['type', 'SORTANT'],
            ],
          },
          { sens: 'asc' },
          false,
        )
      ).ordres[0],
    ).toBe(ancienne);
  });
});

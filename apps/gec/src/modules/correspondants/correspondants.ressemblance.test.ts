import { describe, expect, it } from 'vitest';
import { distance, ressemblances } from './correspondants.ressemblance.ts';

const pairs = async (...noms: string[]) =>
  (await ressemblances(noms.map((nom, id) => ({ id, nom })))).map(
    ({ a, b, motif }) => `${noms[a]} | ${noms[b]} : ${motif}`,
  );

describe('likely doubles', () => {
  it('finds the same words in another order, with other small words, or run together', async () => {
    expect(await pairs('Ministère des Mines', 'Mines (Ministère)')).toEqual([
      'Ministère des Mines | Mines (Ministère) : mots',
    ]);
    expect(await pairs('Gécamines', 'GECA MINES')).toEqual(['Gécamines | GECA MINES : lettres']);
  });

  it('finds a slip of the pen in one word', async () => {
    expect(await pairs('Cadastre minier', 'Cadatsre minier')).toEqual([
      'Cadastre minier | Cadatsre minier : faute',
    ]);
    expect(await pairs('Maendeleo', 'Maendeleeo')).toEqual(['Maendeleo | Maendeleeo : faute']);
  });

  it('finds a word more', async () => {
    expect(await pairs('Société minière du Lualaba', 'Société minière du Lualaba SARL')).toEqual([
      'Société minière du Lualaba | Société minière du Lualaba SARL : ajout',
    ]);
  });

  it('keeps apart what differs in a figure, a short word or a whole word', async () => {
    expect(
      await pairs(
        'Division provinciale 1',
        'Division provinciale 2',
        'Division provinciale des Mines du Haut-Katanga',
        'Division provinciale des Mines du Haut-Lomami',
        'Banque ABC',
        'Banque ABD',
        'Ambassade de Belgique',
        'Ambassade de France',
      ),
    ).toEqual([]);
  });

  it('measures distances up to a limit', () => {
    expect(distance('mines', 'mines', 2)).toBe(0);
    expect(distance('mines', 'mienes', 2)).toBe(1);
    expect(distance('mines', 'mineures', 2)).toBe(3);
    expect(distance('abcd', 'abdc', 2)).toBe(1);
  });

  it('stays quick with thousands of names', async () => {
    const noms = Array.from({ length: 5_000 }, (_, id) => ({
      id,
      nom: `Coopérative ${String.fromCharCode(97 + (id % 26))}${(id * 7919) % 9973} minière`,
    }));
    noms.push({ id: 5_000, nom: 'Cadastre minier' }, { id: 5_001, nom: 'Cadastre minie' });
    const found = await ressemblances(noms);
    expect(found).toContainEqual({ a: 5_000, b: 5_001, motif: 'faute' });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '@gec/core';
import { lireRecherche, motsAIndexer, repond, termesCherches, termesDuMot } from './recherche.termes.ts';

/** Whether the index and the check after it let a letter of one text through. */
function trouve(texte: string, cherche: string): boolean {
  const recherche = lireRecherche(cherche);
  const { mots, paires } = motsAIndexer([texte]);
  const termes = new Set([...mots].flatMap(termesDuMot).map((terme) => terme.join(':')));
  for (const paire of paires) termes.add(`r:${paire}`);
  const parIndex = termesCherches(recherche).every((terme) => termes.has(terme.join(':')));
  const parLecture = repond(recherche, [texte]);
  // What the reading finds, the index may never have hidden.
  if (parLecture) expect(parIndex, `${cherche} in ${texte}`).toBe(true);
  return parIndex && parLecture;
}

const mot = fc.stringMatching(/^[a-zà-ÿœA-ZÉÈ]{2,20}$/).filter((un) => motsAIndexer([un]).mots.size > 0);

describe('the words of a search', () => {
  it('find whatever accents, case and order they are typed in', () => {
    const texte = 'Demande d’autorisation d’exploitation : coopérative minière de KOLWEZI';
    for (const q of [
      'cooperative',
      'COOPÉRATIVE MINIERE',
      'kolwezi demande',
      'exploit',
      "d'exploitation",
      'minière de kolwezi',
      'au',
    ])
      expect(trouve(texte, q), q).toBe(true);
    for (const q of ['cooperatives', 'olwezi', 'demande refus']) expect(trouve(texte, q), q).toBe(false);
  });

  it('open ligatures', () => {
    expect(trouve('Mise en œuvre', 'oeuv')).toBe(true);
    expect(trouve('Mise en oeuvre', 'œuvre')).toBe(true);
  });

  it('are whole words between quotes', () => {
    expect(trouve('Les mines du Katanga', '"mine"')).toBe(false);
    expect(trouve('Les mines du Katanga', '« mines »')).toBe(true);
    expect(trouve('Les mines du Katanga', 'mine')).toBe(true);
  });

  it('find numbers and references whole, begun, in parts and without their zeros', () => {
    for (const q of [
      '008951-25',
      '008951',
      '8951',
      '8951-25',
      '0089',
      '008951-2',
      '008951/25',
      '"008951-25"',
    ])
      expect(trouve('008951-25', q), q).toBe(true);
    for (const q of ['GEC-2025-00042', 'gec-2025-42', '42', '00042', '2025-00042', 'gec 42', '"2025-42"'])
      expect(trouve('GEC-2025-00042', q), q).toBe(true);
    for (const q of ['GEC-2024-00042', '008951-26', '"gec-2025-4"', '142'])
      expect(trouve('GEC-2025-00042 et 008951-25', q), q).toBe(false);
    expect(trouve('N/Réf 123/CAB.MIN/MINES/01/2025', '123/cab')).toBe(true);
    expect(trouve('N/Réf 123/CAB.MIN/MINES/01/2025', 'cab.min/mines/01')).toBe(true);
    expect(trouve('Note n° 12', 'n°12')).toBe(true);
  });

  it('want the parts of a reference side by side', () => {
    expect(trouve('Courrier 44 du lot 2025', '44/2025')).toBe(false);
    expect(trouve('Courrier 44/2025', '44/2025')).toBe(true);
  });

  it('tell what does not narrow', () => {
    expect(lireRecherche('lettre de la ville à b').ignores).toEqual(['de', 'la', 'a', 'b']);
    expect(lireRecherche('le').conditions).toEqual([{ mots: ['le'], exact: false }]);
    expect(lireRecherche('*** "" 🙂 \0').conditions).toEqual([]);
  });

  it('find a text by any beginnings of any of its words, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(mot, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat(20)),
        (mots, tirage) => {
          const texte = mots.join(' ');
          const cherches = mots
            .map((un) => fold(un))
            .filter((un) => un.length > 1)
            .map((un) => un.slice(0, 2 + (tirage.next().value % (un.length - 1 || 1))))
            .reverse();
          expect(trouve(texte, cherches.join(' '))).toBe(true);
        },
      ),
    );
  });

  it('survive whatever is typed, and the index never hides what the letter says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }), (texte, q) => {
        trouve(texte, q);
        trouve(q, texte);
        trouve(texte, texte);
      }),
    );
  });

  it('find any reference by itself', () => {
    const part = fc.stringMatching(/^([A-Z]{1,5}|\d{1,6})$/);
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 2, maxLength: 5 }),
        fc.constantFrom('/', '-', '.'),
        (parts, sep) => {
          fc.pre(parts.some((un) => /\d/.test(un)));
          const reference = parts.join(sep);
          expect(trouve(`Votre lettre ${reference}.`, reference)).toBe(true);
          expect(trouve(`Votre lettre ${reference}.`, `"${reference}"`)).toBe(true);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFormat, formatNumero, normalizeNumero, parseNumero, placeIn } from './registres.format.ts';
import { formatsMeet } from './registres.overlap.ts';

const parts = { annee: 2026, compteur: 7, dept: 'TECH', flux: 'ENTRANT' } as const;

describe('formats of numbers', () => {
  it.each([
    ['GEC-{year}-{counter:05d}', 'GEC-2026-00007'],
    ['{counter:06d}-{yy}', '000007-26'],
    ['{flux}{counter}/{dept}/{year}', 'A7/TECH/2026'],
    ['N° {counter:03d} ({dept}.{yy})', 'N° 007 (TECH.26)'],
  ])('writes %s as %s', (format, numero) => {
    expect(checkFormat(format, 'automatique', false)).toBe(null);
    expect(formatNumero(format, parts)).toBe(numero);
  });

  it('continues a paper register such as 008951-25', () => {
    expect(formatNumero('{counter:06d}-{yy}', { ...parts, annee: 2025, compteur: 8951 })).toBe('008951-25');
  });

  it('writes a department code as one word, and a general one for nobody’s department', () => {
    expect(formatNumero('{dept}-{counter}', { ...parts, dept: 'dép. juridique' })).toBe('DEPJURIDIQUE-7');
    expect(formatNumero('{dept}-{counter}', { ...parts, dept: null })).toBe('GEN-7');
  });

  it.each([
    ['', 'formatVide'],
    ['GEC-{year}', 'formatCompteurManque'],
    ['{counter:06d}', 'formatAnneeManque'],
    ['{counter}-{counter}-{year}', 'formatCompteurDouble'],
    ['{dept}/{dept}/{counter}-{year}', 'formatDeptDouble'],
    ['{year}-{dept}{counter}', 'formatDeptColle'],
    ['{counter}{yy}{dept}', 'formatDeptColle'],
    ['{annee}-{counter}', 'formatPlaceInconnue'],
    ['{counter:5}-{year}', 'formatPlaceInconnue'],
    ['{year}-{counter', 'formatAccolades'],
    ['{year}<{counter}', 'formatCaracteres'],
    ['-{counter}-{year}', 'formatDebut'],
    ['{counter}  {year}', 'formatDebut'],
    [`${'G'.repeat(50)}-{year}-{counter:05d}`, 'formatTropLong'],
  ])('refuses %j', (format, error) => {
    expect(checkFormat(format, 'automatique', false)).toBe(error);
  });

  it('allows to leave out the year when a paper register goes on, and the counter in manual mode', () => {
    expect(checkFormat('{counter:06d}', 'automatique', true)).toBe(null);
    expect(checkFormat('GEC-{year}', 'manuel', false)).toBe(null);
  });

  it('reads back every number that it writes', () => {
    const formats = ['GEC-{year}-{counter:05d}', '{counter:06d}-{yy}', '{flux}/{dept}-{counter}.{year}'];
    const codes = fc.stringMatching(/^[A-Z0-9]{1,12}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        fc.integer({ min: 2000, max: 2099 }),
        fc.integer({ min: 1, max: 99_999_999 }),
        codes,
        fc.constantFrom('ENTRANT' as const, 'SORTANT' as const),
        (format, annee, compteur, dept, flux) => {
          const numero = formatNumero(format, { annee, compteur, dept, flux });
          expect(placeIn({ format, annee, flux }, numero)?.compteur).toBe(compteur);
          expect(placeIn({ format, annee, flux }, numero.toLowerCase())?.compteur).toBe(compteur);
          expect(placeIn({ format, annee: annee + 1, flux }, numero)).toBe(null);
        },
      ),
    );
  });

  it('does not take a number for another one that reads alike', () => {
    expect(parseNumero('GEC-{year}-{counter:05d}', 'GEC-2026-000012')).toBe(null);
    expect(parseNumero('GEC-{year}-{counter:05d}', 'GEC-2026-12')).toBe(null);
    expect(parseNumero('GEC-{year}-{counter:05d}', 'XGEC-2026-00012')).toBe(null);
    expect(parseNumero('GEC.{counter}', 'GECX12')).toBe(null);
  });

  it('puts typed numbers into their normal form', () => {
    expect(normalizeNumero('  008951 –\u00a025 ')).toBe('008951 - 25');
    expect(normalizeNumero('N° 12/SG.2026')).toBe('N° 12/SG.2026');
    expect(normalizeNumero('<b>12</b>')).toBe(null);
    expect(normalizeNumero('9'.repeat(61))).toBe(null);
    expect(normalizeNumero('')).toBe(null);
  });
});

describe('registers of one year', () => {
  const meet = (arrivals: string, departures: string): boolean =>
    formatsMeet(2026, { format: arrivals, flux: 'ENTRANT' }, { format: departures, flux: 'SORTANT' });

  it.each([
    ['GEC-{year}-{counter:05d}', 'GEC-{year}-{counter:05d}', true],
    ['GEC-{year}-{counter:05d}', 'gec-{year}-{counter}', true],
    ['GEC-{year}-{counter:05d}', 'GEC-D-{year}-{counter:05d}', false],
    ['{flux}-{year}-{counter}', '{flux}-{year}-{counter}', false],
    ['{counter:06d}-{yy}', '{counter:04d}-{yy}', true],
    ['{counter:06d}-{yy}', '{counter:04d}/{yy}', false],
    ['{counter:02d}26-{yy}', '{counter}-{yy}', true],
    ['{dept}-{counter}-{year}', 'SG-{counter}-{year}', true],
    ['{dept}-{counter}-{year}', 'S/G-{counter}-{year}', false],
    ['{dept}-{counter}', '{year}-{counter}', true],
  ])('%s beside %s: the same number is possible: %s', (arrivals, departures, possible) => {
    expect(meet(arrivals, departures)).toBe(possible);
    expect(meet(departures, arrivals)).toBe(possible);
  });

  it('finds every meeting that trying numbers out finds', () => {
    const piece = fc.constantFrom('{counter}', '{counter:02d}', '{yy}', '{flux}', '{dept}', '-', '2', 'A');
    const format = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
    const numbers = (one: string, flux: 'ENTRANT' | 'SORTANT'): Set<string> => {
      const found = new Set<string>();
      for (const compteur of [1, 2, 12, 22, 26, 222, 1226]) {
        for (const dept of ['A', 'A2', '2'])
          found.add(formatNumero(one, { annee: 2026, compteur, dept, flux }));
      }
      return found;
    };
    fc.assert(
      fc.property(format, format, (one, other) => {
        const left = numbers(one, 'ENTRANT');
        const both = [...numbers(other, 'SORTANT')].some((numero) => left.has(numero));
        if (both) expect(meet(one, other)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

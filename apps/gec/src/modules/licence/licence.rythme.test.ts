import { describe, expect, it } from 'vitest';
import { prochaineSynchronisation } from './licence.rythme.ts';

const at = new Date('2026-11-21T08:00:00Z');
const after = (echecs: number, hasard = 0.5): number =>
  (Date.parse(prochaineSynchronisation(at, echecs, hasard)) - at.getTime()) / 3_600_000;

describe('the pace of synchronisations', () => {
  it('is a day, a tenth more or less', () => {
    expect([after(0, 0), after(0), after(0, 1)]).toEqual([21.6, 24, 26.4]);
  });

  it('slows down while the server is away, to a day at most', () => {
    expect([1, 2, 3, 4].map((echecs) => after(echecs))).toEqual([0.25, 0.5, 1, 2]);
    expect(after(8)).toBe(24);
    expect(after(5_000)).toBe(24);
  });
});

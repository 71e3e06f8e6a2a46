import { expect, it } from 'vitest';
import { reconcile } from './reconcile.ts';

it('keeps what each typed, and names what both changed to different things', () => {
  const avant = { a: '1', b: '1', c: '1', d: '1', e: 'x\r\ny' };
  const saisie = { a: '2', b: '1', c: '2', d: '2', e: 'x\ny' };
  const actuel = { a: '1', b: '3', c: '3', d: '2', e: 'z' };
  expect(reconcile(avant, saisie, actuel)).toEqual({
    valeurs: { a: '2', b: '3', c: '2', d: '2', e: 'z' },
    conflits: [{ champ: 'c', saisie: '2', actuel: '3' }],
  });
});

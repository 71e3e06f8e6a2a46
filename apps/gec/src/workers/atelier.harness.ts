import { afterEach } from 'vitest';
import type { ListePdfInput } from '../documents/types.ts';
import { openAtelier } from '../test/atelier.ts';
import type { Atelier, AtelierOptions } from './atelier.ts';

const open: Atelier[] = [];

/** An atelier of the children's TypeScript source, or of another child, closed after the test. */
export function atelier(options: Omit<AtelierOptions, 'script'> = {}, opening = openAtelier): Atelier {
  const made = opening(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** A promise and its handle. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

const enTete = { pays: 'République Démocratique du Congo', organisme: 'Bureau d’essai', titre: 'Liste' };

/** A list of two columns. */
export function list(lignes: ListePdfInput['lignes']): ListePdfInput {
  const colonnes = [
    { label: 'N°', width: 1 },
    { label: 'Objet', width: 3 },
  ];
  return { lang: 'fr', imprimeLe: '21 nov. 2026', enTete, filtres: '', colonnes, lignes, totaux: [] };
}

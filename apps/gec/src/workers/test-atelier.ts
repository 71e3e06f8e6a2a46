import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import type { ListePdfInput } from '../documents/types.ts';
import { createAtelier, type Atelier, type AtelierOptions } from './atelier.ts';

const script = fileURLToPath(new URL('./atelier-child.ts', import.meta.url));
const open: Atelier[] = [];

/** An atelier of the children's TypeScript source, closed after the test. */
export function atelier(options: Partial<AtelierOptions> = {}): Atelier {
  const made = createAtelier({ script, ...options });
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

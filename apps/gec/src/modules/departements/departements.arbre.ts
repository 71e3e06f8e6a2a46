import type { Departement } from './departements.schema.ts';

type Noeud = Pick<Departement, 'id' | 'parentId'>;

function parParent<D extends Noeud>(departements: readonly D[]): Map<number | null, D[]> {
  const known = new Set(departements.map(({ id }) => id));
  const enfants = new Map<number | null, D[]>();
  for (const departement of departements) {
    const { parentId } = departement;
    const parent = parentId !== null && known.has(parentId) ? parentId : null;
    const freres = enfants.get(parent);
    if (freres) freres.push(departement);
    else enfants.set(parent, [departement]);
  }
  return enfants;
}

/**
 * Some departments with all those below them, each once. A circle, which the service never makes, ends too.
 *
 * @param racines ids of departments
 */
export function sousArbre(departements: readonly Noeud[], racines: Iterable<number>): number[] {
  const enfants = parParent(departements);
  const vus = new Set(racines);
  // A set that grows while it is walked through is walked to its end.
  for (const id of vus) for (const enfant of enfants.get(id) ?? []) vus.add(enfant.id);
  return [...vus];
}

/** Whether a department would become a part of itself. */
export function seContient(departements: readonly Noeud[], id: number, parentId: number | null): boolean {
  return parentId !== null && sousArbre(departements, [id]).includes(parentId);
}

/**
 * Departments as a tree is read: each right before those that are part of it, neighbours in the order given.
 *
 * @returns with how deep each lies, from 0
 */
export function enArbre<D extends Noeud>(departements: readonly D[]): (D & { profondeur: number })[] {
  const enfants = parParent(departements);
  const lus: (D & { profondeur: number })[] = [];
  const vus = new Set<number>();
  const lire = (freres: readonly D[], profondeur: number): void => {
    for (const departement of freres) {
      if (vus.has(departement.id)) continue;
      vus.add(departement.id);
      lus.push({ ...departement, profondeur });
      lire(enfants.get(departement.id) ?? [], profondeur + 1);
    }
  };
  lire(enfants.get(null) ?? [], 0);
  // Nothing leads to a circle: it is shown nevertheless.
  lire(departements, 0);
  return lus;
}

import { fold } from '@gec/core';
import type { ListeLue } from '../../http/liste.ts';
import type { ContenuTable } from '../../tableur/write-table.ts';
import type { TriDepartements } from './departements.forms.ts';
import type { Departement, DepartementGere } from './departements.schema.ts';
import type { departementsTexts } from './departements.texts.ts';

/** A department as everybody who is signed in may see it. */
export function presentDepartement({ id, code, nom, actif, parentId }: Departement) {
  return { id, code, nom, actif, parent_id: parentId };
}

/** A department as JSON clients of the administration see it. */
export function presentDepartementGere(departement: DepartementGere) {
  return {
    ...presentDepartement(departement),
    description: departement.description,
    parent: departement.parentNom,
    chef_departement_id: departement.chefId,
    chef: departement.chefNom,
    profondeur: departement.profondeur,
    personnes: departement.personnes,
    version: departement.version,
  };
}

/** The departments that a list lets through, in its order; that of the tree unless another is asked for. */
export function choisirDepartements(
  tous: readonly DepartementGere[],
  { q, actif, tri, ordre }: Pick<ListeLue<TriDepartements>, 'q' | 'actif' | 'tri' | 'ordre'>,
): DepartementGere[] {
  const words = fold(q)
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = tous.filter((departement) => {
    const text = fold([departement.nom, departement.code, departement.chefNom ?? ''].join(' '));
    return (actif === null || departement.actif === actif) && words.every((word) => text.includes(word));
  });
  const sens = ordre === 'asc' ? 1 : -1;
  if (tri === 'personnes') found.sort((a, b) => sens * (a.personnes - b.personnes));
  else if (tri !== 'arbre') found.sort((a, b) => sens * a[tri].localeCompare(b[tri], 'fr'));
  else if (ordre === 'desc') found.reverse();
  return found;
}

/** The list as rows of a spreadsheet. */
export function tableauDepartements(
  t: ReturnType<typeof departementsTexts>,
  departements: readonly DepartementGere[],
): ContenuTable {
  return {
    colonnes: [
      { label: t.code, width: 14, type: 'texte' },
      { label: t.nom, width: 44, type: 'texte' },
      { label: t.parent, width: 44, type: 'texte' },
      { label: t.chef, width: 32, type: 'texte' },
      { label: t.personnes, width: 12, type: 'nombre' },
      { label: t.etat, width: 14, type: 'texte' },
      { label: t.description, width: 60, type: 'texte' },
    ],
    lignes: departements.map((departement) => [
      departement.code,
      departement.nom,
      departement.parentNom,
      departement.chefNom,
      departement.personnes,
      departement.actif ? t.actif : t.inactif,
      departement.description,
    ]),
  };
}

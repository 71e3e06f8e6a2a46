import { fill, fold, PERMISSIONS, type Lang } from '@gec/core';
import type { ListeLue } from '../../http/liste.ts';
import type { ContenuTable } from '../../tableur/write-table.ts';
import type { MotsDepartement } from '../departements/departements.texts.ts';
import type { TriRoles } from './roles.forms.ts';
import { GROUPES_PERMISSIONS } from './roles.permissions.ts';
import type { Role, RoleGere } from './roles.schema.ts';
import { rolesTexts } from './roles.texts.ts';

/** A role as JSON clients see it. */
export function presentRole(role: Role) {
  return {
    nom: role.nom,
    libelle: role.libelle,
    description: role.description,
    couleur: role.couleur,
    actif: role.actif,
    modifiable: role.modifiable,
    permissions: PERMISSIONS.filter((permission) => role.permissions.has(permission)),
    version: role.version,
  };
}

/** A role as JSON clients of the administration see it. */
export function presentRoleGere(role: RoleGere) {
  return { ...presentRole(role), personnes: role.personnes, gerable: role.gerable };
}

/** Every permission in plain words, by group, in the order of the table. */
export function presentPermissions(lang: Lang, mots: MotsDepartement) {
  const t = rolesTexts(lang);
  return GROUPES_PERMISSIONS.flatMap(({ id, permissions }) =>
    permissions.map((nom) => ({
      nom,
      groupe: id,
      groupe_libelle: t[`groupe.${id}`],
      libelle: fill(t[nom], mots),
      description: fill(t[`${nom}.aide`], mots),
    })),
  );
}

/** The roles that a list lets through, in its order. */
export function choisirRoles(
  tous: readonly RoleGere[],
  { q, actif, tri, ordre }: Pick<ListeLue<TriRoles>, 'q' | 'actif' | 'tri' | 'ordre'>,
): RoleGere[] {
  const words = fold(q)
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = tous.filter((role) => {
    const text = fold([role.libelle, role.nom, role.description ?? ''].join(' '));
    return (actif === null || role.actif === actif) && words.every((word) => text.includes(word));
  });
  const sens = ordre === 'asc' ? 1 : -1;
  const parNom = (a: RoleGere, b: RoleGere) => a.libelle.localeCompare(b.libelle, 'fr');
  if (tri === 'libelle') found.sort((a, b) => sens * parNom(a, b));
  else if (tri === 'personnes') found.sort((a, b) => sens * (a.personnes - b.personnes) || parNom(a, b));
  else found.sort((a, b) => sens * (a.permissions.size - b.permissions.size) || parNom(a, b));
  return found;
}

/** The list as rows of a spreadsheet: one column a permission. */
export function tableauRoles(lang: Lang, mots: MotsDepartement, roles: readonly RoleGere[]): ContenuTable {
  const t = rolesTexts(lang);
  const permissions = presentPermissions(lang, mots);
  return {
    colonnes: [
      { label: t.libelle, width: 28, type: 'texte' },
      { label: t.nom, width: 20, type: 'texte' },
      { label: t.etat, width: 12, type: 'texte' },
      { label: t.personnes, width: 12, type: 'nombre' },
      { label: t.description, width: 50, type: 'texte' },
      ...permissions.map(({ libelle }) => ({ label: libelle, width: 16, type: 'texte' as const })),
    ],
    lignes: roles.map((role) => [
      role.libelle,
      role.nom,
      role.actif ? t.actif : t.inactif,
      role.personnes,
      role.description,
      ...permissions.map(({ nom }) => (role.permissions.has(nom) ? t.accorde : null)),
    ]),
  };
}

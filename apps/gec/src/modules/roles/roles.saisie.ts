import { fill, fold, foldName, isPermission, type FieldError, type Lang, type Permission } from '@gec/core';
import type { ColonnesRole } from './roles.repo.ts';
import { LONGUEURS_ROLE, type Role, type SaisieRole } from './roles.schema.ts';
import { rolesTexts } from './roles.texts.ts';

/** A role as it was understood. */
export interface RoleLu extends ColonnesRole {
  permissions: ReadonlySet<Permission>;
}

/** One line of text, without control characters or halves of a character. */
const isLine = (text: string, max: number): boolean =>
  [...text].length <= max && !/\p{Cc}/u.test(text) && text.isWellFormed();

/** A name for programs out of a name for people: `Chef de bureau` becomes `chef_de_bureau`. */
export function slugDe(libelle: string): string {
  return fold(libelle)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[0-9_]+/, '')
    .slice(0, LONGUEURS_ROLE.nom)
    .replace(/_+$/, '');
}

/** What is wrong with the name for programs of a new role; `null` when nothing is. */
export function problemeDuNom(lang: Lang, nom: string, connus: readonly Role[]): FieldError | null {
  const t = rolesTexts(lang);
  if (!/^[a-z][a-z0-9_]{1,39}$/.test(nom)) return { field: 'nom', message: t.nomForme };
  return connus.some((role) => role.nom === nom) ? { field: 'nom', message: t.nomPris } : null;
}

/**
 * Checks a role as somebody typed it, and tidies it.
 *
 * @param connus every role as it stands
 * @param nom the one that is changed; `null` for a new one
 * @returns the facts, and one message for each field that was refused (`libelle`, `description`, `couleur`, `permissions`)
 */
export function checkRole(
  lang: Lang,
  input: SaisieRole,
  connus: readonly Role[],
  nom: string | null,
): { role: RoleLu; errors: FieldError[] } {
  const t = rolesTexts(lang);
  const errors: FieldError[] = [];
  const refuse = (field: keyof SaisieRole, message: string) => errors.push({ field, message });
  const role = {
    libelle: input.libelle.trim().replace(/\s+/g, ' ').normalize('NFC'),
    description: input.description?.trim().replace(/\s+/g, ' ').normalize('NFC') || null,
    couleur: input.couleur?.trim().toUpperCase() || null,
    permissions: new Set(input.permissions.filter(isPermission)),
  };
  if (role.libelle.length < 2 || !isLine(role.libelle, LONGUEURS_ROLE.libelle)) {
    refuse('libelle', t.libelleForme);
  } else {
    const cle = foldName(role.libelle);
    if (connus.some((autre) => autre.nom !== nom && foldName(autre.libelle) === cle)) {
      refuse('libelle', t.libellePris);
    }
  }
  if (!isLine(role.description ?? '', LONGUEURS_ROLE.description)) {
    refuse('description', fill(t.descriptionLongue, { n: LONGUEURS_ROLE.description }));
  }
  if (role.couleur !== null && !/^#[0-9A-F]{6}$/.test(role.couleur)) refuse('couleur', t.couleurForme);
  if (input.permissions.some((permission) => !isPermission(permission))) {
    refuse('permissions', t.permissionInconnue);
  }
  return { role, errors };
}

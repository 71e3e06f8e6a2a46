import { isPermission, PERMISSIONS, type Permission } from '@gec/core';
import { z } from 'zod';
import { texteForm } from '../../http/liste.ts';
import type { Role, SaisieRole } from './roles.schema.ts';

/** The orders of the list. */
export const TRIS_ROLES = ['libelle', 'droits', 'personnes'] as const;
export type TriRoles = (typeof TRIS_ROLES)[number];

/** A role in an address. */
export const nomParams = z.object({ nom: z.string().max(60) });

/** Ticks of a form: none, one or several. */
const coches = z.preprocess(
  (value) => (Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value]),
  z.array(z.string().max(60)).max(100),
);

/** The form of a role. */
export const roleForm = z.object({
  nom: texteForm,
  libelle: texteForm,
  description: texteForm,
  couleur: texteForm,
  permissions: coches,
  copie: texteForm,
  version: texteForm,
  avant: texteForm,
});
export type RoleForm = z.output<typeof roleForm>;

export const activationForm = z.object({ actif: z.enum(['oui', 'non']), version: texteForm });
export const suppressionForm = z.object({ version: texteForm });
export const copieQuery = z.object({ copie: texteForm });

/** What the form of a role holds, as text; `permissions` in the order of the table, between spaces. */
export interface ValeursRole {
  nom: string;
  libelle: string;
  description: string;
  couleur: string;
  permissions: string;
}

/** The fields that two people may change at once. */
export type ChampRole = Exclude<keyof ValeursRole, 'nom'>;

/** Permissions as one text, and back. */
const enTexte = (permissions: Iterable<string>): string => {
  const set = new Set(permissions);
  return PERMISSIONS.filter((permission) => set.has(permission)).join(' ');
};

/** The permissions that a form holds. */
export function permissionsDe(valeurs: Pick<ValeursRole, 'permissions'>): ReadonlySet<Permission> {
  return new Set(valeurs.permissions.split(' ').filter(isPermission));
}

/** A role as its form shows it. */
export function valeursDe(role: Role): ValeursRole {
  return {
    nom: role.nom,
    libelle: role.libelle,
    description: role.description ?? '',
    couleur: role.couleur ?? '',
    permissions: enTexte(role.permissions),
  };
}

/** What was typed and ticked. */
export function valeursSaisies(form: RoleForm): ValeursRole {
  const { nom, libelle, description, couleur } = form;
  return { nom, libelle, description, couleur, permissions: enTexte(form.permissions) };
}

/** What was typed, for the service. */
export function readForm(form: RoleForm): SaisieRole {
  const { libelle, description, couleur } = form;
  return { libelle, description, couleur, permissions: form.permissions.filter((one) => one !== '') };
}

/** A version as a form sends it back; one that was tampered with fits no row. */
export const versionDe = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0);

const avantShape = z.object({
  nom: z.string(),
  libelle: z.string(),
  description: z.string(),
  couleur: z.string(),
  permissions: z.string(),
});

/** What stood in the form when it was opened; what stands there now where that was not sent along. */
export function readAvant(text: string, sinon: ValeursRole): ValeursRole {
  try {
    return avantShape.parse(JSON.parse(text));
  } catch {
    return sinon;
  }
}

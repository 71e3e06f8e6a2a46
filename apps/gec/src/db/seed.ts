import { DEFAULT_ROLES } from '@gec/core';
import type { Trx } from '../context.ts';

/** The departments of the specification, made when there is none. */
const DEPARTEMENTS = [
  ['SG', 'Secrétariat Général'],
  ['ADM', 'Administration Générale'],
  ['JUR', 'Département Juridique'],
  ['TECH', 'Département Technique'],
  ['FIN', 'Département Financier'],
] as const;

const ROLES = [
  ['super_admin', 'Super administrateur', 'Tout, sans exception. Ce rôle ne peut pas être modifié.', false],
  [
    'admin',
    'Administrateur',
    'Là où il est affecté : lire, modifier, transmettre, et gérer les utilisateurs.',
    true,
  ],
  ['user', 'Utilisateur', 'Enregistre, et voit ses courriers et ceux qui lui sont transmis.', true],
] as const;

/**
 * Makes what every installation begins with: roles with their permissions, departments. What exists already stays as
 * the office changed it; only `super_admin` is given every permission again, since a new version may bring new ones.
 *
 * @param now instant, ISO 8601
 */
export async function seedPeople(trx: Trx, now: string): Promise<void> {
  for (const [nom, nom_affichage, description, modifiable] of ROLES) {
    const inserted = await trx
      .insertInto('role')
      .values({ nom, nom_affichage, description, couleur: null, actif: true, modifiable })
      .onConflict((conflict) => conflict.doNothing())
      .returning('nom')
      .executeTakeFirst();
    if (!inserted && nom !== 'super_admin') continue;
    await trx
      .insertInto('role_permission')
      .values(DEFAULT_ROLES[nom].map((permission_nom) => ({ role_nom: nom, permission_nom })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const any = await trx.selectFrom('departement').select('id').limit(1).executeTakeFirst();
  if (any) return;
  for (const [code, nom] of DEPARTEMENTS) {
    await trx
      .insertInto('departement')
      .values({
        code,
        nom,
        description: null,
        parent_id: null,
        chef_departement_id: null,
        actif: true,
        date_creation: now,
      } as never)
      .execute();
  }
}

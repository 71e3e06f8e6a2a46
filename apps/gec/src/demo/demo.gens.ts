import { systemActor } from '@gec/core';
import { randomPassword } from '@gec/crypto';
import type { Container } from '../container.ts';
import type { Personne } from '../modules/utilisateurs/utilisateurs.schema.ts';

/** An account of the demonstration; the person does not exist. */
interface Fiche {
  readonly username: string;
  readonly nomComplet: string;
  readonly fonction: string;
  readonly role: 'super_admin' | 'admin' | 'user';
  readonly departement: string;
}

const GENS = [
  {
    username: 'p.ilunga',
    nomComplet: 'Pascaline Ilunga Mwadi',
    fonction: 'Secrétaire Général',
    role: 'super_admin',
    departement: 'SG',
  },
  {
    username: 'd.kabongo',
    nomComplet: 'Dieudonné Kabongo Lusamba',
    fonction: 'Chef du bureau d’ordre',
    role: 'admin',
    departement: 'ADM',
  },
  {
    username: 'n.mbombo',
    nomComplet: 'Nadège Mbombo Kapinga',
    fonction: 'Agent du bureau d’ordre',
    role: 'user',
    departement: 'ADM',
  },
  {
    username: 'c.lukusa',
    nomComplet: 'Christian Lukusa Ntumba',
    fonction: 'Agent du bureau d’ordre',
    role: 'user',
    departement: 'ADM',
  },
  {
    username: 's.mwamba',
    nomComplet: 'Solange Mwamba Feza',
    fonction: 'Secrétaire du Secrétaire Général',
    role: 'user',
    departement: 'SG',
  },
  {
    username: 't.kalonji',
    nomComplet: 'Trésor Kalonji Mpoyi',
    fonction: 'Chef du Département juridique',
    role: 'admin',
    departement: 'JUR',
  },
  {
    username: 'b.nsimba',
    nomComplet: 'Bernadette Nsimba Luzolo',
    fonction: 'Chef du Département technique',
    role: 'admin',
    departement: 'TECH',
  },
  {
    username: 'h.mukendi',
    nomComplet: 'Honoré Mukendi Bakajika',
    fonction: 'Chef du Département financier',
    role: 'admin',
    departement: 'FIN',
  },
  {
    username: 'g.ngoie',
    nomComplet: 'Grâce Ngoie Kyungu',
    fonction: 'Ingénieur géologue',
    role: 'user',
    departement: 'TECH',
  },
  {
    username: 'p.bahati',
    nomComplet: 'Patient Bahati Cirhuza',
    fonction: 'Conseiller juridique',
    role: 'user',
    departement: 'JUR',
  },
] as const satisfies readonly Fiche[];

export type Login = (typeof GENS)[number]['username'];

/** A sign-in, to be shown once. */
export interface Compte {
  readonly username: string;
  readonly motDePasse: string;
  readonly nomComplet: string;
  readonly fonction: string;
  readonly role: string;
}

/**
 * Makes the first administrator, if there is none, and the people of the demonstration, with passwords of their own
 * that need not be changed.
 *
 * @returns the people by user name, ready to act, and their sign-ins
 */
export async function embaucher(
  container: Container,
): Promise<{ gens: Readonly<Record<Login, Personne>>; comptes: Compte[] }> {
  const { config, utilisateurs, departements } = container;
  const system = systemActor('demo');
  const comptes: Compte[] = [];
  const adminPassword = config.adminPassword ?? randomPassword();
  const admin = await utilisateurs.ensureFirstAdmin({ ...config, adminPassword });
  if (admin.created) {
    comptes.push({
      username: 'admin',
      motDePasse: config.adminPassword === null ? adminPassword : 'GEC_ADMIN_PASSWORD',
      nomComplet: 'Administrateur',
      fonction: '',
      role: 'super_admin',
    });
  }
  const gens: Partial<Record<Login, Personne>> = {};
  for (const [at, fiche] of GENS.entries()) {
    const motDePasse = randomPassword();
    const departement = await departements.byCode(fiche.departement);
    const { id } = await utilisateurs.add(system, {
      username: fiche.username,
      email: `${fiche.username}@mines.example`,
      nomComplet: fiche.nomComplet,
      fonction: fiche.fonction,
      role: fiche.role,
      departementId: departement?.id ?? null,
      motDePasse,
      doitChangerMotDePasse: false,
    });
    const personne = await utilisateurs.personne(id, `192.168.10.${20 + at}`);
    if (!personne) throw new Error(`${fiche.username} is not active`);
    gens[fiche.username] = personne;
    comptes.push({ ...fiche, motDePasse });
  }
  return { gens: gens as Record<Login, Personne>, comptes };
}

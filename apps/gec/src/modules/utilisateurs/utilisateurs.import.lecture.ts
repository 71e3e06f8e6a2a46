import { fold, invalid, type Lang } from '@gec/core';
import { reconnaitreColonnes } from '../../tableur/colonnes.ts';
import type { Table } from '../../tableur/read-table.ts';
import { motsDepartement } from '../departements/departements.texts.ts';
import type { Departement } from '../departements/departements.schema.ts';
import type { Role } from '../roles/roles.schema.ts';
import {
  COLONNES_IMPORT,
  type ColonneImport,
  type LigneImport,
  type ListeImport,
} from './utilisateurs.import.schema.ts';
import type { SaisieCompte } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What people write above the columns, in French and English. */
const ENTETES: Readonly<Record<ColonneImport, readonly string[]>> = {
  nomComplet: ['nom complet', 'noms', 'nom et prénom', 'prénom et nom', 'full name', 'agent'],
  nom: ['nom de famille', 'last name', 'surname', 'name'],
  postnom: ['post-nom', 'middle name'],
  prenom: ['prénom', 'prénoms', 'first name', 'given name'],
  email: ['e-mail', 'courriel', 'adresse e-mail', 'mail', 'adresse électronique', 'email address'],
  username: ['nom d’utilisateur', 'identifiant', 'login', 'user name', 'compte', 'user'],
  matricule: ['n° matricule', 'numéro matricule', 'staff number', 'employee number'],
  fonction: ['poste', 'titre', 'grade', 'position', 'job title', 'function'],
  telephone: ['téléphone', 'tél', 'n° de téléphone', 'mobile', 'phone', 'telephone number'],
  role: ['rôle', 'profil', 'profile'],
  departement: ['département', 'direction', 'division', 'service', 'bureau', 'department', 'unit'],
  langue: ['language', 'lang'],
};

/**
 * Understands the columns of a list.
 *
 * @param appellation what the office calls its departments: its own lists call the column so
 * @throws AppError invalid (`fichier`) for a list without names or addresses
 */
export function lireListe(lang: Lang, nom: string, table: Table, appellation: string): ListeImport {
  const t = utilisateursTexts(lang);
  const own = Object.values(motsDepartement(lang, appellation));
  const noms = { ...ENTETES, departement: [...ENTETES.departement, ...own] };
  const colonnes = reconnaitreColonnes(table.entetes, noms);
  const named = colonnes.has('nomComplet') || colonnes.has('nom');
  if (!named || !colonnes.has('email')) {
    throw invalid([{ field: 'fichier', message: t.importColonnes }]);
  }
  const lignes = table.lignes.map((ligne) => ({
    ligne: ligne.ligne,
    valeurs: Object.fromEntries(
      COLONNES_IMPORT.filter((colonne) => colonnes.has(colonne)).map((colonne) => [
        colonne,
        colonnes.valeur(ligne, colonne),
      ]),
    ),
  }));
  return { nom, ignorees: [...colonnes.ignorees, ...colonnes.doubles], lignes };
}

/** What a list may leave out. */
export interface Defauts {
  readonly roles: readonly Role[];
  readonly departements: readonly Departement[];
  readonly departementId: number | null;
}

/** The department of an id that there is none: a plan refuses it like any other that does not exist. */
const INCONNU = -1;

function roleOf(text: string, roles: readonly Role[]): string {
  if (text === '') return 'user';
  const wanted = fold(text);
  const found = roles.find(({ nom, libelle }) => fold(nom) === wanted || fold(libelle) === wanted);
  return found?.nom ?? text;
}

function departementOf(text: string, { departements, departementId }: Defauts): number | null {
  if (text === '') return departementId;
  const wanted = fold(text);
  const found = departements.find(({ code, nom }) => fold(code) === wanted || fold(nom) === wanted);
  return found?.id ?? INCONNU;
}

/** A name from its parts, in the order of an identity card: nom, postnom, prénom. */
function nameOf({ nomComplet, nom, postnom, prenom }: LigneImport['valeurs']): string {
  if (nomComplet) return nomComplet;
  return [nom, postnom, prenom].filter((part) => part !== undefined && part !== '').join(' ');
}

/** A user name of an address: what stands before its `@`, without what a user name may not have. */
function usernameOf(email: string): string {
  return fold(email.split('@')[0] ?? '')
    .replace(/[^\p{L}\p{N}._-]/gu, '')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 56);
}

/** What a line says of an account; `genere` when its user name was made of the address. */
export function compteDe(
  { valeurs }: LigneImport,
  defauts: Defauts,
): { compte: SaisieCompte; genere: boolean } {
  const email = valeurs.email ?? '';
  const username = valeurs.username ?? '';
  return {
    compte: {
      username: username === '' ? usernameOf(email) : username,
      email,
      nomComplet: nameOf(valeurs),
      role: roleOf(valeurs.role ?? '', defauts.roles),
      departementId: departementOf(valeurs.departement ?? '', defauts),
      langue: /^(en|an)/.test(fold(valeurs.langue ?? '')) ? 'en' : 'fr',
      matricule: valeurs.matricule || null,
      fonction: valeurs.fonction || null,
      telephone: valeurs.telephone || null,
    },
    genere: username === '',
  };
}

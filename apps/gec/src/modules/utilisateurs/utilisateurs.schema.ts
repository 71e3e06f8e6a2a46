import type { Lang, UserActor } from '@gec/core';

/** A signed-in person, with what the frame of a page says about them. */
export interface Personne extends UserActor {
  readonly nomComplet: string;
  readonly roleLibelle: string;
  /** Random word of the photograph, which stands in its address; null without one. */
  readonly photo: string | null;
  readonly doitChangerMotDePasse: boolean;
  /** Their role asks for a second factor and they have none: they add one before anything else. */
  readonly doitAjouterFacteur?: boolean;
}

/** Facts of a new account. The password is plain here, and hashed before it goes anywhere. */
export interface NouvelUtilisateur {
  username: string;
  email: string;
  nomComplet: string;
  motDePasse: string;
  role: string;
  departementId: number | null;
  langue?: Lang;
  matricule?: string | null;
  fonction?: string | null;
  telephone?: string | null;
  doitChangerMotDePasse: boolean;
}

/** An account as lists and the command line show it. */
export interface Utilisateur {
  id: number;
  username: string;
  email: string;
  nomComplet: string;
  matricule: string | null;
  fonction: string | null;
  telephone: string | null;
  role: string;
  departementId: number | null;
  departementNom: string | null;
  actif: boolean;
  langue: Lang;
  doitChangerMotDePasse: boolean;
  derniereConnexion: string | null;
  dateCreation: string;
  /** Random word of the photograph, which stands in its address; null without one. */
  photo: string | null;
  /** For optimistic locks. */
  version: number;
}

/** What sign-in compares. */
export interface Identifiants {
  id: number;
  username: string;
  passwordHash: string;
  actif: boolean;
}

/** Facts of an account that somebody adds. Without a password, a one-time password is made. */
export type AjoutUtilisateur = Omit<NouvelUtilisateur, 'motDePasse' | 'doitChangerMotDePasse'> & {
  motDePasse?: string;
  /** True unless said otherwise: whoever adds an account knows its first password. */
  doitChangerMotDePasse?: boolean;
};

/** Bytes of a photograph that is sent, at most: what a telephone makes fits. */
export const PHOTO_MAX = 8 * 1024 * 1024;

/** What may be changed of an account. */
export interface SaisieCompte {
  username: string;
  email: string;
  nomComplet: string;
  role: string;
  departementId: number | null;
  langue: Lang;
  matricule: string | null;
  fonction: string | null;
  telephone: string | null;
}

/** What people may change of their own account. */
export type Coordonnees = Pick<SaisieCompte, 'fonction' | 'telephone'>;

/** By what a list may be sorted. */
export const TRIS_UTILISATEURS = [
  'nom',
  'identifiant',
  'role',
  'departement',
  'connexion',
  'creation',
] as const;
export type TriUtilisateurs = (typeof TRIS_UTILISATEURS)[number];

/** Which part of a list, and in which order; `page` from 1. */
export interface PageDemandee {
  page: number;
  size: number;
  tri?: TriUtilisateurs;
  ordre?: 'asc' | 'desc';
}

/** Which accounts a list shows. */
export interface FiltresUtilisateurs {
  /** Words of the name, the user name, the e-mail address or the matricule; all must be found. */
  q?: string;
  role?: string;
  /** `null`: accounts without a department. */
  departementId?: number | null;
  actif?: boolean;
  /** Locked somewhere after failed sign-ins. */
  bloque?: boolean;
  /** Never signed in. */
  jamais?: boolean;
}

/** An account in the administration. */
export interface UtilisateurGere extends Utilisateur {
  readonly roleLibelle: string;
  /** Locked somewhere after failed sign-ins. */
  readonly bloque: boolean;
  /** Whether the one who looks may change it. */
  readonly gerable: boolean;
  readonly soiMeme: boolean;
}

/** Somebody to whom a letter can be sent. */
export interface Destinataire {
  readonly id: number;
  readonly nomComplet: string;
  readonly fonction: string | null;
  /** Name of the department. */
  readonly departement: string | null;
}

/** Address of a photograph; it changes with the picture, so that browsers may keep it. */
export function photoHref({ id, photo }: Pick<Utilisateur, 'id' | 'photo'>): string | null {
  return photo === null ? null : `/photos/${id}?v=${photo}`;
}

import type { Lang, UserActor } from '@gec/core';

/** A signed-in person, with what the frame of a page says about them. */
export interface Personne extends UserActor {
  readonly nomComplet: string;
  readonly roleLibelle: string;
  readonly doitChangerMotDePasse: boolean;
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
}

/** What sign-in compares. */
export interface Identifiants {
  id: number;
  username: string;
  passwordHash: string;
  actif: boolean;
}

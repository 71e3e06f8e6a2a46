import type { Methodes } from '../facteurs/facteurs.schema.ts';

/** Where somebody comes from who wants to enter. */
export interface DepuisOu {
  readonly ip: string;
  readonly userAgent: string | undefined;
  readonly lang: 'fr' | 'en';
  /** The session that the browser already had; it ends, so that none can be planted beforehand. */
  readonly ancienneSession?: string | null;
}

/** What somebody typed at the door, and from where. */
export interface DemandeConnexion extends DepuisOu {
  /** User name or e-mail address. */
  readonly identifiant: string;
  readonly motDePasse: string;
  /** Where they want to go; kept for the second step. */
  readonly next?: string;
}

/** A door that opened. */
export interface ConnexionOuverte {
  readonly etape: 'ouverte';
  /** What the browser keeps; it is stored nowhere. */
  readonly token: string;
  readonly userId: number;
  readonly doitChangerMotDePasse: boolean;
}

/** A password that was right, of somebody who has a second factor: there is no session yet. */
export interface ConnexionASuivre {
  readonly etape: 'second-facteur';
  /** What the browser keeps until the second step; it opens nothing. */
  readonly attente: string;
  readonly methodes: Methodes;
}

/** One of a person's own sessions, as the profile shows it. Instants are ISO 8601, UTC. */
export interface SessionPropre {
  /** Names the session among those of its owner; it opens nothing. */
  readonly id: string;
  readonly ip: string;
  readonly navigateur: string;
  readonly systeme: string | null;
  readonly debut: string;
  readonly derniereActivite: string;
  /** The session that asks. */
  readonly courante: boolean;
}

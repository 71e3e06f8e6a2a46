/** What somebody typed at the door, and from where. */
export interface DemandeConnexion {
  /** User name or e-mail address. */
  readonly identifiant: string;
  readonly motDePasse: string;
  readonly ip: string;
  readonly userAgent: string | undefined;
  readonly lang: 'fr' | 'en';
  /** The session that the browser already had; it ends, so that none can be planted beforehand. */
  readonly ancienneSession?: string | null;
}

/** A door that opened. */
export interface Connexion {
  /** What the browser keeps; it is stored nowhere. */
  readonly token: string;
  readonly userId: number;
  readonly doitChangerMotDePasse: boolean;
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

/** Failed sign-ins of one hour or day. */
export interface TrancheEchecs {
  /** Beginning of the hour or day (ISO 8601, UTC). */
  readonly debut: string;
  readonly nombre: number;
}

/** Failed sign-ins over time, oldest first; the last hour and day are under way. */
export interface EchecsConnexion {
  readonly heures: readonly TrancheEchecs[];
  readonly jours: readonly TrancheEchecs[];
}

/** What somebody who looks after the installation should look at. Derived from the journal each time. */
export type Alerte =
  | { readonly genre: 'chaine'; readonly date: string; readonly place: string }
  | {
      readonly genre: 'compte';
      readonly date: string;
      /** User name, or the beginning of the digest of a name that belongs to nobody. */
      readonly compte: string;
      readonly connu: boolean;
      readonly nombre: number;
    }
  | { readonly genre: 'reseau'; readonly date: string; readonly reseau: string; readonly nombre: number }
  | { readonly genre: 'adresse'; readonly date: string; readonly personne: string; readonly ip: string }
  | {
      readonly genre: 'facteur';
      readonly date: string;
      /** Who did it, and to whom when it was somebody else. */
      readonly par: string;
      readonly compte: string | null;
    };

/** An account that is locked at one address. */
export interface Blocage {
  /** Names the pair to whoever lifts it. */
  readonly cle: string;
  readonly adresse: string;
  /** Full name; `null` for a name that belongs to nobody. */
  readonly personne: string | null;
  readonly compte: string | null;
  readonly echecs: number;
  /** How many times in a row it was locked. */
  readonly fois: number;
  readonly jusqua: string;
}

/** A live session of anybody. Instants are ISO 8601, UTC. */
export interface SessionOuverte {
  /** Names the session; it opens nothing. */
  readonly id: string;
  readonly utilisateurId: number;
  readonly personne: string;
  readonly ip: string;
  readonly navigateur: string;
  readonly systeme: string | null;
  readonly debut: string;
  readonly derniereActivite: string;
  /** The session that asks. */
  readonly courante: boolean;
}

export type EtatVerification = 'EN_COURS' | 'TERMINEE' | 'ECHOUEE' | 'INTERROMPUE';

/** A verification of the journal that was asked for on the screen. */
export interface Verification {
  readonly id: number;
  readonly etat: EtatVerification;
  readonly fait: number;
  readonly total: number;
  readonly parId: number;
  readonly debut: string;
  readonly fin: string | null;
  /** Entries that were compared. */
  readonly entrees: number | null;
  readonly rupture: {
    readonly nature: 'altered' | 'removed' | 'inserted' | 'head';
    readonly seq: number | null;
    readonly id: number | null;
  } | null;
}

/** Orders of the lists, the usual one first. */
export const TRIS_ADRESSES = ['ajout', 'adresse', 'expire'] as const;
export const TRIS_BLOCAGES = ['jusqua', 'compte', 'adresse'] as const;
export const TRIS_SESSIONS = ['activite', 'personne', 'adresse', 'debut'] as const;

/** What is looked at. */
export const CONTROLES = [
  'versions',
  'base',
  'replique',
  'disque',
  'travaux',
  'sauvegarde',
  'licence',
  'horloge',
  'courriel',
  'entretien',
  'journal',
] as const;
export type IdControle = (typeof CONTROLES)[number];

/** How it stands: well, somebody should look, it does not work. */
export const ETATS = ['ok', 'attention', 'panne'] as const;
export type Etat = (typeof ETATS)[number];

/** One thing that was looked at, in words and in figures. */
export interface Controle {
  readonly id: IdControle;
  readonly etat: Etat;
  /** What was found. */
  readonly constat: string;
  /** What to do about it; null when there is nothing to do. */
  readonly conseil: string | null;
  /** The same for machines: counts, bytes, instants (ISO 8601, UTC). */
  readonly valeurs: Readonly<Record<string, string | number | boolean | null>>;
}

/** Work of the outbox that failed for good. */
export interface TravailEchoue {
  readonly id: number;
  readonly genre: string;
  /** What it was to do, in words. */
  readonly libelle: string;
  readonly essais: number;
  readonly erreur: string;
  readonly cree: string;
}

/** The state of the system. */
export interface Sante {
  /** The worst of its parts. */
  readonly etat: Etat;
  readonly controles: readonly Controle[];
  readonly echecs: readonly TravailEchoue[];
  /** Instant at which it was looked at. */
  readonly le: string;
}

/** The last backup, as far as anything knows of one. */
export interface DerniereSauvegarde {
  /** When it ended (ISO 8601, UTC). */
  readonly le: string;
  readonly reussie: boolean;
}

/** How the upkeep last ran. */
export interface Passage {
  readonly nom: string;
  readonly fin: string | null;
  readonly reussi: boolean;
  readonly erreur: string | null;
}

/** The worse of some states. */
export function pire(etats: readonly Etat[]): Etat {
  return etats.reduce<Etat>((worst, one) => (ETATS.indexOf(one) > ETATS.indexOf(worst) ? one : worst), 'ok');
}

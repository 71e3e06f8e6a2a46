import type { LigneTransmission } from '../transmissions/transmissions.schema.ts';

/** Days of the small chart. */
export const JOURS = 14;

/** How many letters of each flow. */
export interface Flux {
  arrivees: number;
  departs: number;
}

/** A day of the chart. */
export interface JourActivite extends Flux {
  /** `YYYY-MM-DD` in the office's zone. */
  jour: string;
}

/** A letter of the latest ones. */
export interface DernierCourrier {
  id: number;
  numero: string;
  typeCourrier: 'ENTRANT' | 'SORTANT';
  objet: string;
  correspondant: string;
  statut: string;
  dateEnregistrement: string;
}

/** A registration that the actor left unfinished. */
export interface EnregistrementEnCours {
  flux: 'ENTRANT' | 'SORTANT';
  /** Empty while none is typed. */
  objet: string;
  dateModification: string;
}

/** What the home page shows; everything within what the actor may see. */
export interface Accueil {
  /** Today in the office's zone. */
  aujourdhui: string;
  /** First day of this week, a Monday. */
  lundi: string;
  /** What the actor began to register. */
  enCours: readonly EnregistrementEnCours[];
  attente: { total: number; enRetard: number; nonLus: number; lignes: readonly LigneTransmission[] };
  jour: Flux;
  semaine: Flux;
  /** The last {@link JOURS} days, oldest first. */
  activite: readonly JourActivite[];
  derniers: readonly DernierCourrier[];
  /** No letter that the actor may see. */
  vide: boolean;
  fuseauHoraire: string;
}

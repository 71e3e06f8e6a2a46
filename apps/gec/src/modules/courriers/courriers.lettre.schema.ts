import type { Transmission } from '../transmissions/transmissions.schema.ts';
import type { Evenement, TraceJournal } from './courriers.lettre.chronologie.ts';
import type { Provenance } from './courriers.lettre.provenance.ts';
import type { Courrier } from './courriers.schema.ts';

/** A statut as pages show it. */
export interface StatutLettre {
  readonly nom: string;
  readonly libelle: string;
  readonly couleur: string;
  readonly actif: boolean;
  /** Words of those that may follow; empty when all may. */
  readonly suivants: readonly string[];
}

/** A file of the letter, as its page shows it. */
export interface PieceLettre {
  readonly id: number;
  readonly rang: number;
  readonly nom: string;
  readonly pages: number;
  readonly taille: number;
}

/** Everything that the page of a letter shows. */
export interface Lettre {
  readonly courrier: Courrier;
  readonly pieces: readonly PieceLettre[];
  readonly statuts: readonly StatutLettre[];
  /** Its degree of urgency by its colour; null for an ordinary letter. */
  readonly couleurUrgence: string | null;
  /** Its deadline lies before now, and its statut is not a final one. */
  readonly enRetard: boolean;
  /** All transmissions, newest first. */
  readonly transmissions: readonly Transmission[];
  /** The open one to the reader, the most urgent first if there are several. */
  readonly attendue: Transmission | null;
  readonly evenements: readonly Evenement[];
  /** For those who may see the journal. */
  readonly traces: readonly TraceJournal[] | null;
  readonly titreResponsable: string;
  readonly fuseauHoraire: string;
  readonly provenance: Provenance;
  readonly voisins: { readonly previous?: number; readonly next?: number };
}

/** The one thing to do next with a letter. */
export type Suite = 'restaurer' | 'traiter' | 'transmettre' | 'modifier' | 'telecharger';

/** What to do next: what waits for the reader, else sending it on, else what they may do. */
export function suiteDe({ courrier, attendue }: Pick<Lettre, 'courrier' | 'attendue'>): Suite | null {
  const { droits, isDeleted, nombrePieces } = courrier;
  if (isDeleted) return droits.restaurer ? 'restaurer' : null;
  if (attendue) return 'traiter';
  if (droits.transmettre) return 'transmettre';
  if (droits.modifier) return 'modifier';
  return nombrePieces > 0 ? 'telecharger' : null;
}

/** The open transmission to a person, the one with the nearest échéance first, then the oldest. */
export function attenduePar(transmissions: readonly Transmission[], userId: number): Transmission | null {
  const open = transmissions.filter(({ aId, dateTraitement }) => aId === userId && dateTraitement === null);
  open.sort((x, y) => (x.echeance ?? '9999').localeCompare(y.echeance ?? '9999') || x.id - y.id);
  return open[0] ?? null;
}

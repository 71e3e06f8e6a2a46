import { z } from 'zod';
import type { TypeCourrier } from '../../db/schema.ts';

/** The two flows, arrivals first, as the specification stores them. */
export const FLUX = ['ENTRANT', 'SORTANT'] as const satisfies readonly TypeCourrier[];
export const fluxShape = z.enum(FLUX);

export { NUMERO_MAX } from './registres.format.ts';

/** Why a number was cancelled: read in the register years later, so it must say something. */
export const MOTIF_MAX = 500;

/** A flow and a year, with the number that comes next. */
export interface Registre {
  readonly flux: TypeCourrier;
  readonly annee: number;
  readonly format: string;
  readonly mode: 'automatique' | 'manuel';
  readonly valeurDepart: number;
  readonly prochain: number;
}

/** Places of a register that no number has, both ends included. */
export interface Intervalle {
  readonly de: number;
  readonly a: number;
}

/** A register as the administrator sees it. */
export interface RegistreResume extends Registre {
  /** Whether it has been opened; the one of this year is shown before its first number. */
  readonly ouvert: boolean;
  readonly courant: boolean;
  /** The number that comes next, as the actor would get it; empty when the format has no counter. */
  readonly prochainNumero: string;
  readonly attribues: number;
  readonly annules: number;
  readonly detruits: number;
  /** Places without a number: none, unless numbers were typed by hand. */
  readonly manquants: readonly Intervalle[];
}

/** A number of the register. The letter is named by its id alone: whoever shows it opens it under its own rule. */
export interface NumeroRegistre {
  readonly id: number;
  readonly annee: number;
  readonly flux: TypeCourrier;
  readonly numero: string;
  /** Place in the register; null for a number typed by hand that does not follow the format. */
  readonly compteur: number | null;
  readonly etat: 'ATTRIBUE' | 'ANNULE' | 'DETRUIT';
  readonly courrierId: number | null;
  readonly motif: string | null;
  readonly utilisateurId: number | null;
  /** ISO 8601, UTC. */
  readonly dateAttribution: string;
  readonly dateEtat: string;
}

/** What changes in a register. */
export interface ConfigurationRegistre {
  flux: TypeCourrier;
  annee: number;
  format: string;
  mode: 'automatique' | 'manuel';
  /** Left out: stays as it is. */
  valeurDepart?: number | undefined;
}

/** Body of the request that configures a register. */
export const configurationShape = z.object({
  format: z.string().trim().max(200),
  mode: z.enum(['automatique', 'manuel']),
  valeurDepart: z.int().min(1).max(99_999_999).optional(),
});

/** Settings of a flow that somebody wants to see at work before saving them. */
export interface ApercuDemande {
  flux: TypeCourrier;
  format: string;
  mode: 'automatique' | 'manuel';
  valeurDepart: number;
  /** Format of the other flow beside it. */
  autreFormat: string;
}

import { parsePublicKey } from '@gec/backup';
import { z } from 'zod';
import type { SauvegardeTable } from '../../db/schema.ts';

export type Origine = SauvegardeTable['origine'];
export type EtatSauvegarde = SauvegardeTable['etat'];

/** Why a backup failed. */
export const ERREURS = ['ARRETEE', 'INTERROMPUE', 'CLE', 'PLACE', 'ALTEREE', 'AUTRE'] as const;
export type ErreurSauvegarde = (typeof ERREURS)[number];

/** A backup as it is told: what is known of it, and what lies where backups are kept. */
export interface Sauvegarde {
  readonly nom: string;
  /** Null for an archive that this installation knows nothing of, such as one of before a restore. */
  readonly origine: Origine | null;
  readonly etat: EtatSauvegarde;
  readonly parId: number | null;
  readonly lignes: number;
  readonly fichiers: number;
  readonly absents: number;
  /** Bytes of the archive. */
  readonly taille: number | null;
  /** Whether the archive is there. */
  readonly presente: boolean;
  /** Whether it was as written when it was last read, and when that was. */
  readonly intacte: boolean | null;
  readonly controleLe: string | null;
  readonly erreur: ErreurSauvegarde | null;
  readonly debut: string;
  readonly fin: string | null;
}

const estCle = (text: string): boolean => {
  if (text === '') return true;
  try {
    parsePublicKey(text);
    return true;
  } catch {
    return false;
  }
};

/** Days of the week, Monday first, as ISO 8601 numbers them. */
export const JOURS = [1, 2, 3, 4, 5, 6, 7] as const;
export const RETENTION = { min: 1, max: 3_650 } as const;

/** When backups are made, how long they are kept, and for which key. */
export const reglageShape = z.object({
  actif: z.boolean().default(true),
  /** Hour of the office from which on the backup of the day is made. */
  heure: z.int().min(0).max(23).default(1),
  jours: z.array(z.literal(JOURS)).default([...JOURS]),
  /** Days for which a backup is kept; the last good one is always kept. */
  retention: z.int().min(RETENTION.min).max(RETENTION.max).default(30),
  clePublique: z.string().trim().max(200).refine(estCle).default(''),
});
export type Reglage = z.output<typeof reglageShape>;

/** The settings as the administration sees them. */
export interface ReglageVu extends Reglage {
  readonly version: number;
}

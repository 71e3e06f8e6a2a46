import { z } from 'zod';
import { ERREURS, reglageShape, type ReglageVu, type Sauvegarde } from './sauvegardes.schema.ts';

/** A backup as JSON clients see it. */
export const sauvegardeShape = z.object({
  nom: z.string(),
  origine: z.enum(['MANUELLE', 'PLANIFIEE', 'COMMANDE', 'SECURITE']).nullable(),
  etat: z.enum(['EN_COURS', 'REUSSIE', 'ECHOUEE']),
  lignes: z.int(),
  fichiers: z.int(),
  fichiers_absents: z.int(),
  taille: z.int().nullable(),
  presente: z.boolean(),
  intacte: z.boolean().nullable(),
  date_controle: z.iso.datetime().nullable(),
  erreur: z.enum(ERREURS).nullable(),
  date_debut: z.string(),
  date_fin: z.iso.datetime().nullable(),
});

/** @returns a backup as {@link sauvegardeShape} */
export function presentSauvegarde(one: Sauvegarde): z.input<typeof sauvegardeShape> {
  const { nom, origine, etat, lignes, fichiers, absents, taille, presente, intacte, erreur } = one;
  const dates = { date_controle: one.controleLe, date_debut: one.debut, date_fin: one.fin };
  return {
    nom,
    origine,
    etat,
    lignes,
    fichiers,
    fichiers_absents: absents,
    taille,
    presente,
    intacte,
    erreur,
    ...dates,
  };
}

/** The schedule as JSON clients see it. */
export const reglageVuShape = z.object({
  actif: z.boolean(),
  heure: z.int(),
  jours: z.array(z.int()),
  retention: z.int(),
  cle_publique: z.string(),
  version: z.int(),
});

export function presentReglage({ clePublique, ...rest }: ReglageVu): z.input<typeof reglageVuShape> {
  return { ...rest, jours: [...rest.jours], cle_publique: clePublique };
}

/** What a JSON client may change of the schedule. */
export const reglagePatch = z.strictObject({
  actif: reglageShape.shape.actif.unwrap().optional(),
  heure: z.int().optional(),
  jours: z.array(z.int()).max(7).optional(),
  retention: z.int().optional(),
  cle_publique: z.string().max(200).optional(),
  version: z.int().optional(),
});

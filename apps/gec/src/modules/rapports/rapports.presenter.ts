import { z } from 'zod';
import { ERREURS, GENRES, type Chiffres, type Export } from './rapports.schema.ts';

/** An export in JSON. */
export const exportShape = z.object({
  id: z.string(),
  genre: z.enum(GENRES),
  etat: z.enum(['EN_ATTENTE', 'EN_COURS', 'TERMINEE', 'ECHOUEE']),
  fait: z.number().describe('Lignes faites'),
  total: z.number().describe('Lignes en tout, 0 si ce n’est pas connu'),
  fichier_nom: z.string().nullable(),
  fichier_type: z.string().nullable(),
  taille: z.number().nullable().describe('Octets'),
  erreur: z.enum(ERREURS).nullable(),
  date_creation: z.string(),
  date_fin: z.string().nullable(),
  fichier: z.string().nullable().describe('Adresse du fichier, quand il est prêt'),
});

/** An export as it leaves the program. */
export function presentExport(one: Export): z.output<typeof exportShape> {
  return {
    id: one.id,
    genre: one.genre,
    etat: one.etat,
    fait: one.fait,
    total: one.total,
    fichier_nom: one.nom,
    fichier_type: one.type,
    taille: one.taille,
    erreur: one.erreur,
    date_creation: one.dateCreation,
    date_fin: one.dateFin,
    fichier: one.etat === 'TERMINEE' ? `/api/v1/exports/${one.id}/fichier` : null,
  };
}

/** The figures in JSON. */
export const chiffresShape = z.object({
  mois: z.array(z.object({ mois: z.string(), arrivees: z.number(), departs: z.number() })),
  departements: z.array(
    z.object({
      departement_id: z.number().nullable(),
      nom: z.string().nullable(),
      arrivees: z.number(),
      departs: z.number(),
    }),
  ),
  delai_traitement: z.object({ jours: z.number(), courriers: z.number() }).nullable(),
});

/** The figures as they leave the program. */
export function presentChiffres({ mois, departements, delai }: Chiffres): z.output<typeof chiffresShape> {
  return {
    mois: [...mois],
    departements: departements.map(({ departementId, ...rest }) => ({
      departement_id: departementId,
      ...rest,
    })),
    delai_traitement: delai,
  };
}

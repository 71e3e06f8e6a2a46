import { z } from 'zod';
import type { Accueil } from './accueil.schema.ts';

const flux = z.object({ arrivees: z.number().int(), departs: z.number().int() });

/** The home page as JSON clients see it. */
export const accueilShape = z.object({
  aujourdhui: z.string().describe('Jour, AAAA-MM-JJ'),
  a_traiter: z.object({ total: z.number().int(), en_retard: z.number().int(), non_lus: z.number().int() }),
  jour: flux,
  semaine: flux.extend({ depuis: z.string().describe('Lundi, AAAA-MM-JJ') }),
  activite: z.array(flux.extend({ jour: z.string() })).describe('Les 14 derniers jours'),
  derniers: z.array(
    z.object({
      id: z.number().int(),
      numero_accuse_reception: z.string(),
      type_courrier: z.enum(['ENTRANT', 'SORTANT']),
      objet: z.string(),
      correspondant: z.string(),
      statut: z.string(),
      date_enregistrement: z.string(),
    }),
  ),
});

/** The home page as it leaves the program. */
export function presentAccueil(accueil: Accueil): z.output<typeof accueilShape> {
  const { attente } = accueil;
  return {
    aujourdhui: accueil.aujourdhui,
    a_traiter: { total: attente.total, en_retard: attente.enRetard, non_lus: attente.nonLus },
    jour: accueil.jour,
    semaine: { ...accueil.semaine, depuis: accueil.lundi },
    activite: accueil.activite.map(({ jour, arrivees, departs }) => ({ jour, arrivees, departs })),
    derniers: accueil.derniers.map((one) => ({
      id: one.id,
      numero_accuse_reception: one.numero,
      type_courrier: one.typeCourrier,
      objet: one.objet,
      correspondant: one.correspondant,
      statut: one.statut,
      date_enregistrement: one.dateEnregistrement,
    })),
  };
}

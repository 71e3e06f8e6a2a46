import { z } from 'zod';
import type { EtatFacteurs, Facteur } from './facteurs.schema.ts';

/** A second factor in JSON. */
export const facteurShape = z.object({
  id: z.number(),
  genre: z.enum(['totp', 'cle']).describe('`totp`: application ; `cle`: clé d’accès'),
  nom: z.string(),
  date_creation: z.string(),
  derniere_utilisation: z.string().nullable(),
});

/** What somebody has, in JSON. */
export const etatShape = z.object({
  facteurs: z.array(facteurShape),
  codes_secours: z.number().describe('Codes de secours qui restent'),
  exige: z.boolean().describe('Le rôle exige un second facteur'),
});

/** A factor as it leaves the program. */
export function presentFacteur(one: Facteur): z.output<typeof facteurShape> {
  return {
    id: one.id,
    genre: one.genre,
    nom: one.nom,
    date_creation: one.dateCreation,
    derniere_utilisation: one.derniereUtilisation,
  };
}

/** What somebody has, as it leaves the program. */
export function presentEtat({ facteurs, secours, exige }: EtatFacteurs): z.output<typeof etatShape> {
  return { facteurs: facteurs.map(presentFacteur), codes_secours: secours, exige };
}

import { z } from 'zod';
import { CONTROLES, ETATS, type Sante } from './sante.schema.ts';

const etat = z.enum(ETATS);

/** The state of the system as JSON clients see it. */
export const santeShape = z.object({
  etat,
  date: z.iso.datetime(),
  controles: z.array(
    z.object({
      id: z.enum(CONTROLES),
      etat,
      constat: z.string(),
      conseil: z.string().nullable(),
      valeurs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
  ),
  travaux_echoues: z.array(
    z.object({
      id: z.int(),
      genre: z.string(),
      libelle: z.string(),
      essais: z.int(),
      erreur: z.string(),
      date_creation: z.iso.datetime(),
    }),
  ),
});

/** @returns the state as {@link santeShape} */
export function presentSante({ etat: ensemble, controles, echecs, le }: Sante): z.input<typeof santeShape> {
  return {
    etat: ensemble,
    date: le,
    controles: controles.map((one) => ({ ...one, valeurs: { ...one.valeurs } })),
    travaux_echoues: echecs.map(({ cree, ...rest }) => ({ ...rest, date_creation: cree })),
  };
}

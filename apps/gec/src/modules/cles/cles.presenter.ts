import { z } from 'zod';
import { BUTS, type VueCles } from './cles.schema.ts';

const instant = z.string().nullable();

/** What JSON clients may renew: one kind, or all. */
export const renouvellementDemande = z.strictObject({ sortes: z.array(z.enum(BUTS)).min(1).optional() });

/** The keys as JSON clients see them: names and instants, never a key. */
export const clesShape = z.object({
  maitre: z.string(),
  processus_en_retard: z.number(),
  generations: z.array(
    z.object({ cle: z.string(), sorte: z.string(), depuis: z.string(), retiree: instant }),
  ),
  renouvellements: z.array(
    z.object({
      sorte: z.string(),
      cle: z.string(),
      etat: z.enum(['prepared', 'sealing', 'resealed', 'finished']),
      suspendu: z.boolean(),
      fait: z.number(),
      total: z.number(),
      illisibles: z.number(),
      debut: z.string(),
      fin: instant,
      suppression_des: instant,
    }),
  ),
  historique: z.array(z.object({ date: z.string(), action: z.string(), acteur: z.string() })),
});

/** See {@link clesShape}. */
export function presentCles(vue: VueCles): z.input<typeof clesShape> {
  return {
    maitre: vue.maitre,
    processus_en_retard: vue.enRetard,
    generations: vue.generations.map(({ kid, but, depuis, retiree }) => ({
      cle: kid,
      sorte: but,
      depuis,
      retiree,
    })),
    renouvellements: vue.renouvellements.map(({ rotation, oubliDes }) => ({
      sorte: rotation.purpose,
      cle: rotation.kid,
      etat: rotation.state,
      suspendu: rotation.paused_at !== null,
      fait: rotation.done,
      total: rotation.total,
      illisibles: rotation.unreadable,
      debut: rotation.started_at,
      fin: rotation.finished_at ?? rotation.resealed_at,
      suppression_des: oubliDes,
    })),
    historique: vue.historique.map(({ date, action, acteur }) => ({ date, action, acteur })),
  };
}

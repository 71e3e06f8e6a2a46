import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { LECTEURS_REGISTRES, type RegistresRoutesDeps } from './registres.pages.tsx';
import { configurationShape, FLUX, fluxShape } from './registres.schema.ts';

const tags = ['registres'];
const registreShape = z.object({
  flux: z.enum(FLUX),
  annee: z.int(),
  format: z.string(),
  mode: z.enum(['automatique', 'manuel']),
  valeurDepart: z.int(),
  prochain: z.int(),
});
const resumeShape = registreShape.extend({
  ouvert: z.boolean(),
  courant: z.boolean(),
  prochainNumero: z.string(),
  attribues: z.int(),
  annules: z.int(),
  detruits: z.int(),
  manquants: z.array(z.object({ de: z.int(), a: z.int() })),
});

/** The registers as JSON. */
export function registerRegistresApi(app: App, { registres }: RegistresRoutesDeps): void {
  const flux = z.object({ flux: fluxShape });

  app.get(
    '/api/v1/registres',
    {
      config: { permission: LECTEURS_REGISTRES },
      schema: {
        tags,
        summary: 'Registres par année, avec leur prochain numéro et leurs places manquantes',
        response: { 200: z.object({ registres: z.array(resumeShape) }) },
      },
    },
    async (request) => ({
      registres: (await registres.list(actorOf(request))).map((one) => ({
        ...one,
        manquants: [...one.manquants],
      })),
    }),
  );

  app.post(
    '/api/v1/registres/:flux/annulations',
    {
      config: { permission: 'register_mail' },
      schema: {
        tags,
        summary: 'Annuler le prochain numéro, avec son motif',
        params: flux,
        body: z.object({
          motif: z.string().max(10_000),
          numero: z
            .string()
            .max(200)
            .optional()
            .describe('Numéro que l’on croit le prochain ; s’il ne l’est plus, rien n’est annulé'),
        }),
        response: { 201: z.object({ numero: z.string() }) },
      },
    },
    async (request, reply) => {
      const { motif, numero: attendu } = request.body;
      const { flux: of } = request.params;
      const cancelled = await registres.cancelNext(actorOf(request), { flux: of, motif, attendu });
      return reply.code(201).send(cancelled);
    },
  );

  app.put(
    '/api/v1/registres/:flux/:annee',
    {
      config: { permission: 'manage_system_settings' },
      schema: {
        tags,
        summary: 'Configurer le registre d’une année (celle en cours ou la suivante)',
        params: flux.extend({ annee: z.coerce.number().int() }),
        body: configurationShape,
        response: { 200: registreShape },
      },
    },
    async (request) => registres.configure(actorOf(request), { ...request.params, ...request.body }),
  );
}

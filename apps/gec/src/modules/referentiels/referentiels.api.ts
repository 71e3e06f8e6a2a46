import { z } from 'zod';
import type { App } from '../../http/app.ts';
import type { ReferentielsService } from './referentiels.service.ts';

const tags = ['référentiels'];
const statutShape = z.object({
  id: z.int(),
  nom: z.string(),
  libelle: z.string(),
  description: z.string().nullable(),
  couleur: z.string(),
  final: z.boolean(),
  actif: z.boolean(),
  ordre: z.int(),
});
const typeShape = z.object({
  id: z.int(),
  nom: z.string(),
  description: z.string().nullable(),
  actif: z.boolean(),
  ordre: z.int(),
});

/** The lists that letters choose from, as JSON. */
export function registerReferentielsApi(
  app: App,
  { referentiels }: { referentiels: Pick<ReferentielsService, 'statuts' | 'typesSortants'> },
): void {
  const config = { permission: 'session' } as const;

  app.get(
    '/api/v1/statuts',
    {
      config,
      schema: {
        tags,
        summary: 'Statuts, y compris ceux qui ne servent plus',
        response: { 200: z.object({ statuts: z.array(statutShape) }) },
      },
    },
    async () => ({ statuts: [...(await referentiels.statuts())] }),
  );

  app.get(
    '/api/v1/types-courrier-sortant',
    {
      config,
      schema: {
        tags,
        summary: 'Types de courrier sortant, y compris ceux qui ne servent plus',
        response: { 200: z.object({ types: z.array(typeShape) }) },
      },
    },
    async () => ({ types: [...(await referentiels.typesSortants())] }),
  );
}

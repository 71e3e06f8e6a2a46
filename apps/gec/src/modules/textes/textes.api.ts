import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { choisirTextes, presentTexte, texteShape } from './textes.presenter.ts';
import { TEXTE_MAX, TRIS_TEXTES } from './textes.schema.ts';
import type { TextesService } from './textes.service.ts';

const tags = ['textes'];
const config = { permission: 'manage_system_settings' } as const;
const params = z.object({ module: z.string().max(80), cle: z.string().max(120) });

/** The texts as JSON. */
export function registerTextesApi(
  app: App,
  { textes }: { textes: Pick<TextesService, 'list' | 'find' | 'update'> },
): void {
  app.get(
    '/api/v1/textes',
    {
      config,
      schema: {
        tags,
        summary: 'Textes du programme, et ceux qui sont remplacés',
        querystring: z.object({
          q: z.string().max(200).default(''),
          modifies: z.enum(['oui', 'non']).optional(),
          sort_by: z.enum(TRIS_TEXTES).default('module'),
          sort_order: z.enum(['asc', 'desc']).default('asc'),
        }),
        response: { 200: z.object({ textes: z.array(texteShape) }) },
      },
    },
    async (request) => {
      const { q, modifies, sort_by: tri, sort_order: ordre } = request.query;
      const actif = modifies === undefined ? null : modifies === 'oui';
      const found = choisirTextes(await textes.list(actorOf(request)), { q, actif, tri, ordre });
      return { textes: found.map(presentTexte) };
    },
  );

  app.put(
    '/api/v1/textes/:module/:cle',
    {
      config,
      schema: {
        tags,
        summary: 'Remplacer un texte',
        description:
          'Un texte vide revient à celui d’origine. version : celle qui a été lue (0 : jamais modifié) ; 409 VERSION si quelqu’un a été plus rapide.',
        params,
        body: z.object({
          version: z.int().min(0),
          fr: z.string().max(TEXTE_MAX).default(''),
          en: z.string().max(TEXTE_MAX).default(''),
        }),
        response: { 200: texteShape },
      },
    },
    async (request) => {
      const { version, fr, en } = request.body;
      const { module, cle } = request.params;
      await textes.update(actorOf(request), { module, cle }, { fr, en }, version);
      return presentTexte(await textes.find(actorOf(request), module, cle));
    },
  );
}

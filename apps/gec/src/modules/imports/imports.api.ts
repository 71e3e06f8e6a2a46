import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { choixPartielShape } from './imports.choix.schema.ts';
import { lireDepot } from './imports.http.ts';
import { importShape, ligneShape, presentImport, presentLigne } from './imports.presenter.ts';
import type { ImportsService } from './imports.service.ts';

/** Id of an import, as `deposer` makes them. */
export const importParam = z.object({ id: z.string().regex(/^[\w-]{22}$/) });

/** The JSON addresses of imports. */
export function registerImportsApi(app: App, { imports }: { imports: ImportsService }): void {
  const config = { permission: 'import_courriers' } as const;
  const tags = ['Imports'];
  const one = { params: importParam, response: { 200: importShape } };

  app.get(
    '/api/v1/imports',
    {
      config,
      schema: {
        tags,
        summary: 'Les imports, le plus récent d’abord',
        response: { 200: z.object({ imports: z.array(importShape) }) },
      },
    },
    async (request) => ({ imports: (await imports.list(actorOf(request))).map(presentImport) }),
  );

  app.post(
    '/api/v1/imports',
    {
      config,
      schema: {
        tags,
        summary: 'Déposer une archive (ZIP) ou un registre (CSV, XLSX) ; il est vérifié en arrière-plan',
        description: 'Formulaire `multipart/form-data` avec le fichier dans `fichier`.',
        consumes: ['multipart/form-data'],
        response: { 202: importShape },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { id } = await lireDepot(request, imports);
      return reply
        .code(202)
        .header('location', `/api/v1/imports/${id}`)
        .send(presentImport(await imports.get(actor, id)));
    },
  );

  app.get(
    '/api/v1/imports/:id',
    { config, schema: { tags, summary: 'État d’un import, et ce qu’il ferait', ...one } },
    async (request) => presentImport(await imports.get(actorOf(request), request.params.id)),
  );

  app.get(
    '/api/v1/imports/:id/lignes',
    {
      config,
      schema: {
        tags,
        summary: 'Ce qui est advenu, ou adviendrait, de chaque ligne',
        params: importParam,
        querystring: z.object({ etat: z.enum(['cree', 'deja', 'conflit']).optional() }),
        response: { 200: z.object({ lignes: z.array(ligneShape) }) },
      },
    },
    async (request) => {
      const { etat } = request.query;
      const rows = await imports.rapport(actorOf(request), request.params.id, etat && { etat });
      return { lignes: rows.map(presentLigne) };
    },
  );

  app.put(
    '/api/v1/imports/:id/choix',
    {
      config,
      schema: {
        tags,
        summary: 'Choisir ; l’import est vérifié de nouveau',
        body: choixPartielShape.strict(),
        ...one,
      },
    },
    async (request) => {
      const actor = actorOf(request);
      await imports.choisir(actor, request.params.id, request.body);
      return presentImport(await imports.get(actor, request.params.id));
    },
  );

  app.post(
    '/api/v1/imports/:id/lancement',
    {
      config,
      schema: {
        tags,
        summary: 'Reprendre les courriers',
        params: importParam,
        response: { 202: importShape },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      await imports.lancer(actor, request.params.id);
      return reply.code(202).send(presentImport(await imports.get(actor, request.params.id)));
    },
  );

  app.delete(
    '/api/v1/imports/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Arrêter un import ; ce qui est repris reste',
        params: importParam,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await imports.annuler(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

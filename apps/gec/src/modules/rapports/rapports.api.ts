import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { chiffresShape, exportShape, presentChiffres, presentExport } from './rapports.presenter.ts';
import { exportParam, ficheParam, sendExport, sendFiche, type RapportsRoutesDeps } from './rapports.http.ts';
import { demandeShape } from './rapports.schema.ts';

/** The JSON addresses of exports and figures. */
export function registerRapportsApi(app: App, deps: RapportsRoutesDeps): void {
  const { rapports } = deps;
  const config = { permission: 'export_courriers' } as const;
  /** Letters and the journal have different rights; the service says which export is whose. */
  const chacun = { permission: ['export_courriers', 'view_logs'] } as const;
  const tags = ['Exports'];

  app.get(
    '/api/v1/exports',
    {
      config: chacun,
      schema: {
        tags,
        summary: 'Ses exports, le plus récent d’abord',
        response: { 200: z.object({ exports: z.array(exportShape) }) },
      },
    },
    async (request) => ({ exports: (await rapports.list(actorOf(request))).map(presentExport) }),
  );

  app.post(
    '/api/v1/exports',
    {
      config,
      schema: {
        tags,
        summary: 'Demander un export ; il est préparé en arrière-plan',
        description:
          'Une liste prend les filtres de la liste des courriers ; un registre prend `flux`, `du` et `au`.',
        body: demandeShape.strict(),
        response: { 202: exportShape },
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const made = await rapports.requestExport(actor, await rapports.lireDemande(actor, request.body));
      return reply.code(202).header('location', `/api/v1/exports/${made.id}`).send(presentExport(made));
    },
  );

  app.get(
    '/api/v1/exports/:id',
    {
      config: chacun,
      schema: { tags, summary: 'État d’un export', params: exportParam, response: { 200: exportShape } },
    },
    async (request) => presentExport(await rapports.find(actorOf(request), request.params.id)),
  );

  app.get(
    '/api/v1/exports/:id/fichier',
    {
      config: chacun,
      // A HEAD would be noted as a download that never happened.
      exposeHeadRoute: false,
      schema: { tags, summary: 'Télécharger un export prêt', params: exportParam },
    },
    async (request, reply) => sendExport(reply, await rapports.download(actorOf(request), request.params.id)),
  );

  app.delete(
    '/api/v1/exports/:id',
    {
      config: chacun,
      schema: {
        tags,
        summary: 'Annuler ou supprimer un export',
        params: exportParam,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await rapports.remove(actorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/courriers/:id/fiche',
    {
      // Whoever may read a letter may print its sheet.
      config: { permission: 'session' },
      exposeHeadRoute: false,
      schema: { tags: ['Courriers'], summary: 'La fiche d’enregistrement (PDF)', params: ficheParam },
    },
    async (request, reply) => sendFiche(request, reply, deps, request.params.id),
  );

  app.get(
    '/api/v1/chiffres',
    {
      config,
      schema: {
        tags,
        summary: 'Courriers par mois et par département, délai de traitement',
        response: { 200: chiffresShape },
      },
    },
    async (request) => presentChiffres(await rapports.chiffres(actorOf(request))),
  );
}

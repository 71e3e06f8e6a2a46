import { AppError } from '@gec/core';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import { sendTable } from '../../tableur/write-table.ts';
import { readSmallForm } from '../pieces/pieces.multipart.ts';
import { filtersOf } from './utilisateurs.api.ts';
import {
  comptesJson,
  exportQuery,
  historiqueJson,
  modificationJson,
  planJson,
  sessionsJson,
  utilisateurJson,
} from './utilisateurs.api.schema.ts';
import { idParams, importParams } from './utilisateurs.forms.ts';
import { IMPORT_OCTETS } from './utilisateurs.import.schema.ts';
import type { UtilisateursPagesServices } from './utilisateurs.pages.tsx';
import {
  presentComptes,
  presentHistorique,
  presentPlan,
  presentUtilisateur,
} from './utilisateurs.presenter.ts';
import { PHOTO_MAX, type SaisieCompte } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

const config = { permission: 'manage_users' } as const;
const tags = ['Utilisateurs'];

/** What a body wants changed, under our names. */
function patchOf(body: z.output<typeof modificationJson>): Partial<SaisieCompte> {
  const { nom_complet: nomComplet, departement_id: departementId, version: _, ...rest } = body;
  const patch = { ...rest, nomComplet, departementId };
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

/** Registers the JSON routes of one account: changing it, its photograph, its sessions and its history. */
export function registerCompteApi(app: App, services: UtilisateursPagesServices): void {
  const { utilisateurs } = services;

  app.patch(
    '/api/v1/utilisateurs/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Modifier un compte',
        params: idParams,
        body: modificationJson,
        response: { 200: utilisateurJson },
      },
    },
    async (request) => {
      const actor = personOf(request);
      const { id } = request.params;
      await utilisateurs.modifier(actor, id, patchOf(request.body), request.body.version);
      return presentUtilisateur(await utilisateurs.find(actor, id));
    },
  );

  app.put(
    '/api/v1/utilisateurs/:id/photo',
    {
      config,
      bodyLimit: 2 * PHOTO_MAX,
      schema: {
        tags,
        summary: 'Donner une photo (PNG, JPEG ou WebP, champ « photo »)',
        consumes: ['multipart/form-data'],
        params: idParams,
        response: { 200: utilisateurJson },
      },
    },
    async (request) => {
      const actor = personOf(request);
      const { file } = await readSmallForm(request, 'photo', PHOTO_MAX);
      const message = utilisateursTexts(request.lang).photoManque;
      if (!file) throw new AppError('invalid', 'INVALID', message, { fields: [{ field: 'photo', message }] });
      await utilisateurs.setPhoto(actor, request.params.id, file.bytes);
      return presentUtilisateur(await utilisateurs.find(actor, request.params.id));
    },
  );

  app.delete(
    '/api/v1/utilisateurs/:id/photo',
    {
      config,
      schema: { tags, summary: 'Retirer la photo', params: idParams, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await utilisateurs.removePhoto(personOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/utilisateurs/:id/sessions',
    {
      config,
      schema: { tags, summary: 'Les sessions ouvertes', params: idParams, response: { 200: sessionsJson } },
    },
    async (request) => ({ sessions: await utilisateurs.sessionsDe(personOf(request), request.params.id) }),
  );

  const fermees = z.object({ fermees: z.number() });
  app.delete(
    '/api/v1/utilisateurs/:id/sessions',
    {
      config,
      schema: { tags, summary: 'Fermer toutes les sessions', params: idParams, response: { 200: fermees } },
    },
    async (request) => ({ fermees: await utilisateurs.fermerSessions(personOf(request), request.params.id) }),
  );

  app.delete(
    '/api/v1/utilisateurs/:id/sessions/:session',
    {
      config,
      schema: {
        tags,
        summary: 'Fermer une session',
        params: idParams.extend({ session: z.string().min(1).max(64) }),
        response: { 200: fermees },
      },
    },
    async (request) => {
      const { id, session } = request.params;
      return { fermees: await utilisateurs.fermerSessions(personOf(request), id, session) };
    },
  );

  app.get(
    '/api/v1/utilisateurs/:id/historique',
    {
      config,
      schema: { tags, summary: 'Ce qui a été changé', params: idParams, response: { 200: historiqueJson } },
    },
    async (request) => {
      const lignes = await utilisateurs.historique(personOf(request), request.params.id);
      return { historique: lignes.map(presentHistorique) };
    },
  );
}

/** Registers the JSON routes that take lists of people in and give them out. */
export function registerListesApi(app: App, services: UtilisateursPagesServices): void {
  const { utilisateurs, atelier } = services;

  app.get(
    '/api/v1/utilisateurs/export',
    { config, schema: { tags, summary: 'La liste, en CSV ou XLSX', querystring: exportQuery } },
    async (request, reply) => {
      const { format, sort_by: tri, sort_order: ordre } = request.query;
      const filters = filtersOf(request.query);
      const table = await utilisateurs.exporter(personOf(request), filters, { tri, ordre }, format);
      return sendTable(reply, atelier, table);
    },
  );

  app.post(
    '/api/v1/utilisateurs/import',
    {
      config,
      bodyLimit: 2 * IMPORT_OCTETS,
      schema: {
        tags,
        summary: 'Vérifier une liste (CSV ou XLSX, champ « fichier ») ; rien n’est ajouté',
        consumes: ['multipart/form-data'],
        response: { 200: planJson },
      },
    },
    async (request) => {
      const { file } = await readSmallForm(request, 'fichier', IMPORT_OCTETS);
      const message = utilisateursTexts(request.lang).importManque;
      if (!file)
        throw new AppError('invalid', 'INVALID', message, { fields: [{ field: 'fichier', message }] });
      const source = { nom: file.nom, source: file.bytes };
      const { id, plan } = await utilisateurs.preparerImport(personOf(request), source);
      return { id, ...presentPlan(plan) };
    },
  );

  app.post(
    '/api/v1/utilisateurs/import/:id',
    {
      config,
      schema: {
        tags,
        summary:
          'Ajouter les comptes d’une liste vérifiée ; leurs mots de passe ne sont donnés que cette fois',
        params: importParams,
        body: z.strictObject({ empreinte: z.string() }),
        response: { 201: comptesJson },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const comptes = await utilisateurs.confirmerImport(personOf(request), id, request.body.empreinte);
      return reply.code(201).send(presentComptes(comptes));
    },
  );
}

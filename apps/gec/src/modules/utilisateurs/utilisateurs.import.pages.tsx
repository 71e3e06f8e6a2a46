import { AppError } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { FORMATS_TABLE, sendTable } from '../../tableur/write-table.ts';
import { readSmallForm } from '../pieces/pieces.multipart.ts';
import { importForm, importParams, planQuery } from './utilisateurs.forms.ts';
import { IMPORT_OCTETS, type PlanImport } from './utilisateurs.import.schema.ts';
import { ImportView, PlanView, SheetView, type EtatPlan } from './utilisateurs.import.views.tsx';
import type { UtilisateursPagesServices } from './utilisateurs.pages.tsx';
import { presentComptes, presentPlan } from './utilisateurs.presenter.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

const PAGE_SIZE = 100;
const PAGE = '/admin/users/import';
const config = { permission: 'manage_users' } as const;
const ETATS: readonly EtatPlan[] = ['ajouter', 'existe', 'erreur'];
const modeleParams = z.object({ format: z.enum(FORMATS_TABLE) });

/** Registers adding people from a list: the list, what it would do, and doing it. */
export function registerImportPages(app: App, services: UtilisateursPagesServices): void {
  const { utilisateurs, roles, departements, atelier } = services;

  function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    refused?: { errors: AppError['fields']; status: number },
  ): Promise<FastifyReply> {
    return renderPage(request, reply, {
      title: utilisateursTexts(request.lang).importer,
      active: 'utilisateurs',
      status: refused?.status,
      children: <ImportView csrfToken={csrfToken(request)} errors={refused?.errors ?? []} />,
    });
  }

  async function showPlan(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    shown: { plan: PlanImport; query: z.output<typeof planQuery>; refus?: AppError },
  ): Promise<FastifyReply> {
    const { plan, query, refus } = shown;
    return renderPage(request, reply, {
      title: utilisateursTexts(request.lang).importer,
      active: 'utilisateurs',
      status: refus && describeError(refus, request).status,
      children: (
        <PlanView
          csrfToken={csrfToken(request)}
          id={id}
          plan={plan}
          roles={await roles.list()}
          departements={await departements.list()}
          etat={ETATS.find((etat) => etat === query.etat) ?? ''}
          page={/^[1-9]\d{0,3}$/.test(query.page) ? Number(query.page) : 1}
          pageSize={PAGE_SIZE}
          refus={refus?.message}
        />
      ),
    });
  }

  app.get(PAGE, { config }, (request, reply) => showForm(request, reply));

  app.get(
    `${PAGE}/modele.:format`,
    { config, schema: { params: modeleParams, hide: true } },
    async (request, reply) =>
      sendTable(reply, atelier, utilisateurs.modele(request.lang, request.params.format)),
  );

  app.post(
    PAGE,
    { config: { ...config, csrf: 'manual' }, bodyLimit: 2 * IMPORT_OCTETS, schema: { hide: true } },
    async (request, reply) => {
      const message = utilisateursTexts(request.lang).importManque;
      try {
        const { file } = await readSmallForm(request, 'fichier', IMPORT_OCTETS);
        if (!file)
          throw new AppError('invalid', 'INVALID', message, { fields: [{ field: 'fichier', message }] });
        const { id, plan } = await utilisateurs.preparerImport(personOf(request), {
          nom: file.nom,
          source: file.bytes,
        });
        if (wantsJson(request)) return await reply.send({ id, ...presentPlan(plan) });
        return redirectAfterPost(reply, `${PAGE}/${id}`);
      } catch (error) {
        if (!(error instanceof AppError) || error.fields.length === 0 || wantsJson(request)) throw error;
        const { status } = describeError(error, request);
        return showForm(request, reply, { errors: error.fields, status });
      }
    },
  );

  app.get(
    `${PAGE}/:id`,
    { config, schema: { params: importParams, querystring: planQuery } },
    async (request, reply) => {
      const { id } = request.params;
      const plan = await utilisateurs.revoirImport(personOf(request), id);
      if (wantsJson(request)) return reply.send({ id, ...presentPlan(plan) });
      return showPlan(request, reply, id, { plan, query: request.query });
    },
  );

  app.post(
    `${PAGE}/:id`,
    { config, schema: { params: importParams, body: importForm } },
    async (request, reply) => {
      const { id } = request.params;
      const actor = personOf(request);
      try {
        const comptes = await utilisateurs.confirmerImport(actor, id, request.body.empreinte);
        if (wantsJson(request)) return await reply.code(201).send(presentComptes(comptes));
        return await renderPage(request, reply, {
          title: utilisateursTexts(request.lang).importFeuille,
          active: 'utilisateurs',
          children: <SheetView comptes={comptes} />,
        });
      } catch (error) {
        const again = error instanceof AppError && (error.kind === 'conflict' || error.kind === 'invalid');
        if (!again || wantsJson(request)) throw error;
        const plan = await utilisateurs.revoirImport(actor, id);
        return showPlan(request, reply, id, { plan, query: { etat: '', page: '' }, refus: error });
      }
    },
  );
}

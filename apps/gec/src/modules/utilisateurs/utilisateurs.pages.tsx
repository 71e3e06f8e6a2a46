import { AppError, fill } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { sendTable } from '../../tableur/write-table.ts';
import type { Atelier } from '../../workers/atelier.ts';
import { AddUserView, OneTimePasswordView } from './utilisateurs.ajout.views.tsx';
import type { UtilisateursApiServices } from './utilisateurs.api.ts';
import type { Choices } from './utilisateurs.champs.views.tsx';
import { addForm, filterQuery, parseFilters, readAddForm } from './utilisateurs.forms.ts';
import { UserListView } from './utilisateurs.liste.views.tsx';
import { managedScope, mayGrant } from './utilisateurs.policy.ts';
import { presentPage } from './utilisateurs.presenter.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What the pages of people need. */
export interface UtilisateursPagesServices extends UtilisateursApiServices {
  readonly atelier: Pick<Atelier, 'document'>;
}

const PAGE_SIZE = 50;
const config = { permission: 'manage_users' } as const;

/** Roles and departments between which the actor may choose. */
export async function choicesFor(
  { roles, departements }: Pick<UtilisateursApiServices, 'roles' | 'departements'>,
  request: FastifyRequest,
): Promise<Choices> {
  const actor = personOf(request);
  const scope = managedScope(actor);
  const usable = (await departements.list()).filter(({ actif }) => actif);
  return {
    roles: (await roles.list()).filter((role) => role.actif && mayGrant(actor, role.permissions)),
    departements: scope === 'tous' ? usable : usable.filter(({ id }) => id === scope),
    sansDepartement: scope === 'tous',
  };
}

/** Answers with the one-time password itself: it is in no cookie, no address and no log. */
export async function showPassword(
  { utilisateurs }: Pick<UtilisateursApiServices, 'utilisateurs'>,
  request: FastifyRequest,
  reply: FastifyReply,
  made: { id: number; motDePasse: string; done: string },
): Promise<FastifyReply> {
  const user = await utilisateurs.find(personOf(request), made.id);
  const t = utilisateursTexts(request.lang);
  return renderPage(request, reply, {
    title: fill(t.motDePasseProvisoire, { nom: user.nomComplet }),
    active: 'utilisateurs',
    children: <OneTimePasswordView user={user} motDePasse={made.motDePasse} done={made.done} />,
  });
}

/** Registers the list of people, its exports, and adding one. */
export function registerUtilisateursPages(app: App, services: UtilisateursPagesServices): void {
  const { utilisateurs, roles, departements, atelier } = services;

  app.get('/admin/users', { config, schema: { querystring: filterQuery } }, async (request, reply) => {
    const actor = personOf(request);
    const known = { roles: await roles.list(), departements: await departements.list() };
    const lue = parseFilters(request.lang, request.query, known);
    const { filters, page, tri, ordre, format, errors } = lue;
    if ((wantsJson(request) || format !== null) && errors.length > 0) {
      throw new AppError('invalid', 'INVALID', errors[0]?.message ?? '', { fields: errors });
    }
    if (format !== null) {
      return sendTable(reply, atelier, await utilisateurs.exporter(actor, filters, { tri, ordre }, format));
    }
    const found = await utilisateurs.list(actor, filters, { page, size: PAGE_SIZE, tri, ordre });
    if (wantsJson(request)) return reply.send(presentPage(found));
    return renderPage(request, reply, {
      title: utilisateursTexts(request.lang).titre,
      active: 'utilisateurs',
      children: (
        <UserListView
          found={found}
          query={request.query}
          tri={tri}
          ordre={ordre}
          page={page}
          pageSize={PAGE_SIZE}
          errors={errors}
          roles={known.roles}
          departements={managedScope(actor) === 'tous' ? known.departements : null}
        />
      ),
    });
  });

  app.get('/admin/users/nouveau', { config }, async (request, reply) =>
    renderPage(request, reply, {
      title: utilisateursTexts(request.lang).ajouter,
      active: 'utilisateurs',
      children: (
        <AddUserView
          csrfToken={csrfToken(request)}
          choices={await choicesFor(services, request)}
          values={addForm.parse({
            role: 'user',
            departementId: String(personOf(request).departementId ?? ''),
          })}
          errors={[]}
          courriel={await utilisateurs.courrielDisponible()}
        />
      ),
    }),
  );

  app.post('/admin/users', { config, schema: { body: addForm } }, async (request, reply) => {
    const t = utilisateursTexts(request.lang);
    try {
      const input = readAddForm(request.lang, request.body);
      const parCourriel = request.body.parCourriel !== '';
      const { id, motDePasse } = await utilisateurs.add(personOf(request), input, { parCourriel });
      if (wantsJson(request)) return await reply.code(201).send({ id, mot_de_passe: motDePasse ?? null });
      const done = fill(t.ajoute, { nom: input.nomComplet.trim() });
      if (motDePasse !== undefined) {
        return await showPassword(services, request, reply, { id, motDePasse, done });
      }
      setFlash(reply, { tone: 'success', text: `${done} ${t.motDePasseEnvoye}` });
      return redirectAfterPost(reply, `/admin/users/${id}`);
    } catch (error) {
      if (!(error instanceof AppError) || error.fields.length === 0 || wantsJson(request)) throw error;
      return renderPage(request, reply, {
        title: t.ajouter,
        active: 'utilisateurs',
        status: describeError(error, request).status,
        children: (
          <AddUserView
            csrfToken={csrfToken(request)}
            choices={await choicesFor(services, request)}
            values={request.body}
            errors={error.fields}
            courriel={await utilisateurs.courrielDisponible()}
          />
        ),
      });
    }
  });
}

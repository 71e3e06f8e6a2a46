import { AppError, fill } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { UtilisateursApiServices } from './utilisateurs.api.ts';
import {
  activationForm,
  addForm,
  departementForm,
  filterQuery,
  idParams,
  parseFilters,
  readAddForm,
  readDepartement,
  roleForm,
} from './utilisateurs.forms.ts';
import { managedScope, mayGrant } from './utilisateurs.policy.ts';
import { presentPage, presentUtilisateur } from './utilisateurs.presenter.ts';
import type { UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';
import { AddUserView, OneTimePasswordView, type Choices } from './utilisateurs.ajout.views.tsx';
import { UserListView } from './utilisateurs.liste.views.tsx';
import { UserView } from './utilisateurs.views.tsx';

const PAGE_SIZE = 50;
const config = { permission: 'manage_users' } as const;

/** Registers the pages of people: list, adding, and one account with what can be done to it. */
export function registerUtilisateursPages(app: App, services: UtilisateursApiServices): void {
  const { utilisateurs, roles, departements } = services;

  /** Roles and departments between which the actor may choose. */
  async function choicesFor(request: FastifyRequest): Promise<Choices> {
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
  async function showPassword(
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

  app.get('/admin/users', { config, schema: { querystring: filterQuery } }, async (request, reply) => {
    const actor = personOf(request);
    const known = { roles: await roles.list(), departements: await departements.list() };
    const { filters, page, errors } = parseFilters(request.lang, request.query, known);
    if (wantsJson(request) && errors.length > 0) {
      throw new AppError('invalid', 'INVALID', errors[0]?.message ?? '', { fields: errors });
    }
    const found = await utilisateurs.list(actor, filters, { page, size: PAGE_SIZE });
    if (wantsJson(request)) return reply.send(presentPage(found));
    return renderPage(request, reply, {
      title: utilisateursTexts(request.lang).titre,
      active: 'utilisateurs',
      children: (
        <UserListView
          found={found}
          query={request.query}
          page={page}
          pageSize={PAGE_SIZE}
          errors={errors}
          roles={known.roles}
          departements={managedScope(actor) === 'tous' ? known.departements : null}
        />
      ),
    });
  });

  app.get('/admin/users/nouveau', { config }, async (request, reply) => {
    const choices = await choicesFor(request);
    return renderPage(request, reply, {
      title: utilisateursTexts(request.lang).ajouter,
      active: 'utilisateurs',
      children: (
        <AddUserView
          csrfToken={csrfToken(request)}
          choices={choices}
          values={addForm.parse({
            role: 'user',
            departementId: String(personOf(request).departementId ?? ''),
          })}
          errors={[]}
        />
      ),
    });
  });

  app.post('/admin/users', { config, schema: { body: addForm } }, async (request, reply) => {
    const t = utilisateursTexts(request.lang);
    try {
      const input = readAddForm(request.lang, request.body);
      const { id, motDePasse = '' } = await utilisateurs.add(personOf(request), input);
      if (wantsJson(request)) return await reply.code(201).send({ id, mot_de_passe: motDePasse });
      const done = fill(t.ajoute, { nom: input.nomComplet.trim() });
      return await showPassword(request, reply, { id, motDePasse, done });
    } catch (error) {
      if (!(error instanceof AppError) || error.fields.length === 0 || wantsJson(request)) throw error;
      const choices = await choicesFor(request);
      return renderPage(request, reply, {
        title: t.ajouter,
        active: 'utilisateurs',
        status: describeError(error, request).status,
        children: (
          <AddUserView
            csrfToken={csrfToken(request)}
            choices={choices}
            values={request.body}
            errors={error.fields}
          />
        ),
      });
    }
  });

  app.get('/admin/users/:id', { config, schema: { params: idParams } }, async (request, reply) => {
    const user = await utilisateurs.find(personOf(request), request.params.id);
    if (wantsJson(request)) return reply.send(presentUtilisateur(user));
    const choices = await choicesFor(request);
    return renderPage(request, reply, {
      title: fill(utilisateursTexts(request.lang).compteDe, { nom: user.nomComplet }),
      active: 'utilisateurs',
      children: <UserView csrfToken={csrfToken(request)} user={user} choices={choices} />,
    });
  });

  /** After a change: back to the account with a word, or the account as JSON. */
  async function changed(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    word: (user: UtilisateurGere) => string,
  ): Promise<FastifyReply> {
    const user = await utilisateurs.find(personOf(request), id);
    if (wantsJson(request)) return reply.send(presentUtilisateur(user));
    setFlash(reply, { tone: 'success', text: word(user) });
    return redirectAfterPost(reply, `/admin/users/${id}`);
  }

  app.post(
    '/admin/users/:id/role',
    { config, schema: { params: idParams, body: roleForm } },
    async (request, reply) => {
      const { id } = request.params;
      await utilisateurs.setRole(personOf(request), id, request.body.role);
      return changed(request, reply, id, ({ nomComplet: nom, roleLibelle: role }) =>
        fill(utilisateursTexts(request.lang).roleChange, { nom, role }),
      );
    },
  );

  app.post(
    '/admin/users/:id/departement',
    { config, schema: { params: idParams, body: departementForm } },
    async (request, reply) => {
      const { id } = request.params;
      const departementId = readDepartement(request.lang, request.body.departementId);
      await utilisateurs.setDepartement(personOf(request), id, departementId);
      return changed(request, reply, id, ({ nomComplet: nom }) =>
        fill(utilisateursTexts(request.lang).departementChange, { nom }),
      );
    },
  );

  app.post(
    '/admin/users/:id/activation',
    { config, schema: { params: idParams, body: activationForm } },
    async (request, reply) => {
      const { id } = request.params;
      const actif = request.body.actif === 'oui';
      await utilisateurs.setActive(personOf(request), id, actif);
      const t = utilisateursTexts(request.lang);
      return changed(request, reply, id, ({ nomComplet: nom }) =>
        fill(actif ? t.estActive : t.estDesactive, { nom }),
      );
    },
  );

  app.post(
    '/admin/users/:id/mot-de-passe',
    { config, schema: { params: idParams } },
    async (request, reply) => {
      const { id } = request.params;
      const { motDePasse = '' } = await utilisateurs.setPassword(personOf(request), id);
      if (wantsJson(request)) return reply.send({ mot_de_passe: motDePasse });
      const { nomComplet: nom } = await utilisateurs.find(personOf(request), id);
      const done = fill(utilisateursTexts(request.lang).motDePasseChange, { nom });
      return showPassword(request, reply, { id, motDePasse, done });
    },
  );

  app.post('/admin/users/:id/debloquer', { config, schema: { params: idParams } }, async (request, reply) => {
    const { id } = request.params;
    await utilisateurs.unlock(personOf(request), id);
    return changed(request, reply, id, ({ nomComplet: nom }) =>
      fill(utilisateursTexts(request.lang).estDebloque, { nom }),
    );
  });
}

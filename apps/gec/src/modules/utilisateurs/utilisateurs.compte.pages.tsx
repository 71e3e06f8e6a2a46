import { AppError, can, fill, plural, reconcile } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import { readSmallForm } from '../pieces/pieces.multipart.ts';
import type { UtilisateursApiServices } from './utilisateurs.api.ts';
import type { Choices } from './utilisateurs.champs.views.tsx';
import {
  activationForm,
  editForm,
  idParams,
  readAvant,
  readEditForm,
  readVersion,
  resetForm,
  sessionForm,
  valeursDe,
  type ValeursCompte,
} from './utilisateurs.forms.ts';
import { EditUserView } from './utilisateurs.modifier.views.tsx';
import { choicesFor, showPassword } from './utilisateurs.pages.tsx';
import { presentUtilisateur } from './utilisateurs.presenter.ts';
import { PHOTO_MAX, type UtilisateurGere } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';
import { UserView } from './utilisateurs.views.tsx';

const config = { permission: 'manage_users' } as const;

/** Registers the page of one account, and what can be done to it. */
export function registerComptePages(app: App, services: UtilisateursApiServices): void {
  const { utilisateurs, departements, roles } = services;

  async function showUser(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    refused: { photoErreur?: string; status?: number } = {},
  ): Promise<FastifyReply> {
    const actor = personOf(request);
    const user = await utilisateurs.find(actor, id);
    const lignes = await utilisateurs.historique(actor, id);
    const ids = lignes.flatMap(({ utilisateurId }) => utilisateurId ?? []);
    const names = {
      personnes: await utilisateurs.names(ids),
      departements: new Map((await departements.list()).map((one) => [one.id, one.nom])),
      roles: new Map((await roles.list()).map(({ nom, libelle }) => [nom, libelle])),
    };
    const journal = can(actor, 'view_logs') ? `/admin/logs?utilisateur=${id}` : null;
    return renderPage(request, reply, {
      title: fill(utilisateursTexts(request.lang).compteDe, { nom: user.nomComplet }),
      active: 'utilisateurs',
      status: refused.status,
      children: (
        <UserView
          csrfToken={csrfToken(request)}
          user={user}
          courriel={await utilisateurs.courrielDisponible()}
          sessions={await utilisateurs.sessionsDe(actor, id)}
          historique={{ lignes, names, journal }}
          photoErreur={refused.photoErreur}
        />
      ),
    });
  }

  app.get('/admin/users/:id', { config, schema: { params: idParams } }, async (request, reply) => {
    const { id } = request.params;
    if (!wantsJson(request)) return showUser(request, reply, id);
    return reply.send(presentUtilisateur(await utilisateurs.find(personOf(request), id)));
  });

  /** What may be chosen for an account, with what it has now: a closed department stays until it is changed. */
  async function choicesOf(request: FastifyRequest, user: UtilisateurGere): Promise<Choices> {
    const choices = await choicesFor(services, request);
    const all = await departements.list();
    const own = all.filter(({ id }) => id === user.departementId);
    const offered = choices.departements.some(({ id }) => id === user.departementId);
    return offered ? choices : { ...choices, departements: [...own, ...choices.departements] };
  }

  async function showEdit(
    request: FastifyRequest,
    reply: FastifyReply,
    user: UtilisateurGere,
    shown: {
      values?: ValeursCompte;
      errors?: AppError['fields'];
      conflits?: ReturnType<typeof reconcile<keyof ValeursCompte>>['conflits'];
      status?: number;
    } = {},
  ): Promise<FastifyReply> {
    const actuel = valeursDe(user);
    return renderPage(request, reply, {
      title: fill(utilisateursTexts(request.lang).modifierCompte, { nom: user.nomComplet }),
      active: 'utilisateurs',
      status: shown.status,
      children: (
        <EditUserView
          csrfToken={csrfToken(request)}
          user={user}
          choices={await choicesOf(request, user)}
          values={shown.values ?? actuel}
          avant={actuel}
          errors={shown.errors ?? []}
          conflits={shown.conflits ?? null}
        />
      ),
    });
  }

  /** The account, if the actor may change it. */
  async function changeable(request: FastifyRequest, id: number): Promise<UtilisateurGere> {
    const user = await utilisateurs.find(personOf(request), id);
    if (user.gerable) return user;
    throw new AppError('forbidden', 'FORBIDDEN', utilisateursTexts(request.lang).horsPortee);
  }

  app.get('/admin/users/:id/modifier', { config, schema: { params: idParams } }, async (request, reply) =>
    showEdit(request, reply, await changeable(request, request.params.id)),
  );

  app.post(
    '/admin/users/:id/modifier',
    { config, schema: { params: idParams, body: editForm } },
    async (request, reply) => {
      const { id } = request.params;
      const { version, avant, ...saisie } = request.body;
      try {
        const typed = readEditForm(request.lang, saisie);
        await utilisateurs.modifier(personOf(request), id, typed, readVersion(version));
      } catch (error) {
        if (!(error instanceof AppError) || wantsJson(request)) throw error;
        if (error.code !== 'VERSION_CONFLICT' && error.fields.length === 0) throw error;
        const user = await changeable(request, id);
        const { status } = describeError(error, request);
        if (error.code !== 'VERSION_CONFLICT') {
          return showEdit(request, reply, user, { values: saisie, errors: error.fields, status });
        }
        const actuel = valeursDe(user);
        const { valeurs, conflits } = reconcile(readAvant(avant, actuel), saisie, actuel);
        return showEdit(request, reply, user, { values: valeurs, conflits, status });
      }
      return changed(request, reply, id, ({ nomComplet: nom }) =>
        fill(utilisateursTexts(request.lang).estModifie, { nom }),
      );
    },
  );

  /** After a change: back to the account with a word, or the account as JSON. */
  async function changed(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    word: (user: UtilisateurGere) => string,
  ): Promise<FastifyReply> {
    const found = await utilisateurs.find(personOf(request), id).catch((error: unknown) => {
      // Somebody who manages one department may have moved the person out of sight.
      if (error instanceof AppError && error.kind === 'not-found') return null;
      throw error;
    });
    if (found === null) {
      if (wantsJson(request)) return reply.code(204).send();
      setFlash(reply, { tone: 'success', text: utilisateursTexts(request.lang).estParti });
      return redirectAfterPost(reply, '/admin/users');
    }
    if (wantsJson(request)) return reply.send(presentUtilisateur(found));
    setFlash(reply, { tone: 'success', text: word(found) });
    return redirectAfterPost(reply, `/admin/users/${id}`);
  }

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
    { config, schema: { params: idParams, body: resetForm } },
    async (request, reply) => {
      const { id } = request.params;
      const parCourriel = request.body.parCourriel !== '';
      const { motDePasse } = await utilisateurs.setPassword(personOf(request), id, { parCourriel });
      if (wantsJson(request)) return reply.send({ mot_de_passe: motDePasse ?? null });
      const t = utilisateursTexts(request.lang);
      const word = ({ nomComplet: nom }: UtilisateurGere) => fill(t.motDePasseChange, { nom });
      if (motDePasse === undefined) {
        return changed(request, reply, id, (user) => `${word(user)} ${t.motDePasseEnvoye}`);
      }
      const done = word(await utilisateurs.find(personOf(request), id));
      return showPassword(services, request, reply, { id, motDePasse, done });
    },
  );

  app.post('/admin/users/:id/debloquer', { config, schema: { params: idParams } }, async (request, reply) => {
    const { id } = request.params;
    await utilisateurs.unlock(personOf(request), id);
    return changed(request, reply, id, ({ nomComplet: nom }) =>
      fill(utilisateursTexts(request.lang).estDebloque, { nom }),
    );
  });

  app.post(
    '/admin/users/:id/sessions/fermer',
    { config, schema: { params: idParams, body: sessionForm } },
    async (request, reply) => {
      const { id } = request.params;
      const handle = request.body.session === '' ? undefined : request.body.session;
      const fermees = await utilisateurs.fermerSessions(personOf(request), id, handle);
      if (wantsJson(request)) return reply.send({ fermees });
      const t = utilisateursTexts(request.lang);
      return changed(request, reply, id, () =>
        plural(request.lang, fermees, t.sessionsFermees_une, t.sessionsFermees_autres),
      );
    },
  );

  app.post(
    '/admin/users/:id/photo',
    {
      config: { ...config, csrf: 'manual' },
      bodyLimit: 2 * PHOTO_MAX,
      schema: { params: idParams, hide: true },
    },
    async (request, reply) => {
      const { id } = request.params;
      const t = utilisateursTexts(request.lang);
      try {
        const { file } = await readSmallForm(request, 'photo', PHOTO_MAX);
        if (!file) return await showUser(request, reply, id, { photoErreur: t.photoManque, status: 400 });
        await utilisateurs.setPhoto(personOf(request), id, file.bytes);
      } catch (error) {
        if (!(error instanceof AppError) || error.fields[0]?.field !== 'photo') throw error;
        const { status } = describeError(error, request);
        return showUser(request, reply, id, { photoErreur: error.message, status });
      }
      return changed(request, reply, id, ({ nomComplet: nom }) => fill(t.photoChangee, { nom }));
    },
  );

  app.post(
    '/admin/users/:id/photo/retirer',
    { config, schema: { params: idParams, hide: true } },
    async (request, reply) => {
      const { id } = request.params;
      await utilisateurs.removePhoto(personOf(request), id);
      return changed(request, reply, id, ({ nomComplet: nom }) =>
        fill(utilisateursTexts(request.lang).photoRetiree, { nom }),
      );
    },
  );
}

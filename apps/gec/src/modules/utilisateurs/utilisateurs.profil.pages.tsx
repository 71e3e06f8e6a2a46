import { AppError, reconcile, type UserActor } from '@gec/core';
import { csrfToken, describeError, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import {
  EVENEMENTS,
  type Canal,
  type Evenement,
  type Preferences,
} from '../notifications/notifications.schema.ts';
import { readSmallForm } from '../pieces/pieces.multipart.ts';
import type { ProfilApiServices } from './utilisateurs.profil.api.ts';
import { coordonneesForm, idParams, readAvant, readVersion } from './utilisateurs.forms.ts';
import {
  CoordonneesView,
  nomPreference,
  PreferencesView,
  type ValeursCoordonnees,
} from './utilisateurs.profil.views.tsx';
import { PHOTO_MAX, type Utilisateur } from './utilisateurs.schema.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

const config = { permission: 'session' } as const;
const PAGE = '/profil/coordonnees';
/** A photograph bears a new word in its address whenever it changes; the browser of the person alone keeps it. */
const KEEP_SECONDS = 7 * 86_400;
const photoQuery = z.object({ v: z.string().max(40).optional() });
/** Ticks of a form: whatever else it brings is not looked at. */
const preferencesForm = z.record(z.string(), z.unknown());

const valeursDe = ({ fonction, telephone }: Utilisateur): ValeursCoordonnees => ({
  fonction: fonction ?? '',
  telephone: telephone ?? '',
});

/** Registers one's own particulars, photograph and notifications, and the photographs that everybody sees. */
export function registerProfilPages(app: App, services: ProfilApiServices): void {
  const { utilisateurs, preferences } = services;

  async function own(actor: UserActor): Promise<Utilisateur> {
    const compte = await utilisateurs.compte(actor.userId);
    if (!compte) throw new Error(`user ${actor.userId} is signed in and does not exist`);
    return compte;
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: {
      values?: ValeursCoordonnees;
      errors?: AppError['fields'];
      conflits?: ReturnType<typeof reconcile<keyof ValeursCoordonnees>>['conflits'];
      status?: number;
    } = {},
  ): Promise<FastifyReply> {
    const compte = await own(personOf(request));
    const actuel = valeursDe(compte);
    return renderPage(request, reply, {
      title: utilisateursTexts(request.lang).profilCoordonnees,
      status: shown.status,
      children: (
        <CoordonneesView
          csrfToken={csrfToken(request)}
          compte={compte}
          values={shown.values ?? actuel}
          avant={actuel}
          errors={shown.errors ?? []}
          conflits={shown.conflits ?? null}
        />
      ),
    });
  }

  function done(request: FastifyRequest, reply: FastifyReply, text: string, href = PAGE): FastifyReply {
    if (wantsJson(request)) return reply.code(204).send();
    setFlash(reply, { tone: 'success', text });
    return redirectAfterPost(reply, href);
  }

  app.get(PAGE, { config }, (request, reply) => show(request, reply));

  app.post(PAGE, { config, schema: { body: coordonneesForm } }, async (request, reply) => {
    const { version, avant, ...saisie } = request.body;
    const actor = personOf(request);
    try {
      await utilisateurs.modifierSoi(actor, saisie, readVersion(version));
    } catch (error) {
      if (!(error instanceof AppError) || wantsJson(request)) throw error;
      const { status } = describeError(error, request);
      if (error.code === 'VERSION_CONFLICT') {
        const actuel = valeursDe(await own(actor));
        const { valeurs, conflits } = reconcile(readAvant(avant, actuel), saisie, actuel);
        return show(request, reply, { values: valeurs, conflits, status });
      }
      if (error.fields.length === 0) throw error;
      return show(request, reply, { values: saisie, errors: error.fields, status });
    }
    return done(request, reply, utilisateursTexts(request.lang).coordonneesEnregistrees);
  });

  app.post(
    '/profil/photo',
    { config: { ...config, csrf: 'manual' }, bodyLimit: 2 * PHOTO_MAX, schema: { hide: true } },
    async (request, reply) => {
      const actor = personOf(request);
      const t = utilisateursTexts(request.lang);
      try {
        const { file } = await readSmallForm(request, 'photo', PHOTO_MAX);
        if (!file) {
          const errors = [{ field: 'photo', message: t.photoManque }];
          return await show(request, reply, { errors, status: 400 });
        }
        await utilisateurs.setPhoto(actor, actor.userId, file.bytes);
      } catch (error) {
        if (!(error instanceof AppError) || error.fields.length === 0 || wantsJson(request)) throw error;
        return show(request, reply, { errors: error.fields, status: describeError(error, request).status });
      }
      return done(request, reply, t.maPhotoChangee);
    },
  );

  app.post('/profil/photo/retirer', { config, schema: { hide: true } }, async (request, reply) => {
    const actor = personOf(request);
    await utilisateurs.removePhoto(actor, actor.userId);
    return done(request, reply, utilisateursTexts(request.lang).maPhotoRetiree);
  });

  app.get(
    '/photos/:id',
    { config, schema: { params: idParams, querystring: photoQuery, hide: true } },
    async (request, reply) => {
      const photo = await utilisateurs.photo(request.params.id);
      if (!photo) return reply.callNotFound();
      const lasting = request.query.v === photo.mot;
      return reply
        .type('image/jpeg')
        .header(
          'cache-control',
          lasting ? `private, max-age=${KEEP_SECONDS}, immutable` : 'private, no-cache',
        )
        .header('content-disposition', 'inline')
        .header('cross-origin-resource-policy', 'same-origin')
        .send(photo.image);
    },
  );

  app.get('/profil/notifications', { config }, async (request, reply) =>
    renderPage(request, reply, {
      title: utilisateursTexts(request.lang).profilNotifications,
      children: (
        <PreferencesView
          csrfToken={csrfToken(request)}
          preferences={await preferences.lire(personOf(request))}
        />
      ),
    }),
  );

  app.post('/profil/notifications', { config, schema: { body: preferencesForm } }, async (request, reply) => {
    const ticked = (evenement: Evenement, canal: Canal) =>
      typeof request.body[nomPreference(evenement, canal)] === 'string';
    const choisi = Object.fromEntries(
      EVENEMENTS.map((evenement) => [
        evenement,
        { page: ticked(evenement, 'page'), courriel: ticked(evenement, 'courriel') },
      ]),
    ) as Preferences;
    await preferences.choisir(personOf(request), choisi);
    const text = utilisateursTexts(request.lang).notificationsEnregistrees;
    return done(request, reply, text, '/profil/notifications');
  });
}

import { AppError } from '@gec/core';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import { EVENEMENTS, type Preferences } from '../notifications/notifications.schema.ts';
import { readSmallForm } from '../pieces/pieces.multipart.ts';
import type { PreferencesService } from './utilisateurs.preferences.service.ts';
import { PHOTO_MAX } from './utilisateurs.schema.ts';
import type { UtilisateursService } from './utilisateurs.service.ts';
import { utilisateursTexts } from './utilisateurs.texts.ts';

/** What one's own profile needs, besides signing in. */
export interface ProfilApiServices {
  readonly utilisateurs: UtilisateursService;
  readonly preferences: PreferencesService;
}

const config = { permission: 'session' } as const;
const tags = ['Session'];
const coordonnees = z.strictObject({
  fonction: z.string().nullable(),
  telephone: z.string().nullable(),
  version: z.number().int().optional(),
});
const choix = z.object({ page: z.boolean(), courriel: z.boolean() });
const preferencesJson = z.object({ preferences: z.partialRecord(z.enum(EVENEMENTS), choix) });

/** Registers the JSON routes of one's own particulars, photograph and notifications. */
export function registerProfilApi(app: App, { utilisateurs, preferences }: ProfilApiServices): void {
  app.put(
    '/api/v1/profil/coordonnees',
    {
      config,
      schema: {
        tags,
        summary: 'Changer sa fonction et son téléphone',
        body: coordonnees,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { version, ...patch } = request.body;
      await utilisateurs.modifierSoi(personOf(request), patch, version);
      return reply.code(204).send(null);
    },
  );

  app.put(
    '/api/v1/profil/photo',
    {
      config,
      bodyLimit: 2 * PHOTO_MAX,
      schema: {
        tags,
        summary: 'Donner sa photo (PNG, JPEG ou WebP, champ « photo »)',
        consumes: ['multipart/form-data'],
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const actor = personOf(request);
      const { file } = await readSmallForm(request, 'photo', PHOTO_MAX);
      const message = utilisateursTexts(request.lang).photoManque;
      if (!file) throw new AppError('invalid', 'INVALID', message, { fields: [{ field: 'photo', message }] });
      await utilisateurs.setPhoto(actor, actor.userId, file.bytes);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/api/v1/profil/photo',
    { config, schema: { tags, summary: 'Retirer sa photo', response: { 204: z.null() } } },
    async (request, reply) => {
      const actor = personOf(request);
      await utilisateurs.removePhoto(actor, actor.userId);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/profil/notifications',
    {
      config,
      schema: { tags, summary: 'De quoi et comment on est prévenu', response: { 200: preferencesJson } },
    },
    async (request) => ({ preferences: await preferences.lire(personOf(request)) }),
  );

  app.put(
    '/api/v1/profil/notifications',
    {
      config,
      schema: {
        tags,
        summary: 'Choisir de quoi et comment on est prévenu ; ce qui n’est pas nommé reste',
        body: preferencesJson,
        response: { 200: preferencesJson },
      },
    },
    async (request) => {
      const actor = personOf(request);
      await preferences.choisir(actor, request.body.preferences as Partial<Preferences>);
      return { preferences: await preferences.lire(actor) };
    },
  );
}

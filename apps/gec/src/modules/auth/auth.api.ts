import { clearSessionCookie, setSessionCookie } from '@gec/http';
import { z } from 'zod';
import { LANGS } from '@gec/core';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import { presentCompte, presentPersonne } from './auth.presenter.ts';
import type { AuthService } from './auth.service.ts';

const session = z.object({
  id: z.string(),
  ip: z.string(),
  navigateur: z.string(),
  systeme: z.string().nullable(),
  debut: z.string(),
  derniereActivite: z.string(),
  courante: z.boolean(),
});

const personne = z.object({
  id: z.number(),
  username: z.string(),
  nom_complet: z.string(),
  role: z.string(),
  role_libelle: z.string(),
  departement_id: z.number().nullable(),
  langue: z.enum(LANGS),
  permissions: z.array(z.string()),
  doit_changer_mot_de_passe: z.boolean(),
  doit_ajouter_facteur: z.boolean(),
});

const compte = z.object({
  id: z.number(),
  username: z.string(),
  email: z.string(),
  nom_complet: z.string(),
  matricule: z.string().nullable(),
  fonction: z.string().nullable(),
  telephone: z.string().nullable(),
  role: z.string(),
  departement_id: z.number().nullable(),
  departement: z.string().nullable(),
  langue: z.enum(LANGS),
  derniere_connexion: z.string().nullable(),
});

/** Registers the JSON routes of the session and of one's own profile. Signing in is `POST /login`. */
export function registerAuthApi(app: App, { auth }: { readonly auth: AuthService }): void {
  const config = { permission: 'session' } as const;
  const tags = ['Session'];
  const current = (request: { session: { id: string } | null }): string => request.session?.id ?? '';

  app.get(
    '/api/v1/session',
    { config, schema: { tags, summary: 'La personne connectée', response: { 200: personne } } },
    async (request) => presentPersonne(personOf(request)),
  );

  app.delete(
    '/api/v1/session',
    { config, schema: { tags, summary: 'Se déconnecter', response: { 204: z.null() } } },
    async (request, reply) => {
      await auth.logout(personOf(request), current(request));
      clearSessionCookie(request, reply);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/profil',
    { config, schema: { tags, summary: 'Son propre compte', response: { 200: compte } } },
    async (request) => presentCompte(await auth.compte(personOf(request))),
  );

  app.patch(
    '/api/v1/profil',
    {
      config,
      schema: {
        tags,
        summary: 'Choisir sa langue',
        body: z.strictObject({ langue: z.enum(LANGS) }),
        response: { 200: compte },
      },
    },
    async (request) => {
      const person = personOf(request);
      await auth.setLangue(person, request.body.langue);
      return presentCompte(await auth.compte(person));
    },
  );

  app.post(
    '/api/v1/profil/mot-de-passe',
    {
      config,
      schema: {
        tags,
        summary: 'Changer son mot de passe ; la réponse porte le témoin de la nouvelle session',
        body: z.strictObject({ ancien: z.string(), nouveau: z.string() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const from = { userAgent: request.headers['user-agent'] };
      const { token } = await auth.changePassword(personOf(request), request.body, from);
      setSessionCookie(request, reply, token);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/v1/profil/sessions',
    {
      config,
      schema: {
        tags,
        summary: 'Ses sessions ouvertes',
        response: { 200: z.object({ sessions: z.array(session) }) },
      },
    },
    async (request) => ({ sessions: await auth.sessions(personOf(request), current(request)) }),
  );

  app.delete(
    '/api/v1/profil/sessions',
    {
      config,
      schema: {
        tags,
        summary: 'Fermer ses autres sessions',
        response: { 200: z.object({ fermees: z.number() }) },
      },
    },
    async (request) => ({ fermees: await auth.closeOthers(personOf(request), current(request)) }),
  );

  app.delete(
    '/api/v1/profil/sessions/:id',
    {
      config,
      schema: {
        tags,
        summary: 'Fermer une de ses sessions',
        params: z.object({ id: z.string().max(64) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await auth.closeSession(personOf(request), request.params.id, current(request));
      return reply.code(204).send(null);
    },
  );
}

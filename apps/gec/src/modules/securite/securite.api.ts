import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import type { AdressesService } from '../auth/adresses.service.ts';
import {
  alerteShape,
  blocageShape,
  echecsShape,
  presentAlerte,
  presentBlocage,
  presentEchecs,
  presentRegle,
  presentSession,
  presentVerification,
  regleShape,
  sessionShape,
  verificationShape,
} from './securite.presenter.ts';
import { regleParam, sessionParam } from './securite.forms.ts';
import type { SecuriteService } from './securite.service.ts';
import { alerteEnMots } from './securite.views.tsx';

const MINUTES_MAX = 60 * 24 * 3_660;

/** Registers the JSON routes of security. */
export function registerSecuriteApi(
  app: App,
  { securite, adresses }: { readonly securite: SecuriteService; readonly adresses: AdressesService },
): void {
  const ROOT = '/api/v1/securite';
  const tags = ['Sécurité'];
  const journal = { permission: 'view_logs' } as const;
  const gestion = { permission: 'manage_system_settings' } as const;

  app.get(
    `${ROOT}/echecs`,
    {
      config: journal,
      schema: { tags, summary: 'Échecs de connexion, 24 heures et 30 jours', response: { 200: echecsShape } },
    },
    async (request) => presentEchecs(await securite.echecs(personOf(request))),
  );

  app.get(
    `${ROOT}/alertes`,
    {
      config: journal,
      schema: {
        tags,
        summary: 'Ce qui mérite un regard, tiré du journal',
        response: { 200: z.object({ alertes: z.array(alerteShape) }) },
      },
    },
    async (request) => ({
      alertes: (await securite.alertes(personOf(request))).map((one) =>
        presentAlerte(one, alerteEnMots(request.lang, one)),
      ),
    }),
  );

  app.get(
    `${ROOT}/verification`,
    {
      config: journal,
      schema: {
        tags,
        summary: 'La dernière vérification du journal',
        response: { 200: z.object({ verification: verificationShape.nullable() }) },
      },
    },
    async (request) => {
      const found = await securite.derniereVerification(personOf(request));
      return { verification: found && presentVerification(found) };
    },
  );

  app.post(
    `${ROOT}/verification`,
    {
      config: journal,
      schema: {
        tags,
        summary: 'Commencer une vérification du journal, en arrière-plan',
        response: { 202: verificationShape },
      },
    },
    async (request, reply) =>
      reply.code(202).send(presentVerification(await securite.verifier(personOf(request)))),
  );

  app.get(
    `${ROOT}/adresses`,
    {
      config: gestion,
      schema: {
        tags,
        summary: 'Adresses bloquées et autorisées',
        response: { 200: z.object({ regles: z.array(regleShape) }) },
      },
    },
    async (request) => ({ regles: (await adresses.list(personOf(request))).map(presentRegle) }),
  );

  app.post(
    `${ROOT}/adresses`,
    {
      config: gestion,
      schema: {
        tags,
        summary: 'Bloquer ou autoriser une adresse ou un réseau (CIDR)',
        description: 'Bloquer sa propre adresse est refusé (409 `OWN_ADDRESS`) sans `confirme`.',
        body: z.strictObject({
          genre: z.enum(['bloquee', 'autorisee']),
          cidr: z.string().max(100),
          motif: z.string().default(''),
          minutes: z.number().int().min(1).max(MINUTES_MAX).optional(),
          confirme: z.boolean().optional(),
        }),
        response: { 201: regleShape },
      },
    },
    async (request, reply) => {
      const { genre, ...regle } = request.body;
      const actor = personOf(request);
      const rule = await (genre === 'bloquee' ? adresses.block(actor, regle) : adresses.allow(actor, regle));
      return reply.code(201).send(presentRegle({ ...rule, genre }));
    },
  );

  app.delete(
    `${ROOT}/adresses/:genre/:id`,
    {
      config: gestion,
      schema: {
        tags,
        summary: 'Retirer une règle',
        params: regleParam,
        querystring: z.object({ confirme: z.enum(['oui']).optional() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { genre, id } = request.params;
      await adresses.removeRule(personOf(request), id, genre, request.query.confirme === 'oui');
      return reply.code(204).send(null);
    },
  );

  app.get(
    `${ROOT}/blocages`,
    {
      config: gestion,
      schema: {
        tags,
        summary: 'Comptes bloqués, et à quelle adresse',
        response: { 200: z.object({ blocages: z.array(blocageShape) }) },
      },
    },
    async (request) => ({ blocages: (await securite.blocages(personOf(request))).map(presentBlocage) }),
  );

  app.post(
    `${ROOT}/blocages/levee`,
    {
      config: gestion,
      schema: {
        tags,
        summary: 'Lever un blocage',
        body: z.strictObject({ cle: z.string().max(100), adresse: z.string().max(100) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await securite.debloquer(personOf(request), request.body);
      return reply.code(204).send(null);
    },
  );

  app.get(
    `${ROOT}/sessions`,
    {
      config: gestion,
      schema: {
        tags,
        summary: 'Les sessions ouvertes de tout le monde',
        response: { 200: z.object({ sessions: z.array(sessionShape) }) },
      },
    },
    async (request) => ({
      sessions: (await securite.sessions(personOf(request), request.session?.id ?? null)).map(presentSession),
    }),
  );

  app.delete(
    `${ROOT}/sessions/:id`,
    {
      config: gestion,
      schema: {
        tags,
        summary: 'Fermer la session de quelqu’un',
        params: sessionParam,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await securite.terminer(personOf(request), request.params.id, request.session?.id ?? null);
      return reply.code(204).send(null);
    },
  );

  app.patch(
    `${ROOT}/second-facteur`,
    {
      config: gestion,
      schema: {
        tags,
        summary: 'Dire quels rôles exigent un second facteur',
        body: z.strictObject({ roles: z.array(z.string().max(60)).max(200) }),
        response: { 200: z.object({ roles: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const actor = personOf(request);
      await securite.protegerRoles(actor, request.body.roles);
      const roles = await securite.rolesProteges(actor);
      return { roles: roles.filter(({ exige }) => exige).map(({ nom }) => nom) };
    },
  );
}

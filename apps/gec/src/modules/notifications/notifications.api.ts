import { actorOf } from '@gec/http';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { personOf } from '../../http/page.tsx';
import type { UtilisateursService } from '../utilisateurs/utilisateurs.service.ts';
import {
  notificationShape,
  presentNotification,
  presentReglage,
  reglageEntree,
  reglageReponse,
} from './notifications.presenter.ts';
import { EVENEMENTS, PAGE_NOTIFICATIONS } from './notifications.schema.ts';
import type { NotificationsService } from './notifications.service.ts';

/** What the addresses of notifications are made from. */
export interface NotificationsRoutesDeps {
  notifications: NotificationsService;
  utilisateurs: Pick<UtilisateursService, 'names'>;
}

const tags = ['notifications'];
const config = { permission: 'session' } as const;
const settings = { permission: 'manage_system_settings' } as const;

/** Notifications as JSON. */
export function registerNotificationsApi(app: App, deps: NotificationsRoutesDeps): void {
  const { notifications } = deps;

  app.get(
    '/api/v1/notifications',
    {
      config,
      schema: {
        tags,
        summary: 'Mes notifications, les plus récentes d’abord si rien n’est demandé',
        querystring: z.object({
          non_lues: z.enum(['oui', 'non']).default('non'),
          evenement: z.enum(EVENEMENTS).optional(),
          sort_order: z.enum(['asc', 'desc']).default('desc').describe('Par date'),
          page: z.coerce.number().int().min(1).max(10_000).default(1),
        }),
        response: {
          200: z.object({
            notifications: z.array(notificationShape),
            page: z.int(),
            par_page: z.int(),
            total: z.int(),
            non_lues: z.int(),
          }),
        },
      },
    },
    async (request) => {
      const { non_lues, evenement = null, sort_order: ordre, page } = request.query;
      const nonLues = non_lues === 'oui';
      const found = await notifications.list(personOf(request), { nonLues, evenement, ordre, page });
      return {
        notifications: found.notifications.map((one) => presentNotification(request.lang, one)),
        page,
        par_page: PAGE_NOTIFICATIONS,
        total: found.total,
        non_lues: found.nonLues,
      };
    },
  );

  app.get(
    '/api/v1/notifications/compte',
    {
      config: { ...config, unattended: true },
      schema: {
        tags,
        summary: 'Combien de mes notifications ne sont pas lues ; ne prolonge pas la session',
        response: { 200: z.object({ non_lues: z.int() }) },
      },
    },
    async (request) => ({ non_lues: await notifications.compte(personOf(request)) }),
  );

  app.post(
    '/api/v1/notifications/lues',
    {
      config,
      schema: {
        tags,
        summary: 'Marquer toutes mes notifications comme lues',
        response: { 200: z.object({ marquees: z.int() }) },
      },
    },
    async (request) => ({ marquees: await notifications.lireToutes(personOf(request)) }),
  );

  app.post(
    '/api/v1/notifications/:id/lue',
    {
      config,
      schema: {
        tags,
        summary: 'Marquer une notification comme lue',
        params: z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) }),
        response: { 200: z.object({ lu: z.literal(true) }) },
      },
    },
    async (request) => {
      await notifications.lire(personOf(request), request.params.id);
      return { lu: true as const };
    },
  );

  app.get(
    '/api/v1/notifications/reglages',
    {
      config: settings,
      schema: { tags, summary: 'Réglages des notifications', response: { 200: reglageReponse } },
    },
    async (request) => presentReglage(await notifications.reglages(actorOf(request))),
  );

  app.put(
    '/api/v1/notifications/reglages',
    {
      config: settings,
      schema: {
        tags,
        summary: 'Régler les notifications',
        body: reglageEntree,
        response: { 200: reglageReponse },
      },
    },
    async (request) => {
      const { defauts, jours_avant_echeance, inclure_objet, version } = request.body;
      const reglage = { defauts, joursAvantEcheance: jours_avant_echeance, inclureObjet: inclure_objet };
      return presentReglage(await notifications.regler(actorOf(request), reglage, version));
    },
  );
}

import { AppError, type FieldError } from '@gec/core';
import { actorOf, csrfToken, redirectAfterPost, setFlash, wantsJson } from '@gec/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../http/app.ts';
import { sendList } from '../../http/liste.envoi.ts';
import { personOf, renderPage } from '../../http/page.tsx';
import type { Atelier } from '../../workers/atelier.ts';
import type { ParametresService } from '../parametres/parametres.service.ts';
import type { NotificationsRoutesDeps } from './notifications.api.ts';
import { choixDuFormulaire, lireNotifications, notificationsQuery } from './notifications.forms.ts';
import { presentNotification, presentReglage } from './notifications.presenter.ts';
import { ReglagesPage, type SaisieReglage } from './notifications.reglages.views.tsx';
import { evenementsDe } from './notifications.schema.ts';
import { notificationsTexts } from './notifications.texts.ts';
import { NotificationsPage, tableauNotifications } from './notifications.views.tsx';

/** What the pages of notifications are made from. */
export interface NotificationsPagesDeps extends NotificationsRoutesDeps {
  parametres: Pick<ParametresService, 'get'>;
  atelier: Pick<Atelier, 'document'>;
}

const PAGE = '/notifications';
const REGLAGES = '/admin/courriels/notifications';

/** The pages of notifications: one's own, and the settings of the office. */
export function registerNotificationsPages(app: App, deps: NotificationsPagesDeps): void {
  const { notifications, parametres, atelier } = deps;
  const config = { permission: 'session' } as const;
  const schema = { hide: true } as const;

  app.get(
    PAGE,
    {
      config,
      schema: {
        ...schema,
        querystring: notificationsQuery,
      },
    },
    async (request, reply) => {
      const { lang, query } = request;
      const person = personOf(request);
      const t = notificationsTexts(lang);
      const lue = lireNotifications(query, t.valeurInconnue);
      const { choix, page, format } = lue;
      const { fuseauHoraire } = await parametres.get();
      if (format) {
        const tableau = tableauNotifications(lang, fuseauHoraire, await notifications.toutes(person, choix));
        return sendList(request, reply, atelier, { format, lang, nom: t.titre, ...tableau });
      }
      const found = await notifications.list(person, { ...choix, page });
      if (wantsJson(request)) {
        const list = found.notifications.map((one) => presentNotification(lang, one));
        return reply.send({ notifications: list, page, total: found.total, non_lues: found.nonLues });
      }
      return renderPage(request, reply, {
        title: t.titre,
        active: 'notifications',
        children: (
          <NotificationsPage
            lang={lang}
            csrfToken={csrfToken(request)}
            notifications={found.notifications}
            query={query}
            lue={lue}
            evenements={evenementsDe(person)}
            total={found.total}
            compte={found.nonLues}
            fuseau={fuseauHoraire}
          />
        ),
      });
    },
  );

  app.post(`${PAGE}/lues`, { config, schema }, async (request, reply) => {
    const marquees = await notifications.lireToutes(personOf(request));
    if (wantsJson(request)) return reply.send({ marquees });
    setFlash(reply, { tone: 'success', text: notificationsTexts(request.lang).toutesMarquees });
    return redirectAfterPost(reply, PAGE);
  });

  app.post(
    `${PAGE}/:id/lue`,
    {
      config,
      schema: {
        ...schema,
        params: z.object({ id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER) }),
        body: z.object({ retour: z.string().max(500).optional() }).nullish(),
      },
    },
    async (request, reply) => {
      await notifications.lire(personOf(request), request.params.id);
      if (wantsJson(request)) return reply.send({ lu: true });
      return redirectAfterPost(reply, request.body?.retour ?? PAGE);
    },
  );

  registerReglages(app, deps);
}

/** The settings of the office, a tab of the page of e-mail. */
function registerReglages(app: App, deps: NotificationsPagesDeps): void {
  const { notifications, utilisateurs, parametres } = deps;
  const config = { permission: 'manage_system_settings' } as const;
  const schema = { hide: true } as const;

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    shown: {
      saisie?: SaisieReglage;
      errors?: readonly FieldError[];
      conflit?: boolean;
      status?: number;
    } = {},
  ): Promise<FastifyReply> {
    const actor = actorOf(request);
    const reglage = await notifications.reglages(actor);
    const { defauts, inclureObjet, joursAvantEcheance, parId } = reglage;
    const names = await utilisateurs.names(parId === null ? [] : [parId]);
    const { lang } = request;
    return renderPage(request, reply, {
      title: notificationsTexts(lang).titre,
      active: 'courriels',
      status: shown.status,
      children: (
        <ReglagesPage
          lang={lang}
          csrfToken={csrfToken(request)}
          actor={actor}
          reglage={reglage}
          saisie={shown.saisie ?? { defauts, inclureObjet, jours: String(joursAvantEcheance) }}
          errors={shown.errors ?? []}
          conflit={shown.conflit ?? false}
          par={parId === null ? null : (names.get(parId) ?? null)}
          fuseau={(await parametres.get()).fuseauHoraire}
        />
      ),
    });
  }

  app.get(REGLAGES, { config, schema }, async (request, reply) =>
    wantsJson(request)
      ? reply.send(presentReglage(await notifications.reglages(actorOf(request))))
      : show(request, reply),
  );

  app.post(
    REGLAGES,
    { config, schema: { ...schema, body: z.record(z.string(), z.unknown()) } },
    async (request, reply) => {
      const { body } = request;
      const jours = typeof body['joursAvantEcheance'] === 'string' ? body['joursAvantEcheance'] : '';
      const saisie: SaisieReglage = {
        defauts: choixDuFormulaire(body),
        jours,
        inclureObjet: body['inclureObjet'] === 'oui',
      };
      const reglage = {
        defauts: saisie.defauts,
        inclureObjet: saisie.inclureObjet,
        joursAvantEcheance: /^\s*\d{1,3}\s*$/.test(jours) ? Number(jours) : Number.NaN,
      };
      const version = z.coerce.number().int().min(0).catch(-1).parse(body['version']);
      try {
        const saved = await notifications.regler(actorOf(request), reglage, version);
        if (wantsJson(request)) return await reply.send(presentReglage(saved));
      } catch (error) {
        if (wantsJson(request) || !(error instanceof AppError)) throw error;
        if (error.kind === 'invalid') {
          return show(request, reply, { saisie, errors: error.fields, status: 400 });
        }
        if (error.code !== 'VERSION_CONFLICT') throw error;
        return show(request, reply, { saisie, conflit: true, status: 409 });
      }
      setFlash(reply, { tone: 'success', text: notificationsTexts(request.lang).enregistre });
      return redirectAfterPost(reply, REGLAGES);
    },
  );
}
